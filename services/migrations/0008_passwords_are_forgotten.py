"""A password that went to a device leaves the database as soon as its command has ended, however that came."""

from django.db import migrations

FORGET = """
CREATE FUNCTION services_forget_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.params := NEW.params - 'password';
    RETURN NEW;
END $$;
CREATE TRIGGER forget_password BEFORE UPDATE ON services_command FOR EACH ROW
    WHEN (NEW.state IN ('done', 'failed', 'cancelled') AND NEW.params ? 'password')
    EXECUTE FUNCTION services_forget_password();
"""
REMEMBER = """
DROP TRIGGER forget_password ON services_command;
DROP FUNCTION services_forget_password();
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0007_history_by_service")]
    operations = [migrations.RunSQL(FORGET, REMEMBER)]
