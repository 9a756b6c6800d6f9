"""Who sees requests, delinks and receipts; receipts stay as they are; the customer's people read their own history."""

from django.db import migrations

from tenants.walls import ME, customer_wall, granted, wall

RECEIPTS_STAY = """
CREATE FUNCTION onboarding_receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a receipt is kept as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER onboarding_receipt_stays BEFORE UPDATE OR DELETE ON onboarding_receipt
    FOR EACH ROW EXECUTE FUNCTION onboarding_receipt_stays();
REVOKE INSERT, UPDATE, DELETE ON onboarding_receipt FROM portal_app;
REVOKE UPDATE, DELETE ON onboarding_receipt FROM portal_operator;
"""
RECEIPTS_MOVE = """
DROP TRIGGER onboarding_receipt_stays ON onboarding_receipt;
DROP FUNCTION onboarding_receipt_stays();
"""
# A request names a customer that nobody at the MSP may see yet, so those limited to some customers, who hold no
# right through a group, see only what they asked themselves.
MSPS_BY_ROLE = f"""msp_id = ANY (ARRAY(
    SELECT g.content_object_id FROM tenants_mspgroupgrant g
      JOIN accounts_user_groups m ON m.group_id = g.group_id
      JOIN auth_permission p ON p.id = g.permission_id
     WHERE m.user_id = {ME} AND p.codename = 'view_msp'))"""
OWN_COMPANY = f"""customer_id = ANY (ARRAY(
    SELECT m.customer_id FROM tenants_membership m
     WHERE m.user_id = {ME} AND m.customer_id IS NOT NULL AND m.state = 'active'))"""
OF_MY_MSP = f"msp_id = ANY ({granted('msp', 'view_msp')})"
BEFORE = f"""actor_id = {ME} OR (
    {OF_MY_MSP} AND (customer_id IS NULL OR customer_id = ANY ({granted("customer", "view_customer")})))"""


def read(table: str, condition: str) -> str:
    return f"ALTER POLICY app_select ON {table} USING ({condition})"


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0003_consent"), ("tenants", "0003_endings")]
    operations = [
        wall("onboarding_managementrequest", select=f"{MSPS_BY_ROLE} OR asked_by_id = {ME}"),
        customer_wall("onboarding_delink", delete=False),
        wall("onboarding_receipt", select=f"customer_id = ANY ({granted('customer', 'view_customer')})"),
        wall("onboarding_link"),  # only the operator: links are answered without an account
        migrations.RunSQL(RECEIPTS_STAY, RECEIPTS_MOVE),
        migrations.RunSQL(read("audit_event", f"{BEFORE} OR {OWN_COMPANY}"), read("audit_event", BEFORE)),
    ]
