"""Row-level security for what belongs to an organization, and the sequences behind the public IDs."""

from django.db import migrations

from tenants.walls import ME, customer_wall, granted, wall

NUMBERS = ("customer", "msp", "reseller", "license_reseller")
MINE = f"user_id = {ME}"
OF_MY_MSP = f"msp_id = ANY ({granted('msp', 'view_msp')})"
MY_GROUPS = f"group_id = ANY (ARRAY(SELECT m.group_id FROM accounts_user_groups m WHERE m.user_id = {ME}))"
MY_ROLES = f"id = ANY (ARRAY(SELECT m.role_id FROM tenants_membership m WHERE m.user_id = {ME}))"


def organization(table: str, kind: str) -> migrations.RunSQL:
    """Seen by its people, changed by those with the right; made and ended by Samsung alone."""
    name = table.removeprefix("tenants_")
    return wall(
        table,
        select=f"id = ANY ({granted(kind, f'view_{name}')})",
        update=f"id = ANY ({granted(kind, f'change_{name}')})",
    )


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        *(
            migrations.RunSQL(f"CREATE SEQUENCE tenants_{name}_number", f"DROP SEQUENCE tenants_{name}_number")
            for name in NUMBERS
        ),
        # No policy lets portal_app delete a customer (FAQ Q11) or take a service away (knox.md 2.5).
        customer_wall("tenants_customer", column="id", delete=False),
        customer_wall("tenants_management", delete=False),
        customer_wall("tenants_customerservice", delete=False),
        organization("tenants_msp", "msp"),
        organization("tenants_reseller", "reseller"),
        organization("tenants_licensereseller", "licensereseller"),
        # People and roles are written by the operator until administrators have pages of their own.
        wall("tenants_role", select=f"{OF_MY_MSP} OR {MY_GROUPS} OR {MY_ROLES}"),
        wall("tenants_membership", select=f"{MINE} OR {OF_MY_MSP}"),
        wall("tenants_export", select=MINE, insert=f"{MINE} AND {OF_MY_MSP}", update=MINE),
        # Everybody writes history, also a person without an account. It is read by the organization that it is
        # about, and where it is about a customer only by those who see that customer.
        wall(
            "audit_event",
            select=f"""actor_id = {ME} OR (
                {OF_MY_MSP} AND (customer_id IS NULL OR customer_id = ANY ({granted("customer", "view_customer")})))""",
            insert="true",
        ),
    ]
