"""Care+ keeps its devices, claims outlive theirs, and an approval ID of Knox Guard is one device's."""

import django.db.models.deletion
from django.db import migrations, models

CLAIMS = """
ALTER TABLE services_claim DROP CONSTRAINT claim_of_the_devices_customer;
ALTER TABLE services_claim ADD CONSTRAINT claim_of_the_devices_customer FOREIGN KEY (customer_id, device_id)
    REFERENCES devices_device (customer_id, id) ON DELETE SET NULL (device_id);
"""
CLAIMS_AGAIN = """
ALTER TABLE services_claim DROP CONSTRAINT claim_of_the_devices_customer;
ALTER TABLE services_claim ADD CONSTRAINT claim_of_the_devices_customer FOREIGN KEY (customer_id, device_id)
    REFERENCES devices_device (customer_id, id) ON DELETE CASCADE;
"""

APPROVAL_ID = """
CREATE UNIQUE INDEX guard_approval_id_once ON services_enrollment (customer_id, (facts->>'approval_id'))
 WHERE service = 'KG' AND state <> 'pending' AND facts->>'approval_id' <> '';
"""

# A device that is deleted takes seats and enrollments along: where the device is gone already, this is its deletion.
# The name of the constraint is what devices/picked_devices.py knows such a refusal by; the message is what people read.
KEEPS = r"""
CREATE FUNCTION services_care_keeps_device() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM devices_device WHERE id = OLD.device_id) THEN
        RAISE EXCEPTION 'A device with a license of Samsung Care+ for Business cannot be deleted. '
            'Cancel its coverage first. Nothing changed.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'device_is_kept';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER care_seat_keeps_device BEFORE DELETE ON licensing_seat FOR EACH ROW
    WHEN (OLD.services ~ '(^| )SC\+( |$)') EXECUTE FUNCTION services_care_keeps_device();
CREATE TRIGGER care_keeps_device BEFORE DELETE ON services_enrollment FOR EACH ROW
    WHEN (OLD.service = 'SC+' AND OLD.state IN ('active_pending', 'active'))
    EXECUTE FUNCTION services_care_keeps_device();
"""
KEEPS_NONE = """
DROP TRIGGER care_keeps_device ON services_enrollment;
DROP TRIGGER care_seat_keeps_device ON licensing_seat;
DROP FUNCTION services_care_keeps_device();
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0003_reports"), ("licensing", "0003_products"), ("rules", "0007_service_numbers")]
    operations = [
        migrations.AddField("claim", "identifier", models.CharField(default="", max_length=15), preserve_default=False),
        migrations.AlterField(
            "claim",
            "device",
            models.ForeignKey(
                db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="claims", to="devices.device",
            ),
        ),
        migrations.RunSQL(CLAIMS, CLAIMS_AGAIN),
        migrations.RunSQL(APPROVAL_ID, "DROP INDEX guard_approval_id_once"),
        migrations.RunSQL(KEEPS, KEEPS_NONE),
    ]  # fmt: skip
