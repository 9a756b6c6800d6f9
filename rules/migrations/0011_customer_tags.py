from django.db import migrations

NEW = {
    "customer_tags": (20, "Tags on one customer: as many as on one device (knox.md 4.2)"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0010_support_numbers")]
    operations = [migrations.RunPython(add, remove)]
