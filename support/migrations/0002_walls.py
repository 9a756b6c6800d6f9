"""Who sees tickets: who opened them, and the organization's people who manage people. Samsung runs as the operator."""

from django.db import migrations

from tenants.walls import ME, granted, policy, wall

SEES = granted("customer", "view_customer")
MANAGES = f"customer_id = ANY ({granted('customer', 'manage_customer')})"
KINDS = {
    "msp": ("msp", "view_msp", "manage_people"),
    "reseller": ("reseller", "view_reseller", "change_reseller"),
    "license_reseller": ("licensereseller", "view_licensereseller", "change_licensereseller"),
    "customer": ("customer", "view_customer", "manage_customer"),
}
# Of the own organization. Whoever is blocked there holds no grant any more, so that the own tickets go, too.
LEADS = " OR ".join(f"{column}_id = ANY ({granted(kind, leads)})" for column, (kind, _, leads) in KINDS.items())
WORKS = " OR ".join(f"{column}_id = ANY ({granted(kind, works)})" for column, (kind, works, _) in KINDS.items())
NOBODYS = " AND ".join(f"{column}_id IS NULL" for column in KINDS)
OWN = f"opened_by_id = {ME} AND (({NOBODYS}) OR {WORKS})"
# These tables are small beside those of devices, so that the OR costs nothing that people feel (docs/adr/0004).
TICKET = f"(about_id IS NULL OR about_id = ANY ({SEES})) AND ({OWN} OR {LEADS})"
REACHED = "ticket_id = ANY (ARRAY(SELECT t.id FROM support_ticket t))"

# A person moves the state of the own ticket; who looks after it, and what it is about, is Samsung's.
PRIVILEGES = """
REVOKE UPDATE, DELETE ON support_ticket, support_message, support_attachment, support_deletion FROM portal_app;
GRANT UPDATE (state, moved_at, closed_at) ON support_ticket TO portal_app;
GRANT UPDATE (state, ended_at) ON support_deletion TO portal_app;
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial"), ("rules", "0010_support_numbers")]
    operations = [
        wall("support_ticket", select=TICKET, insert=OWN + f" AND (about_id IS NULL OR about_id = ANY ({SEES}))",
             update=TICKET),
        wall("support_message", select=REACHED, insert=f"{REACHED} AND author_id = {ME} AND NOT by_samsung"),
        wall("support_attachment", select=REACHED, insert=REACHED),
        # Who sees the customer sees that its deletion was asked for. No more than asking is anybody's but Samsung's.
        wall("support_deletion", select=f"customer_id = ANY ({SEES}) OR {REACHED}",
             insert=f"{MANAGES} AND {REACHED} AND asked_by_id = {ME} AND state = 'asked'"),
        migrations.RunSQL(
            policy("support_deletion", "app", "update", MANAGES)
            .replace(f"WITH CHECK ({MANAGES})", f"WITH CHECK ({MANAGES} AND state = 'withdrawn')"),
            "DROP POLICY app_update ON support_deletion",
        ),
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
    ]  # fmt: skip
