from django.db import migrations

NEW = {
    "upload_lines": (1_000_000, "Lines in one upload: what a worker checks in about a minute"),
    "upload_megabytes": (100, "Megabytes in one upload: a million lines with every column"),
    "device_tags": (20, "Tags on one device (knox.md 4.2)"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0003_consent_numbers")]
    operations = [migrations.RunPython(add, remove)]
