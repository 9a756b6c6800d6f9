"""What devices say unasked, once each; written by the agent of the device and by nobody else."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from tenants.walls import granted, wall

SEES = f"customer_id = ANY ({granted('customer', 'view_customer')})"
MINE = """device_id = ANY (ARRAY(
    SELECT a.device_id FROM services_agent a WHERE a.secret = decode(current_setting('app.agent', true), 'hex')))"""

RULES = f"""
REVOKE INSERT, UPDATE, DELETE ON services_report FROM portal_app;
GRANT SELECT, INSERT ON services_report TO portal_agent;
ALTER TABLE services_report ADD CONSTRAINT report_of_the_devices_customer
    FOREIGN KEY (customer_id, device_id) REFERENCES devices_device (customer_id, id) ON DELETE CASCADE;
CREATE POLICY agent_select ON services_report FOR SELECT TO portal_agent USING ({MINE});
CREATE POLICY agent_insert ON services_report FOR INSERT TO portal_agent WITH CHECK ({MINE});
"""
# A check-in in one call, whose plans PostgreSQL keeps; with the rights of who calls it.
CHECK_IN = """
CREATE FUNCTION services_check_in(
    its_firmware text, its_version text, OUT device bigint, OUT is_quick boolean, OUT todo text, OUT seconds integer)
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE services_agent a
       SET seen_at = now(), firmware = coalesce(its_firmware, a.firmware), version = coalesce(its_version, a.version)
     WHERE a.secret = decode(current_setting('app.agent', true), 'hex')
    RETURNING a.device_id, old.seen_at > now() - interval '2 seconds' INTO device, is_quick;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE services_command c SET state = 'sent', sent_at = now() WHERE c.device_id = device AND c.state = 'waiting';
    -- A sent one without an answer is handed out again: a lost answer does no harm.
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', c.id, 'service', c.service, 'action', c.action, 'params', c.params) ORDER BY c.id), '[]')::text
      INTO todo FROM services_command c WHERE c.device_id = device AND c.state = 'sent';
    SELECT s.value INTO seconds FROM rules_setting s
     WHERE s.name = 'checkin_seconds' ORDER BY s.since DESC, s.id DESC LIMIT 1;
END $$;
"""
NO_RULES = """
DROP POLICY agent_insert ON services_report;
DROP POLICY agent_select ON services_report;
ALTER TABLE services_report DROP CONSTRAINT report_of_the_devices_customer;
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("KC", "Knox Configure"),
                            ("KME", "Knox Mobile Enrollment"),
                            ("KE", "Knox E-FOTA"),
                            ("KM", "Knox Manage"),
                            ("SC+", "Samsung Care+ for Business"),
                            ("KG", "Knox Guard"),
                        ],
                        max_length=3,
                    ),
                ),
                ("code", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("reported_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.customer",
                    ),
                ),
                (
                    "device",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="reports",
                        to="devices.device",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "device", "-id"], name="reports_of_device")],
                "constraints": [models.UniqueConstraint(fields=("device", "key"), name="report_counts_once")],
            },
        ),
        wall("services_report", select=SEES),
        migrations.RunSQL(RULES, NO_RULES),
        migrations.RunSQL(CHECK_IN, "DROP FUNCTION services_check_in(text, text)"),
    ]
