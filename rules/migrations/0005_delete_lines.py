from django.db import migrations

NEW = {"delete_lines": (10_000, "Lines in a reseller's list of devices to delete (knox.md 4.2, 4.3)")}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0004_upload_numbers")]
    operations = [migrations.RunPython(add, remove)]
