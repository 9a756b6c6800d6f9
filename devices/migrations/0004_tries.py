"""How often a worker broke down over an upload; room for a sentence that names a model and two regions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0003_first_models")]
    operations = [
        migrations.AddField("upload", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField("uploadline", "detail", models.CharField(blank=True, max_length=400)),
    ]
