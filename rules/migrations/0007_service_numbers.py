from django.db import migrations

NEW = {
    "checkin_seconds": (300, "How often agents of devices ask for commands: a lock arrives within five minutes"),
    "guard_activation_days": (7, "knox.md 6.6: a device that does not start in time is not activated by itself"),
    "guard_completing_days": (2, "knox.md 6.6: completing can be cancelled for two days"),
    "guard_resetting_days": (1, "Time for a device to leave Knox Guard after its license ended (inferred)"),
    "manage_silent_days": (7, "A device that says nothing for a week is disconnected (knox.md 6.4, length inferred)"),
    "care_activation_days": (14, "A plan is active after this time, if the device did not say so before (inferred)"),
    "care_basic_warranty_months": (12, "knox.md 6.5: extended warranty follows the basic one, here a year (inferred)"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0006_license_numbers")]
    operations = [migrations.RunPython(add, remove)]
