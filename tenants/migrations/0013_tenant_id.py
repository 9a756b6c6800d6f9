"""The tenant ID in Knox Manage is stored, and each is one customer's. It was made of the contact's email each time.

Of customers that share one, who has Knox Manage for the longest time keeps it; the others get their KCS Customer ID
as the prefix, which is nobody else's.
"""

from django.db import migrations, models

FILL = """
WITH shown AS (
    SELECT c.id, c.kcs_id, substring(c.contact_email from '[^@]*$') AS domain, s.added_at,
           lower(CASE c.tenant_prefix WHEN '' THEN '' ELSE c.tenant_prefix || '.' END
                 || substring(c.contact_email from '[^@]*$')) AS tenant_id
      FROM tenants_customer c JOIN tenants_customerservice s ON s.customer_id = c.id AND s.service = 'KM'
     WHERE c.deleted_at IS NULL AND c.contact_email <> ''
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY added_at, id) AS place FROM shown
)
UPDATE tenants_customer AS c
   SET tenant_id = CASE n.place WHEN 1 THEN n.tenant_id ELSE lower(n.kcs_id || '.' || n.domain) END,
       tenant_prefix = CASE n.place WHEN 1 THEN c.tenant_prefix ELSE n.kcs_id END
  FROM numbered n WHERE n.id = c.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0012_export_tries'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='tenant_id',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.UniqueConstraint(condition=models.Q(('tenant_id', ''), _negated=True), fields=('tenant_id',), name='customer_tenant_id_once'),
        ),
    ]
