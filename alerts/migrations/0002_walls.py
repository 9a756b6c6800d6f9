"""Who reads alerts and who handles them; counting alone opens and closes them, as the operator. What it looks for."""

from django.db import migrations

from tenants.walls import ME, granted, wall

SEES = f"customer_id = ANY ({granted('customer', 'view_customer')})"
MANAGES = f"customer_id = ANY ({granted('customer', 'manage_customer')})"
# Where an MSP manages, its people handle the alert; the customer's own read it at most. 0 stands for "no MSP".
OF_MY_SIDE = f"coalesce(msp_id, 0) = ANY ({granted('msp', 'view_msp')} || 0::bigint)"


def by_role(right: str) -> str:
    """About a company that nobody at the MSP may see: for those who hold the right through their role.

    People limited to some customers hold none so (as with requests, onboarding/migrations/0004).
    """
    return f"""customer_id IS NULL AND msp_id = ANY (ARRAY(
        SELECT g.content_object_id FROM tenants_mspgroupgrant g
          JOIN accounts_user_groups m ON m.group_id = g.group_id
          JOIN auth_permission p ON p.id = g.permission_id
         WHERE m.user_id = {ME} AND p.codename = '{right}'))"""


READS_COMMENTS = f"{SEES} AND {OF_MY_SIDE} OR {by_role('view_msp')}"
HANDLES = f"{MANAGES} AND {OF_MY_SIDE} OR {by_role('add_customers')}"

# Of an alert, people may change what they do about it.
PRIVILEGES = """
REVOKE INSERT, UPDATE, DELETE ON alerts_alert FROM portal_app;
GRANT UPDATE (acknowledged_by_id, acknowledged_at, assigned_to_id, snoozed_by_id, snoozed_until, snoozed_count)
    ON alerts_alert TO portal_app;
REVOKE UPDATE, DELETE ON alerts_alertcomment FROM portal_app;
REVOKE INSERT, UPDATE, DELETE ON alerts_recount FROM portal_app;
"""
OF_ITS_ALERT = """
ALTER TABLE alerts_alertcomment
    ADD CONSTRAINT comment_of_the_alerts_customer
        FOREIGN KEY (customer_id, alert_id) REFERENCES alerts_alert (customer_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT comment_of_the_alerts_msp
        FOREIGN KEY (msp_id, alert_id) REFERENCES alerts_alert (msp_id, id) ON DELETE CASCADE;
"""
OF_ANY = """
ALTER TABLE alerts_alertcomment
    DROP CONSTRAINT comment_of_the_alerts_msp, DROP CONSTRAINT comment_of_the_alerts_customer;
"""

# By time, for runs that count what is new; the two logs only grow at their end. And the few events that are facts.
INDEXES = """
CREATE INDEX events_by_time ON audit_event USING brin (at) WITH (autosummarize = on);
CREATE INDEX events_that_alert ON audit_event (at) WHERE verb IN ('access.given', 'service.differs');
CREATE INDEX moves_by_time ON services_move USING brin (at) WITH (autosummarize = on);
CREATE INDEX uploads_by_end ON devices_upload (ended_at) WHERE ended_at IS NOT NULL;
"""
NO_INDEXES = """
DROP INDEX uploads_by_end;
DROP INDEX moves_by_time;
DROP INDEX events_that_alert;
DROP INDEX events_by_time;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_initial"),
        ("tenants", "0005_wishes"),
        ("onboarding", "0005_wishes"),
        ("services", "0007_history_by_service"),
    ]
    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(OF_ITS_ALERT, OF_ANY),
        wall("alerts_alert", select=f"{SEES} OR {by_role('view_msp')}", update=HANDLES),
        wall("alerts_alertcomment", select=READS_COMMENTS, insert=HANDLES),
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
