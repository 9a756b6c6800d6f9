from django.db import migrations, models

# The one way to change a receipt: a function of the owner, for a customer that Samsung deleted (docs/adr/0024).
FORGET = """
CREATE OR REPLACE FUNCTION onboarding_receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.forgotten_at IS NULL AND NEW.forgotten_at IS NOT NULL
       AND current_user = 'portal_owner'
       AND (OLD.number, OLD.request_id, OLD.customer_id, OLD.msp_id, OLD.services, OLD.access, OLD.approved_at,
            OLD.fingerprint, OLD.fingerprint_before)
           IS NOT DISTINCT FROM
           (NEW.number, NEW.request_id, NEW.customer_id, NEW.msp_id, NEW.services, NEW.access, NEW.approved_at,
            NEW.fingerprint, NEW.fingerprint_before)
       AND EXISTS (SELECT FROM tenants_customer c WHERE c.id = OLD.customer_id AND c.deleted_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a receipt is kept as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION onboarding_receipt_forget(whose bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE onboarding_receipt
       SET text = '', person = '', job_title = '', address = NULL, sent_to = '', forgotten_at = now()
     WHERE customer_id = whose AND forgotten_at IS NULL;
$$;
REVOKE EXECUTE ON FUNCTION onboarding_receipt_forget(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION onboarding_receipt_forget(bigint) TO portal_operator;
"""
KEEP = """
DROP FUNCTION onboarding_receipt_forget(bigint);
CREATE OR REPLACE FUNCTION onboarding_receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a receipt is kept as it is' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_wishes"), ("tenants", "0006_deleted_customer")]
    operations = [
        migrations.AddField("receipt", "forgotten_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(FORGET, KEEP),
    ]
