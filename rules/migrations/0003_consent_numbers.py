from django.db import migrations

NEW = {
    "request_cool_down_days": (14, "A customer that refused is left alone for two weeks"),
    "end_hours": (24, "A customer that ends management can take it back for a day"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0002_first_numbers")]
    operations = [migrations.RunPython(add, remove)]
