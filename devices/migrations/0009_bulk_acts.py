"""Acts on very many devices, which a worker does on behalf of the person; nobody deletes what was asked."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tenants.walls import customer_wall


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0008_good_lines'),
        ('tenants', '0010_customer_tags'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=120)),
                ('right', models.CharField(max_length=40)),
                ('worker', models.CharField(max_length=60)),
                ('params', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('back', models.JSONField(default=list)),
                ('total', models.PositiveIntegerField()),
                ('until', models.BigIntegerField()),
                ('cursor', models.BigIntegerField(default=0)),
                ('seen', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('left_out', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped')], default='running', max_length=8)),
                ('refusal', models.TextField(blank=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('touched_at', models.DateTimeField(auto_now=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-id'], name='bulk_acts_of_customer'), models.Index(condition=models.Q(('state', 'running')), fields=['touched_at'], name='bulk_acts_running')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='bulk_act_ended_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'stopped'), _negated=True), models.Q(('refusal', ''), _negated=True), _connector='OR'), name='bulk_act_stopped_has_a_sentence')],
            },
        ),
        customer_wall("devices_bulkact", delete=False),
    ]
