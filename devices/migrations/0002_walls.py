"""Who sees devices, uploads and resellers; a device and its approval are of the same customer and reseller."""

from django.db import migrations

from tenants.walls import customer_wall, granted, policy, wall

SEES = granted("customer", "view_customer")
MANAGES = granted("customer", "manage_customer")
MY_RESELLER = granted("reseller", "view_reseller")
SENDS = granted("reseller", "change_reseller")

# A reseller's uploads are its own: the customer's side sees their approvals, not the file or its lines.
OF_MY_CUSTOMER = f"reseller_id IS NULL AND {{}} = ANY ({SEES})"
SENT_FOR_CUSTOMER = f"reseller_id IS NULL AND {{}} = ANY ({MANAGES})"
# For whom this reseller may upload now.
MY_CUSTOMERS = f"""customer_id = ANY (ARRAY(
    SELECT r.customer_id FROM devices_resellercustomer r
     WHERE r.reseller_id = ANY ({SENDS}) AND r.state <> 'inactive'))"""

SAME_CUSTOMER_AND_RESELLER = """
ALTER TABLE devices_approval ADD CONSTRAINT approval_of_its_reseller UNIQUE (id, reseller_id);
ALTER TABLE devices_device
    ADD CONSTRAINT device_approval_of_the_same_customer
        FOREIGN KEY (customer_id, approval_id) REFERENCES devices_approval (customer_id, id),
    ADD CONSTRAINT device_approval_of_the_same_reseller
        FOREIGN KEY (approval_id, reseller_id) REFERENCES devices_approval (id, reseller_id);
"""
ANY_CUSTOMER_AND_RESELLER = """
ALTER TABLE devices_device
    DROP CONSTRAINT device_approval_of_the_same_customer, DROP CONSTRAINT device_approval_of_the_same_reseller;
ALTER TABLE devices_approval DROP CONSTRAINT approval_of_its_reseller;
"""
PRIVILEGES = """
GRANT SELECT, INSERT, UPDATE, DELETE ON devices_upload, devices_uploadcontent, devices_uploadline, devices_approval,
    devices_device, devices_resellercustomer TO portal_reseller;
GRANT SELECT ON devices_devicemodel, devices_tac TO portal_reseller;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_reseller;
"""
# The reseller reads a customer's name once that customer's side approved something of it (knox.md 4.2).
KNOWN_CUSTOMERS = f"""id = ANY (ARRAY(
    SELECT r.customer_id FROM devices_resellercustomer r
     WHERE r.reseller_id = ANY ({MY_RESELLER}) AND r.state = 'active'))"""


def sent(table: str, column: str = "customer_id") -> migrations.RunSQL:
    """The wall of what belongs to an upload: its sender's people, and nobody else."""
    sees, sends = OF_MY_CUSTOMER.format(column), SENT_FOR_CUSTOMER.format(column)
    mine, my = f"reseller_id = ANY ({MY_RESELLER})", f"reseller_id = ANY ({SENDS})"
    return wall(
        table,
        select=sees, insert=sends, update=sends, delete=sends,
        reseller={"select": mine, "insert": my, "update": my, "delete": my},
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("devices", "0001_initial"), ("tenants", "0004_reseller_role")]
    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(SAME_CUSTOMER_AND_RESELLER, ANY_CUSTOMER_AND_RESELLER),
        sent("devices_upload"),
        sent("devices_uploadcontent"),
        sent("devices_uploadline", "sender_customer_id"),
        wall(
            "devices_approval",
            select=f"customer_id = ANY ({SEES})",
            insert=f"customer_id = ANY ({MANAGES})",
            update=f"customer_id = ANY ({MANAGES})",
            reseller={
                "select": f"reseller_id = ANY ({MY_RESELLER})",
                "insert": f"reseller_id = ANY ({SENDS}) AND {MY_CUSTOMERS}",
                "update": f"reseller_id = ANY ({SENDS})",
            },
        ),
        wall(
            "devices_device",
            select=f"customer_id = ANY ({SEES})",
            insert=f"customer_id = ANY ({MANAGES})",
            update=f"customer_id = ANY ({MANAGES})",
            delete=f"customer_id = ANY ({MANAGES})",
            reseller={
                "select": f"reseller_id = ANY ({MY_RESELLER})",
                "insert": f"reseller_id = ANY ({SENDS})",
                "delete": f"reseller_id = ANY ({SENDS})",
            },
        ),
        wall(
            "devices_resellercustomer",
            select=f"customer_id = ANY ({SEES})",
            insert=f"customer_id = ANY ({MANAGES})",
            update=f"customer_id = ANY ({MANAGES})",
            reseller={"select": f"reseller_id = ANY ({MY_RESELLER})", "update": f"reseller_id = ANY ({SENDS})"},
        ),
        customer_wall("devices_enrollmentcode"),
        migrations.RunSQL(
            policy("tenants_customer", "reseller", "select", KNOWN_CUSTOMERS),
            "DROP POLICY reseller_select ON tenants_customer",
        ),
    ]
