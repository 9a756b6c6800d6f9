"""What devices of a reseller get in a service when they are approved. It goes with the thing, and with the relation."""

import django.db.models.deletion
from django.db import migrations, models

from tenants.walls import customer_wall

OF_THE_SAME = """
ALTER TABLE services_preference
    ADD CONSTRAINT preference_of_the_resellers_customer FOREIGN KEY (customer_id, reseller_id)
        REFERENCES devices_resellercustomer (customer_id, reseller_id) ON DELETE CASCADE,
    ADD CONSTRAINT preference_of_the_things_customer FOREIGN KEY (customer_id, service, thing_id)
        REFERENCES services_thing (customer_id, service, id) ON DELETE CASCADE;
"""
OF_ANY = """
ALTER TABLE services_preference
    DROP CONSTRAINT preference_of_the_resellers_customer, DROP CONSTRAINT preference_of_the_things_customer;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0010_things_of_their_customer'),
        ('devices', '0012_preferences_due'),
        ('tenants', '0013_tenant_id'),
    ]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(choices=[('KC', 'Knox Configure'), ('KME', 'Knox Mobile Enrollment'), ('KE', 'Knox E-FOTA'), ('KM', 'Knox Manage'), ('SC+', 'Samsung Care+ for Business'), ('KG', 'Knox Guard')], max_length=3)),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.customer')),
                ('reseller', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.reseller')),
                ('thing', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='preferences', to='services.thing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('customer', 'reseller', 'service'), name='one_default_a_reseller_and_service')],
            },
        ),
        migrations.RunSQL(OF_THE_SAME, OF_ANY),
        customer_wall("services_preference"),
    ]
