"""Why an MSP is suspended, for its people to read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_deleted_customer")]
    operations = [
        migrations.AddField("msp", "suspended_reason", models.TextField(blank=True, default="")),
        migrations.AlterField("msp", "suspended_reason", models.TextField(blank=True)),
    ]
