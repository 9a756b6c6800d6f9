"""Who sees what; rows that name two things of one customer; keys, orders and seats that stay; seats that count."""

from django.db import migrations

from tenants.walls import customer_wall, granted, policy, wall

SEES = f"customer_id = ANY ({granted('customer', 'view_customer')})"
MANAGES = f"customer_id = ANY ({granted('customer', 'manage_customer')})"
OF_MY_MSP = f"msp_id = ANY ({granted('msp', 'view_msp')})"
MY_COMPANY = f"license_reseller_id = ANY ({granted('licensereseller', 'view_licensereseller')})"
SELLS = f"license_reseller_id = ANY ({granted('licensereseller', 'change_licensereseller')})"
OF_MY_REGION = f"""region = ANY (ARRAY(
    SELECT m.region FROM tenants_msp m WHERE m.id = ANY ({granted("msp", "view_msp")})))"""
# An order for no customer yet is for people who may add one, so that it needs more than to read.
ORDERS = f"""{OF_MY_MSP} AND ({MANAGES}
    OR customer_id IS NULL AND msp_id = ANY ({granted("msp", "add_customers")}))"""

PRIVILEGES = """
REVOKE INSERT, UPDATE, DELETE ON licensing_product FROM portal_app, portal_operator;
REVOKE INSERT, UPDATE, DELETE ON licensing_seatentry FROM portal_app, portal_operator;
REVOKE UPDATE ON licensing_license, licensing_key, licensing_seat, licensing_addition, licensing_notice
    FROM portal_app, portal_operator;
GRANT UPDATE (name, seats, months, dated_at, released_at, replaced_by_id, deleted_at) ON licensing_license
    TO portal_app, portal_operator;
GRANT UPDATE (customer_id, entered_at, entered_by_id, use, withdrawn_at) ON licensing_key TO portal_operator;
GRANT SELECT ON licensing_product, licensing_listing, licensing_order, licensing_key, rules_setting TO portal_reseller;
GRANT UPDATE ON licensing_listing, licensing_order TO portal_reseller;
GRANT INSERT ON licensing_key TO portal_reseller;
GRANT USAGE, SELECT ON SEQUENCE licensing_key_id_seq TO portal_reseller;
"""

# PostgreSQL compares both columns at once, and asks no policy for it.
OF_THE_SAME = """
ALTER TABLE tenants_msp ADD CONSTRAINT msp_of_its_region UNIQUE (id, region);
ALTER TABLE licensing_order
    ADD CONSTRAINT order_of_the_msps_region FOREIGN KEY (msp_id, region) REFERENCES tenants_msp (id, region),
    ADD CONSTRAINT order_of_the_listings_region FOREIGN KEY (listing_id, license_reseller_id, region)
        REFERENCES licensing_listing (id, license_reseller_id, region);
ALTER TABLE licensing_key
    ADD CONSTRAINT key_of_the_listings_region FOREIGN KEY (listing_id, license_reseller_id, region)
        REFERENCES licensing_listing (id, license_reseller_id, region),
    ADD CONSTRAINT key_as_ordered FOREIGN KEY (order_id, license_reseller_id, region, product_id, seats, months)
        REFERENCES licensing_order (id, license_reseller_id, region, product_id, seats, months);
ALTER TABLE licensing_license
    ADD CONSTRAINT license_of_its_product_s_services FOREIGN KEY (product_id, service, services, is_trial)
        REFERENCES licensing_product (id, service, services, is_trial),
    ADD CONSTRAINT license_of_the_keys_customer FOREIGN KEY (customer_id, key_id, product_id)
        REFERENCES licensing_key (customer_id, id, product_id),
    ADD CONSTRAINT license_replaced_by_one_of_its_customer FOREIGN KEY (customer_id, replaced_by_id)
        REFERENCES licensing_license (customer_id, id);
ALTER TABLE licensing_addition
    ADD CONSTRAINT addition_of_the_licenses_product FOREIGN KEY (customer_id, license_id, product_id)
        REFERENCES licensing_license (customer_id, id, product_id),
    ADD CONSTRAINT addition_of_the_keys_product FOREIGN KEY (customer_id, key_id, product_id)
        REFERENCES licensing_key (customer_id, id, product_id);
ALTER TABLE licensing_seat
    ADD CONSTRAINT seat_of_the_licenses_customer FOREIGN KEY (customer_id, license_id, services)
        REFERENCES licensing_license (customer_id, id, services),
    ADD CONSTRAINT seat_of_the_devices_customer FOREIGN KEY (customer_id, device_id)
        REFERENCES devices_device (customer_id, id) ON DELETE CASCADE;
ALTER TABLE licensing_seatentry ADD CONSTRAINT entry_of_the_licenses_customer
    FOREIGN KEY (customer_id, license_id) REFERENCES licensing_license (customer_id, id);
ALTER TABLE licensing_notice ADD CONSTRAINT notice_of_the_licenses_customer
    FOREIGN KEY (customer_id, license_id) REFERENCES licensing_license (customer_id, id);
"""
OF_ANY = """
ALTER TABLE licensing_notice DROP CONSTRAINT notice_of_the_licenses_customer;
ALTER TABLE licensing_seatentry DROP CONSTRAINT entry_of_the_licenses_customer;
ALTER TABLE licensing_seat
    DROP CONSTRAINT seat_of_the_licenses_customer, DROP CONSTRAINT seat_of_the_devices_customer;
ALTER TABLE licensing_addition
    DROP CONSTRAINT addition_of_the_licenses_product, DROP CONSTRAINT addition_of_the_keys_product;
ALTER TABLE licensing_license
    DROP CONSTRAINT license_of_its_product_s_services, DROP CONSTRAINT license_of_the_keys_customer,
    DROP CONSTRAINT license_replaced_by_one_of_its_customer;
ALTER TABLE licensing_key DROP CONSTRAINT key_of_the_listings_region, DROP CONSTRAINT key_as_ordered;
ALTER TABLE licensing_order
    DROP CONSTRAINT order_of_the_msps_region, DROP CONSTRAINT order_of_the_listings_region;
ALTER TABLE tenants_msp DROP CONSTRAINT msp_of_its_region;
"""

