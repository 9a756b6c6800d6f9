"""Who sees and changes services; what belongs to one customer; states that write their own history; the agents' role."""

from django.db import migrations

from tenants.walls import customer_wall, granted, wall

SEES = f"customer_id = ANY ({granted('customer', 'view_customer')})"
MANAGES = f"customer_id = ANY ({granted('customer', 'manage_customer')})"

# A device's agent runs in a role of its own: it sees the rows of the device whose secret it sent, and no others.
MINE = """device_id = ANY (ARRAY(
    SELECT a.device_id FROM services_agent a WHERE a.secret = decode(current_setting('app.agent', true), 'hex')))"""
ME = "secret = decode(current_setting('app.agent', true), 'hex')"

PRIVILEGES = """
REVOKE INSERT, UPDATE, DELETE ON services_move FROM portal_app, portal_operator;
REVOKE UPDATE ON services_thingversion FROM portal_app, portal_operator;
GRANT USAGE ON SCHEMA public TO portal_agent;
GRANT SELECT ON services_agent, services_command, services_enrollment, services_thing TO portal_agent;
GRANT UPDATE (firmware, version, seen_at, may_replace) ON services_agent TO portal_agent;
GRANT UPDATE (state, detail, sent_at, answered_at) ON services_command TO portal_agent;
GRANT UPDATE (state, thing_version, facts) ON services_enrollment TO portal_agent;
GRANT SELECT ON rules_setting TO portal_agent;
GRANT SELECT ON devices_device TO portal_agent;
"""

OF_THE_SAME = """
ALTER TABLE services_thingversion ADD CONSTRAINT version_of_its_thing
    FOREIGN KEY (thing_id) REFERENCES services_thing (id) ON DELETE CASCADE;
ALTER TABLE services_enrollment
    ADD CONSTRAINT enrollment_of_the_devices_customer FOREIGN KEY (customer_id, device_id)
        REFERENCES devices_device (customer_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT enrollment_of_the_things_customer FOREIGN KEY (customer_id, service, thing_id)
        REFERENCES services_thing (customer_id, service, id);
ALTER TABLE services_move ADD CONSTRAINT move_of_the_devices_customer
    FOREIGN KEY (customer_id, device_id) REFERENCES devices_device (customer_id, id) ON DELETE CASCADE;
ALTER TABLE services_command ADD CONSTRAINT command_of_the_devices_customer
    FOREIGN KEY (customer_id, device_id) REFERENCES devices_device (customer_id, id) ON DELETE CASCADE;
ALTER TABLE services_agent ADD CONSTRAINT agent_of_the_devices_customer
    FOREIGN KEY (customer_id, device_id) REFERENCES devices_device (customer_id, id) ON DELETE CASCADE;
ALTER TABLE services_claim
    ADD CONSTRAINT claim_of_the_devices_customer FOREIGN KEY (customer_id, device_id)
        REFERENCES devices_device (customer_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT claim_of_its_plan FOREIGN KEY (plan_id) REFERENCES services_thing (id);
"""
OF_ANY = """
ALTER TABLE services_claim DROP CONSTRAINT claim_of_its_plan, DROP CONSTRAINT claim_of_the_devices_customer;
ALTER TABLE services_agent DROP CONSTRAINT agent_of_the_devices_customer;
ALTER TABLE services_command DROP CONSTRAINT command_of_the_devices_customer;
ALTER TABLE services_move DROP CONSTRAINT move_of_the_devices_customer;
ALTER TABLE services_enrollment DROP CONSTRAINT enrollment_of_the_things_customer,
    DROP CONSTRAINT enrollment_of_the_devices_customer;
ALTER TABLE services_thingversion DROP CONSTRAINT version_of_its_thing;
"""

