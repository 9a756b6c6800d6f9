from django.db import migrations

NUMBERS = {
    "deletion_undo_days": (7, "FAQ Q11: Samsung acts on the ticket; a week to find out that it was a mistake"),
    "ticket_file_megabytes": (5, "A picture of a screen or a day's log; larger dumps go another way"),
    "ticket_files": (5, "Files beside one message"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NUMBERS.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NUMBERS).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0009_alert_letters")]
    operations = [migrations.RunPython(add, remove)]