# Held against everybody, the owner of the tables too.
STAY = """
CREATE FUNCTION licensing_key_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a license key is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.customer_id IS NOT NULL
       AND (OLD.customer_id, OLD.entered_at, OLD.use) IS DISTINCT FROM (NEW.customer_id, NEW.entered_at, NEW.use) THEN
        RAISE EXCEPTION 'a license key serves one customer, for ever' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.product_id, OLD.seats, OLD.months, OLD.order_id, OLD.listing_id, OLD.region, OLD.code_hash, OLD.code_sealed,
        OLD.usable_until, OLD.starts_at)
       IS DISTINCT FROM (NEW.product_id, NEW.seats, NEW.months, NEW.order_id, NEW.listing_id, NEW.region, NEW.code_hash,
        NEW.code_sealed, NEW.usable_until, NEW.starts_at) THEN
        RAISE EXCEPTION 'a license key stays as it was issued' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at AND OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'a withdrawn license key stays withdrawn' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER licensing_key_stays BEFORE UPDATE OR DELETE ON licensing_key
    FOR EACH ROW EXECUTE FUNCTION licensing_key_stays();

CREATE FUNCTION licensing_license_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.customer_id, OLD.product_id, OLD.key_id, OLD.starts_at, OLD.days)
       IS DISTINCT FROM (NEW.customer_id, NEW.product_id, NEW.key_id, NEW.starts_at, NEW.days) THEN
        RAISE EXCEPTION 'a license keeps its customer, key, product and start' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER licensing_license_stays BEFORE UPDATE ON licensing_license
    FOR EACH ROW EXECUTE FUNCTION licensing_license_stays();

CREATE FUNCTION licensing_order_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('delivered', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'an order is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.msp_id, OLD.listing_id, OLD.customer_id, OLD.product_id, OLD.seats, OLD.months)
       IS DISTINCT FROM (NEW.msp_id, NEW.listing_id, NEW.customer_id, NEW.product_id, NEW.seats, NEW.months)
       OR OLD.state = 'accepted'
       AND (OLD.price, OLD.currency, OLD.tax) IS DISTINCT FROM (NEW.price, NEW.currency, NEW.tax) THEN
        RAISE EXCEPTION 'an order stays as it was sent, and its price as it was accepted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER licensing_order_stays BEFORE UPDATE ON licensing_order
    FOR EACH ROW EXECUTE FUNCTION licensing_order_stays();

CREATE FUNCTION licensing_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are not changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER licensing_seat_stays BEFORE UPDATE ON licensing_seat
    FOR EACH ROW EXECUTE FUNCTION licensing_row_stays();
CREATE TRIGGER licensing_seatentry_stays BEFORE UPDATE OR DELETE ON licensing_seatentry
    FOR EACH ROW EXECUTE FUNCTION licensing_row_stays();
CREATE TRIGGER licensing_addition_stays BEFORE UPDATE OR DELETE ON licensing_addition
    FOR EACH ROW EXECUTE FUNCTION licensing_row_stays();
"""
MOVE = """
DROP TRIGGER licensing_addition_stays ON licensing_addition;
DROP TRIGGER licensing_seatentry_stays ON licensing_seatentry;
DROP TRIGGER licensing_seat_stays ON licensing_seat;
DROP FUNCTION licensing_row_stays();
DROP TRIGGER licensing_order_stays ON licensing_order;
DROP FUNCTION licensing_order_stays();
DROP TRIGGER licensing_license_stays ON licensing_license;
DROP FUNCTION licensing_license_stays();
DROP TRIGGER licensing_key_stays ON licensing_key;
DROP FUNCTION licensing_key_stays();
"""

