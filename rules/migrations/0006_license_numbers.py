from django.db import migrations

NEW = {
    "trial_devices": (5, "FAQ Q9: a trial of Knox Configure is for up to 5 devices"),
    "trial_days": (90, "FAQ Q9: a trial of Knox Configure runs for 90 days"),
    "trial_devices_ke": (0, "0: no trial. Knox E-FOTA has trials (knox.md 5.3), their size is not published"),
    "trial_days_ke": (90, "As for Knox Configure, once trial_devices_ke is above 0"),
    "trial_devices_km": (0, "0: no trial. Knox Manage has trials (knox.md 5.3), their size is not published"),
    "trial_days_km": (90, "As for Knox Configure, once trial_devices_km is above 0"),
    "grace_days": (30, "knox.md 5.4: devices keep Knox Configure for 30 days after the license ended"),
    "notice_days_first": (90, "words.md 4.2: a letter 90 days before a license ends, time for a budget"),
    "notice_days_second": (30, "words.md 4.2: a letter 30 days before a license ends"),
    "notice_days_third": (7, "words.md 4.2: a letter 7 days before a license ends"),
    "notice_days_last": (1, "words.md 4.2: a letter on the last day"),
    "seats_low_percent": (10, "A letter when no more than this part of the seats is left"),
    "forecast_days": (30, "How many days of the ledger tell the pace of use"),
    "license_seats": (100_000, "Seats in one order or key"),
    "license_months": (60, "Months in one order or key: five years"),
    "key_usable_days": (365, "A key must be entered within a year of its issue"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0005_delete_lines")]
    operations = [migrations.RunPython(add, remove)]
