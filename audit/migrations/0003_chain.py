"""The chain (docs/adr/0025): every event has a digest, waits for its seal, and can be forgotten in one way only."""

import django.contrib.postgres.fields
from django.db import migrations, models

# The same bytes as audit/chain.py reads: a JSON array of texts. The personal part is hashed on its own, with a salt,
# so that it can go while the chain stays.
DIGESTS = """
CREATE FUNCTION audit_personal(e audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(e.salt || convert_to(array_to_json(ARRAY[
        e.actor_name, e.target_name, e.detail::text, host(e.address)
    ])::text, 'UTF8'))
$$;
CREATE FUNCTION audit_digest(e audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(array_to_json(ARRAY[
        e.id::text, (extract(epoch FROM e.at) * 1000000)::bigint::text, e.verb, e.actor_id::text, e.side,
        e.msp_id::text, e.customer_id::text, e.reseller_id::text, e.license_reseller_id::text,
        e.target_type, e.target_id, e.request_id, encode(coalesce(e.kept, audit_personal(e)), 'hex')
    ])::text, 'UTF8'))
$$;
CREATE FUNCTION audit_forgotten(e audit_event) RETURNS audit_event LANGUAGE plpgsql STABLE AS $$
BEGIN
    e.kept := coalesce(e.kept, audit_personal(e));
    e.salt := NULL;
    e.actor_name := '';
    e.target_name := '';
    e.detail := '{}';
    e.address := NULL;
    RETURN e;
END $$;
"""
NO_DIGESTS = """
DROP FUNCTION audit_forgotten(audit_event);
DROP FUNCTION audit_digest(audit_event);
DROP FUNCTION audit_personal(audit_event);
"""
# Runs as its owner: whoever writes history may not touch the queue in another way.
SEALING = """
CREATE FUNCTION audit_event_seals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    NEW.salt := uuid_send(gen_random_uuid());
    NEW.kept := NULL;
    NEW.digest := audit_digest(NEW);
    INSERT INTO audit_unsealed (event_id) VALUES (NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_event_seals BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_seals();
CREATE OR REPLACE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM audit_forgotten(OLD) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION audit_seal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the chain is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_seal_stays BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_seal_stays();
REVOKE ALL ON audit_seal, audit_unsealed FROM portal_app;
REVOKE UPDATE, DELETE ON audit_seal FROM portal_operator;
REVOKE INSERT, UPDATE ON audit_unsealed FROM portal_operator;
"""
NO_SEALING = """
DROP TRIGGER audit_seal_stays ON audit_seal;
DROP FUNCTION audit_seal_stays();
DROP TRIGGER audit_event_seals ON audit_event;
DROP FUNCTION audit_event_seals();
CREATE OR REPLACE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""
# The one way to forget: of a customer that was deleted, and of things that were about it. Says how many it blanked.
FORGETTING = """
CREATE FUNCTION audit_forget(gone bigint, types text[], ids text[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    blanked bigint;
BEGIN
    WITH about AS (
        SELECT * FROM unnest(types, ids) AS thing (target_type, target_id)
    ), found AS (
        SELECT e.id FROM audit_event e WHERE e.customer_id = gone
        UNION
        SELECT e.id FROM audit_event e JOIN about USING (target_type, target_id)
    )
    UPDATE audit_event e
       SET actor_name = '', target_name = '', detail = '{}', address = NULL, salt = NULL, kept = audit_personal(e)
      FROM found
     WHERE e.id = found.id AND e.salt IS NOT NULL AND e.verb <> 'history.forgotten';
    GET DIAGNOSTICS blanked = ROW_COUNT;
    RETURN blanked;
END $$;
REVOKE ALL ON FUNCTION audit_forget(bigint, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_forget(bigint, text[], text[]) TO portal_operator;
"""
# What happened before there was a chain gets its digest now, and is sealed with what comes.
BEFORE_THE_CHAIN = """
ALTER TABLE audit_event DISABLE TRIGGER audit_event_stays;
UPDATE audit_event SET salt = uuid_send(gen_random_uuid());
UPDATE audit_event e SET digest = audit_digest(e);
ALTER TABLE audit_event ENABLE TRIGGER audit_event_stays;
INSERT INTO audit_unsealed SELECT id FROM audit_event;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("head", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[("event_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.AddField("event", "reseller_id", models.BigIntegerField(null=True)),
        migrations.AddField("event", "license_reseller_id", models.BigIntegerField(null=True)),
        migrations.AddField("event", "digest", models.BinaryField(null=True)),
        migrations.AddField("event", "salt", models.BinaryField(null=True)),
        migrations.AddField("event", "kept", models.BinaryField(null=True)),
        migrations.RunSQL(DIGESTS, NO_DIGESTS),
        migrations.RunSQL(BEFORE_THE_CHAIN, migrations.RunSQL.noop),
        migrations.AlterField("event", "digest", models.BinaryField()),
        migrations.RunSQL(SEALING, NO_SEALING),
        migrations.RunSQL(FORGETTING, "DROP FUNCTION audit_forget(bigint, text[], text[])"),
        migrations.AddIndex(
            "event",
            models.Index(models.F("at").desc(), models.F("id").desc(), name="event_by_time"),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                models.F("reseller_id"),
                models.F("at").desc(),
                name="event_of_reseller",
                condition=models.Q(("reseller_id__isnull", False)),
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                models.F("license_reseller_id"),
                models.F("at").desc(),
                name="event_of_license_reseller",
                condition=models.Q(("license_reseller_id__isnull", False)),
            ),
        ),
    ]
