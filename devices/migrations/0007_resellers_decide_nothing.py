"""A reseller approves nothing: not by the state of an approval or device, and not by approving itself (docs/adr/0016).

An approval without a click is the operator's (devices/approvals.approve_by_itself). The reseller's own verbs change
the columns named here and no others.
"""

from django.db import migrations

from tenants.walls import granted

SENDS = f"reseller_id = ANY ({granted('reseller', 'change_reseller')})"
MY_CUSTOMERS = f"""customer_id = ANY (ARRAY(
    SELECT r.customer_id FROM devices_resellercustomer r
     WHERE r.{SENDS} AND r.state <> 'inactive'))"""

ONLY_WHAT_WAITS = f"""
ALTER POLICY reseller_insert ON devices_approval WITH CHECK ({SENDS} AND {MY_CUSTOMERS} AND state = 'pending');
ALTER POLICY reseller_update ON devices_approval WITH CHECK ({SENDS} AND state <> 'approved');
ALTER POLICY reseller_insert ON devices_device WITH CHECK ({SENDS} AND state = 'pending');
REVOKE UPDATE ON devices_device, devices_approval, devices_resellercustomer FROM portal_reseller;
GRANT UPDATE (devices, is_complete, state, decided_at, reason) ON devices_approval TO portal_reseller;
GRANT UPDATE (last_uploaded_at) ON devices_resellercustomer TO portal_reseller;
"""
ANY_STATE = f"""
ALTER POLICY reseller_insert ON devices_approval WITH CHECK ({SENDS} AND {MY_CUSTOMERS});
ALTER POLICY reseller_update ON devices_approval WITH CHECK ({SENDS});
ALTER POLICY reseller_insert ON devices_device WITH CHECK ({SENDS});
GRANT UPDATE ON devices_device, devices_approval, devices_resellercustomer TO portal_reseller;
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0006_lines_of_their_upload")]
    operations = [migrations.RunSQL(ONLY_WHAT_WAITS, ANY_STATE)]
