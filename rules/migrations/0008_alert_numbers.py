from django.db import migrations

NEW = {
    "alert_silent_days": (7, "knox.md 7.5: a device that says nothing for 7 days needs a look"),
    "alert_upload_days": (7, "How long an upload with errors asks for attention, if nobody corrects it"),
    "alert_answer_days": (14, "How long a refused request or delink, ended management or changed access is shown"),
    "alert_consent_days": (2, "A request is said to end soon this many days before its link ends"),
    "alert_mail_days": (7, "How long an email that could not be delivered asks for attention"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in NEW.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0007_service_numbers")]
    operations = [migrations.RunPython(add, remove)]
