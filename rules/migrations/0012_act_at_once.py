from django.db import migrations

NEW = {
    "act_at_once": (20_000, "Devices that one request acts on in a second or two; a worker acts on more"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0011_customer_tags")]
    operations = [migrations.RunPython(add, remove)]
