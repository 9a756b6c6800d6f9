"""The profile that a reseller names with its devices, and that approved devices wait for theirs. No row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0010_device_in_state'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='profile',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='approval',
            name='profile',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='approval',
            name='preferences_due',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
