from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_stays();
REVOKE UPDATE, DELETE ON audit_event FROM portal_app, portal_operator;
"""
BACKWARD = """
DROP TRIGGER audit_event_stays ON audit_event;
DROP FUNCTION audit_event_stays();
GRANT UPDATE, DELETE ON audit_event TO portal_app, portal_operator;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
