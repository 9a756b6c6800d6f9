"""The order for a customer that left is open at the next word of the license reseller: the MSP sees it again."""

from django.db import migrations

STAYS = """
CREATE OR REPLACE FUNCTION licensing_order_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('delivered', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'an order is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.msp_id, OLD.listing_id, OLD.product_id, OLD.seats, OLD.months)
       IS DISTINCT FROM (NEW.msp_id, NEW.listing_id, NEW.product_id, NEW.seats, NEW.months)
       OR OLD.customer_id IS DISTINCT FROM NEW.customer_id AND {unless}
       OR OLD.state = 'accepted'
       AND (OLD.price, OLD.currency, OLD.tax) IS DISTINCT FROM (NEW.price, NEW.currency, NEW.tax) THEN
        RAISE EXCEPTION 'an order stays as it was sent, and its price as it was accepted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
SOONER = "NEW.customer_id IS NOT NULL"
AT_THE_END = "NOT (NEW.customer_id IS NULL AND NEW.state = 'delivered')"


class Migration(migrations.Migration):
    dependencies = [("licensing", "0005_orders_of_who_left")]
    operations = [migrations.RunSQL(STAYS.format(unless=SOONER), STAYS.format(unless=AT_THE_END))]
