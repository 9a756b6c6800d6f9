from django.db import migrations

FIRST = {
    "export_limit": (5000, "knox.md 2.3: up to 5,000 rows at once, above it a link is mailed"),
    "export_days": (7, "A mailed file is kept as long as a link lives"),
    "link_days": (7, "knox.md 3.2: sign-up links live seven days"),
}


def add(apps, schema_editor):
    setting = apps.get_model("rules", "Setting")
    setting.objects.bulk_create(
        [setting(name=name, value=value, reason=reason) for name, (value, reason) in FIRST.items()]
    )


def remove(apps, schema_editor):
    apps.get_model("rules", "Setting").objects.filter(name__in=FIRST).delete()


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
