"""Good lines with nothing but an IMEI: one row for those of a block, behind the wall that the other lines have."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from tenants.walls import granted, wall

SEES = f"reseller_id IS NULL AND sender_customer_id = ANY ({granted('customer', 'view_customer')})"
SENDS = f"reseller_id IS NULL AND sender_customer_id = ANY ({granted('customer', 'manage_customer')})"
MINE = f"reseller_id = ANY ({granted('reseller', 'view_reseller')})"
MY = f"reseller_id = ANY ({granted('reseller', 'change_reseller')})"

# The arrays stay for a minute, so they are not compressed on their way in and out.
OF_THEIR_UPLOAD = """
GRANT SELECT, INSERT, UPDATE, DELETE ON devices_goodlines TO portal_reseller;
ALTER TABLE devices_goodlines ALTER COLUMN numbers SET STORAGE EXTERNAL,
    ALTER COLUMN identifiers SET STORAGE EXTERNAL, ALTER COLUMN model_ids SET STORAGE EXTERNAL;
CREATE TRIGGER line_of_its_upload AFTER INSERT ON devices_goodlines
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION devices_line_of_its_upload();
CREATE TRIGGER line_stays BEFORE UPDATE OF upload_id, sender_customer_id, reseller_id ON devices_goodlines
    FOR EACH ROW WHEN (OLD.upload_id IS DISTINCT FROM NEW.upload_id
        OR OLD.sender_customer_id IS DISTINCT FROM NEW.sender_customer_id
        OR OLD.reseller_id IS DISTINCT FROM NEW.reseller_id) EXECUTE FUNCTION devices_line_stays();
"""

class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0007_resellers_decide_nothing'),
        ('tenants', '0005_wishes'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoodLines',
            fields=[
                ('pk', models.CompositePrimaryKey('upload_id', 'first', blank=True, editable=False, primary_key=True, serialize=False)),
                ('first', models.PositiveIntegerField()),
                ('last', models.PositiveIntegerField()),
                ('order_number', models.CharField(blank=True, max_length=60)),
                ('order_date', models.DateField(null=True)),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())),
                ('identifiers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=15))),
                ('model_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.customer')),
                ('reseller', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.reseller')),
                ('sender_customer', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.customer')),
                ('upload', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='good_lines', to='devices.upload')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('numbers__len', models.F('identifiers__len')), ('numbers__len', models.F('model_ids__len'))), name='good_lines_are_whole')],
            },
        ),
        migrations.RunSQL(OF_THEIR_UPLOAD, migrations.RunSQL.noop),
        wall(
            "devices_goodlines",
            select=SEES, insert=SENDS, update=SENDS, delete=SENDS,
            reseller={"select": MINE, "insert": MY, "update": MY, "delete": MY},
        ),
    ]
