"""The newest devices of many customers, out of an index. Built beside the running portal, so not in a transaction."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('devices', '0009_bulk_acts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='device',
            index=models.Index('customer', 'state', models.OrderBy(models.F('id'), descending=True), name='device_in_state'),
        ),
    ]
