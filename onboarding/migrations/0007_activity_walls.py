"""Who reads history: what is about the whole MSP only with the right to it; resellers what is about their company."""

from django.db import migrations

from tenants.walls import ME, granted, policy

OWN_COMPANY = f"""customer_id = ANY (ARRAY(
    SELECT m.customer_id FROM tenants_membership m
     WHERE m.user_id = {ME} AND m.customer_id IS NOT NULL AND m.state = 'active'))"""
MY_CUSTOMERS = f"customer_id = ANY ({granted('customer', 'view_customer')})"
OF_MY_MSP = f"msp_id = ANY ({granted('msp', 'view_msp')})"
# Through the group of the role: those limited to some customers hold rights as persons, and read only what is about
# these customers and what they did themselves.
WHOLE_MSP = f"""msp_id = ANY (ARRAY(
    SELECT g.content_object_id FROM tenants_mspgroupgrant g
      JOIN accounts_user_groups m ON m.group_id = g.group_id
      JOIN auth_permission p ON p.id = g.permission_id
     WHERE m.user_id = {ME} AND p.codename = 'view_activity'))"""
BEFORE = f"actor_id = {ME} OR ({OF_MY_MSP} AND (customer_id IS NULL OR {MY_CUSTOMERS})) OR {OWN_COMPANY}"
AFTER = f"""actor_id = {ME} OR ({OF_MY_MSP} AND {MY_CUSTOMERS}) OR ({WHOLE_MSP} AND customer_id IS NULL)
    OR {OWN_COMPANY}"""
OF_RESELLERS = f"""actor_id = {ME} OR reseller_id = ANY ({granted("reseller", "view_reseller")})
    OR license_reseller_id = ANY ({granted("licensereseller", "view_licensereseller")})"""


def read(condition: str) -> str:
    return f"ALTER POLICY app_select ON audit_event USING ({condition})"


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0006_forgotten_receipts"),
        ("audit", "0003_chain"),
        ("tenants", "0004_reseller_role"),
    ]
    operations = [
        migrations.RunSQL(read(AFTER), read(BEFORE)),
        migrations.RunSQL(
            policy("audit_event", "reseller", "select", OF_RESELLERS), "DROP POLICY reseller_select ON audit_event"
        ),
    ]
