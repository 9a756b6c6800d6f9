from django.db import migrations

NEW = {
    "alert_digest_lines": (20, "words.md 4.2: the daily email names so many alerts, and says how many more there are"),
    "alert_at_once_minutes": (10, "A person gets an email about critical alerts at most so often; further ones wait"),
    "alert_at_once_hours": (24, "A critical alert that is older comes with the daily email: it is no news"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0008_alert_numbers")]
    operations = [migrations.RunPython(add, remove)]
