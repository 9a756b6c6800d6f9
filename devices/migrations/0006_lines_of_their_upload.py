"""Lines are of the sender of their upload: checked once a statement, not once a line.

A foreign key looks each line up by itself, which took a fifth of the check of a large file, and says nothing about
the sender. Pieces of files are not compressed on their way in and out: they stay for a minute.
"""

import django.db.models.deletion
from django.db import migrations, models

ONCE_A_STATEMENT = """
ALTER TABLE devices_uploadcontent ALTER COLUMN content SET STORAGE EXTERNAL;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT conname FROM pg_constraint
                 WHERE conrelid = 'devices_uploadline'::regclass AND contype = 'f'
                   AND confrelid = 'devices_upload'::regclass
    LOOP
        EXECUTE format('ALTER TABLE devices_uploadline DROP CONSTRAINT %I', name);
    END LOOP;
END $$;
CREATE FUNCTION devices_line_of_its_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT upload_id, sender_customer_id, reseller_id FROM new_lines) line
         WHERE NOT EXISTS (
            SELECT FROM devices_upload upload
             WHERE upload.id = line.upload_id
               AND upload.customer_id IS NOT DISTINCT FROM line.sender_customer_id
               AND upload.reseller_id IS NOT DISTINCT FROM line.reseller_id))
    THEN
        RAISE EXCEPTION 'a line is of the sender of its upload' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER line_of_its_upload AFTER INSERT ON devices_uploadline
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION devices_line_of_its_upload();
CREATE FUNCTION devices_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line stays in its upload' USING ERRCODE = 'foreign_key_violation';
END $$;
CREATE TRIGGER line_stays BEFORE UPDATE OF upload_id, sender_customer_id, reseller_id ON devices_uploadline
    FOR EACH ROW WHEN (OLD.upload_id IS DISTINCT FROM NEW.upload_id
        OR OLD.sender_customer_id IS DISTINCT FROM NEW.sender_customer_id
        OR OLD.reseller_id IS DISTINCT FROM NEW.reseller_id) EXECUTE FUNCTION devices_line_stays();
"""
ONCE_A_LINE = """
DROP TRIGGER line_stays ON devices_uploadline;
DROP FUNCTION devices_line_stays();
DROP TRIGGER line_of_its_upload ON devices_uploadline;
DROP FUNCTION devices_line_of_its_upload();
ALTER TABLE devices_uploadline ADD CONSTRAINT devices_uploadline_upload_id_fk
    FOREIGN KEY (upload_id) REFERENCES devices_upload (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE devices_uploadcontent ALTER COLUMN content SET STORAGE EXTENDED;
"""
WITHOUT_CONSTRAINT = models.ForeignKey(
    db_constraint=False,
    db_index=False,
    on_delete=django.db.models.deletion.CASCADE,
    related_name="upload_lines",
    to="devices.upload",
)


class Migration(migrations.Migration):
    dependencies = [("devices", "0005_closed_codes")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONCE_A_STATEMENT, ONCE_A_LINE)],
            state_operations=[migrations.AlterField("uploadline", "upload", WITHOUT_CONSTRAINT)],
        )
    ]
