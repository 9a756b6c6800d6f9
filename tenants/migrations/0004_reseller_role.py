"""The role in which the Reseller Portal runs: reads what everybody may, sees its own company, writes history and mail."""

from django.db import migrations

from tenants.walls import granted, policy

GRANT = """
GRANT SELECT ON ALL TABLES IN SCHEMA public TO portal_reseller;
GRANT INSERT ON audit_event, post_office_email TO portal_reseller;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_reseller;
"""
REVOKE = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal_reseller;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM portal_reseller;
"""
COMPANY = f"id = ANY ({granted('reseller', 'view_reseller')})"


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_endings"),
        ("post_office", "__first__"),
        ("sessions", "__first__"),
        ("rules", "0001_initial"),  # its tables are there to be granted
    ]
    operations = [
        migrations.RunSQL(GRANT, REVOKE),
        migrations.RunSQL(
            policy("tenants_reseller", "reseller", "select", COMPANY),
            "DROP POLICY reseller_select ON tenants_reseller",
        ),
        migrations.RunSQL(
            policy("audit_event", "reseller", "insert", "true"), "DROP POLICY reseller_insert ON audit_event"
        ),
    ]
