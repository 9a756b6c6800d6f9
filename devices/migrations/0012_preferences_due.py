"""The approvals with devices that wait for their profile. Built beside the running portal, so not in a transaction."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('devices', '0011_named_profiles'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='approval',
            index=models.Index(condition=models.Q(('preferences_due', True)), fields=['id'], name='approvals_with_preferences'),
        ),
    ]