# Once a statement, for any number of rows. As the owner, because nobody else may write moves.
HISTORY = """
CREATE FUNCTION services_note_since() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.since := now();
    RETURN NEW;
END $$;
CREATE TRIGGER enrollment_since BEFORE UPDATE OF state ON services_enrollment
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION services_note_since();

CREATE FUNCTION services_note_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who bigint := nullif(current_setting('app.user_id', true), '')::bigint;
    why text := left(coalesce(current_setting('app.move_reason', true), ''), 200);
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO services_move (customer_id, device_id, service, before, state, at, by_id, reason)
        SELECT n.customer_id, n.device_id, n.service, '', n.state, now(), who, why FROM new_rows n;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO services_move (customer_id, device_id, service, before, state, at, by_id, reason)
        SELECT n.customer_id, n.device_id, n.service, o.state, n.state, now(), who, why
          FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE o.state IS DISTINCT FROM n.state;
    ELSE
        -- A device that is deleted takes its moves along; one that only leaves the service keeps them.
        INSERT INTO services_move (customer_id, device_id, service, before, state, at, by_id, reason)
        SELECT o.customer_id, o.device_id, o.service, o.state, '', now(), who, why
          FROM old_rows o JOIN devices_device d ON d.customer_id = o.customer_id AND d.id = o.device_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER enrollment_comes AFTER INSERT ON services_enrollment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION services_note_moves();
CREATE TRIGGER enrollment_moves AFTER UPDATE ON services_enrollment
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION services_note_moves();
CREATE TRIGGER enrollment_goes AFTER DELETE ON services_enrollment REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION services_note_moves();

CREATE FUNCTION services_move_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a move of a device is kept as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER move_stays BEFORE UPDATE ON services_move FOR EACH ROW EXECUTE FUNCTION services_move_stays();
"""
NO_HISTORY = """
DROP TRIGGER move_stays ON services_move;
DROP FUNCTION services_move_stays();
DROP TRIGGER enrollment_goes ON services_enrollment;
DROP TRIGGER enrollment_moves ON services_enrollment;
DROP TRIGGER enrollment_comes ON services_enrollment;
DROP TRIGGER enrollment_since ON services_enrollment;
DROP FUNCTION services_note_moves();
DROP FUNCTION services_note_since();
"""

AGENTS = f"""
CREATE POLICY agent_select ON services_agent FOR SELECT TO portal_agent USING ({ME});
CREATE POLICY agent_update ON services_agent FOR UPDATE TO portal_agent USING ({ME}) WITH CHECK ({ME});
CREATE POLICY agent_select ON services_command FOR SELECT TO portal_agent USING ({MINE});
CREATE POLICY agent_update ON services_command FOR UPDATE TO portal_agent USING ({MINE}) WITH CHECK ({MINE});
CREATE POLICY agent_select ON services_enrollment FOR SELECT TO portal_agent USING ({MINE});
CREATE POLICY agent_update ON services_enrollment FOR UPDATE TO portal_agent USING ({MINE}) WITH CHECK ({MINE});
CREATE POLICY agent_select ON services_thing FOR SELECT TO portal_agent USING (id = ANY (ARRAY(
    SELECT e.thing_id FROM services_enrollment e WHERE e.{MINE})));
CREATE POLICY agent_select ON devices_device FOR SELECT TO portal_agent USING (id = ANY (ARRAY(
    SELECT a.device_id FROM services_agent a WHERE a.{ME})));
"""
NO_AGENTS = """
DROP POLICY agent_select ON devices_device;
DROP POLICY agent_select ON services_thing;
DROP POLICY agent_update ON services_enrollment;
DROP POLICY agent_select ON services_enrollment;
DROP POLICY agent_update ON services_command;
DROP POLICY agent_select ON services_command;
DROP POLICY agent_update ON services_agent;
DROP POLICY agent_select ON services_agent;
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial"), ("devices", "0007_resellers_decide_nothing")]
    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(OF_THE_SAME, OF_ANY),
        customer_wall("services_thing"),
        wall("services_thingversion", select=SEES, insert=MANAGES),
        customer_wall("services_enrollment"),
        wall("services_move", select=SEES),
        customer_wall("services_command", delete=False),
        # A person allows another secret; everything else of an agent is between the device and the operator.
        wall("services_agent", select=SEES, update=MANAGES),
        customer_wall("services_claim", delete=False),
        migrations.RunSQL(HISTORY, NO_HISTORY),
        migrations.RunSQL(AGENTS, NO_AGENTS),
    ]