# A key opens one license or adds to one, never both: `use` says which, and never changes once it is set.
USED_ONCE = """
CREATE FUNCTION licensing_key_is_used_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.key_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM licensing_key k WHERE k.id = NEW.key_id AND k.use = TG_ARGV[0]) THEN
        RAISE EXCEPTION 'this license key was not entered as %', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER licensing_license_key BEFORE INSERT ON licensing_license
    FOR EACH ROW EXECUTE FUNCTION licensing_key_is_used_once('license');
CREATE TRIGGER licensing_addition_key BEFORE INSERT ON licensing_addition
    FOR EACH ROW EXECUTE FUNCTION licensing_key_is_used_once('addition');
"""
USED_OFTEN = """
DROP TRIGGER licensing_addition_key ON licensing_addition;
DROP TRIGGER licensing_license_key ON licensing_license;
DROP FUNCTION licensing_key_is_used_once();
"""

# Seats count themselves. Once a statement, with all its rows: in bulk, by a cascade from a deleted device, by expiry.
# It runs as the owner, because nobody else may write `used` or the ledger. Licenses are locked in order of their ids,
# so that two statements about the same ones do not wait for each other. Who acts and why come from the transaction.
COUNTED = """
CREATE FUNCTION licensing_count_seats() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    step smallint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
    why text := nullif(current_setting('app.seat_reason', true), '');
BEGIN
    PERFORM FROM licensing_license WHERE id IN (SELECT license_id FROM moved) ORDER BY id FOR NO KEY UPDATE;
    UPDATE licensing_license l SET used = l.used + step * m.seats
      FROM (SELECT license_id, count(*) AS seats FROM moved GROUP BY license_id) m WHERE l.id = m.license_id;
    INSERT INTO licensing_seatentry (customer_id, license_id, device_id, change, reason, at, by_id)
    SELECT customer_id, license_id, device_id, step,
           coalesce(why, CASE step WHEN 1 THEN 'taken' ELSE 'device deleted' END),
           clock_timestamp(), nullif(current_setting('app.user_id', true), '')::bigint
      FROM moved;
    RETURN NULL;
END $$;
CREATE TRIGGER licensing_seat_taken AFTER INSERT ON licensing_seat REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_count_seats();
CREATE TRIGGER licensing_seat_released AFTER DELETE ON licensing_seat REFERENCING OLD TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_count_seats();

CREATE FUNCTION licensing_license_begins_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.used := 0;
    RETURN NEW;
END $$;
CREATE TRIGGER licensing_license_begins_empty BEFORE INSERT ON licensing_license
    FOR EACH ROW EXECUTE FUNCTION licensing_license_begins_empty();
"""
UNCOUNTED = """
DROP TRIGGER licensing_license_begins_empty ON licensing_license;
DROP FUNCTION licensing_license_begins_empty();
DROP TRIGGER licensing_seat_released ON licensing_seat;
DROP TRIGGER licensing_seat_taken ON licensing_seat;
DROP FUNCTION licensing_count_seats();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0001_initial"),
        ("rules", "0006_license_numbers"),
        ("tenants", "0004_reseller_role"),
    ]
    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(OF_THE_SAME, OF_ANY),
        migrations.RunSQL(STAY, MOVE),
        migrations.RunSQL(USED_ONCE, USED_OFTEN),
        migrations.RunSQL(COUNTED, UNCOUNTED),
        wall("licensing_listing", select=OF_MY_REGION, reseller={"select": MY_COMPANY, "update": SELLS}),
        wall(
            "licensing_order",
            select=f"{OF_MY_MSP} AND (customer_id IS NULL OR {SEES})",
            insert=ORDERS,
            update=ORDERS,
            reseller={"select": MY_COMPANY, "update": SELLS},
        ),
        # Whose key it is, is looked up by the operator where somebody enters one (licensing/keys.py).
        wall("licensing_key", select=SEES, reseller={"select": MY_COMPANY, "insert": SELLS}),
        customer_wall("licensing_license", delete=False),
        wall("licensing_addition", select=SEES, insert=MANAGES),
        wall("licensing_seat", select=SEES, insert=MANAGES, delete=MANAGES),
        wall("licensing_seatentry", select=SEES),
        wall("licensing_notice", select=SEES),
        migrations.RunSQL(
            policy(
                "tenants_licensereseller",
                "reseller",
                "select",
                f"id = ANY ({granted('licensereseller', 'view_licensereseller')})",
            ),
            "DROP POLICY reseller_select ON tenants_licensereseller",
        ),
    ]
