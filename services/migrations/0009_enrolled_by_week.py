"""How many devices enrolled in each week, out of an index. Built beside the running portal, so not in a transaction."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('services', '0008_passwords_are_forgotten'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='enrollment',
            index=models.Index(fields=['customer', 'added_at'], name='enrollments_by_week'),
        ),
    ]
