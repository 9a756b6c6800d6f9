"""A code that was closed stays known: its phones read why it stopped (FAQ Q16)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0004_tries")]
    operations = [migrations.AddField("enrollmentcode", "closed_at", models.DateTimeField(blank=True, null=True))]
