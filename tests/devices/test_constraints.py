"""What no verb writes cannot be stored either: PostgreSQL refuses, whatever stands before it."""

import pytest

from accounts.acting import as_operator
from devices.models import EnrollmentCode
from tests.architecture import device_rows
from tests.constraints import refused

BROKEN = {
    "approval_decided_has_a_time": "UPDATE devices_approval SET decided_at = NULL WHERE state = 'approved'",
    "approval_rejected_has_a_reason": "UPDATE devices_approval SET state = 'rejected', decided_at = now()",
    "bulk_act_ended_has_a_time": "UPDATE devices_bulkact SET state = 'done'",
    "bulk_act_stopped_has_a_sentence": "UPDATE devices_bulkact SET state = 'stopped', ended_at = now()",
    "device_has_an_identifier": "UPDATE devices_device SET imei = NULL",
    "device_tags_at_most_20": "UPDATE devices_device SET tags = array_fill('a'::varchar, ARRAY[21])",
    "imei_has_15_digits": "UPDATE devices_device SET imei = left(imei, 14)",
    "meid_has_14_signs": "UPDATE devices_device SET meid = 'A000001234567G'",
    "serial_has_11_signs": "UPDATE devices_device SET serial = 'R58M12ABCD'",
    "imei_is_in_one_place": "UPDATE devices_device SET imei = (SELECT min(imei) FROM devices_device)",
    "meid_is_in_one_place": "UPDATE devices_device SET meid = 'A0000012345678'",
    "serial_is_in_one_place": "UPDATE devices_device SET serial = 'R58M12ABCDE'",
    "model_code_in_capitals": "UPDATE devices_devicemodel SET code = lower(code)",
    "model_region_is_known": "UPDATE devices_devicemodel SET region = 'moon'",
    "devices_devicemodel_code_key": "UPDATE devices_devicemodel SET code = 'SM-TWICE'",
    "devices_enrollmentcode_code_key": "UPDATE devices_enrollmentcode SET code = 'the same'",
    "devices_enrollmentcode_customer_id_key": (
        "UPDATE devices_enrollmentcode SET customer_id = (SELECT min(customer_id) FROM devices_enrollmentcode)"
    ),
    "good_lines_are_whole": "UPDATE devices_goodlines SET numbers = numbers || 9",
    "only_an_active_reseller_is_auto_approved": "UPDATE devices_resellercustomer SET auto_approve = true",
    "reseller_once_a_customer": (
        "UPDATE devices_resellercustomer SET reseller_id = (SELECT min(reseller_id) FROM devices_resellercustomer)"
    ),
    "tac_has_eight_digits": "UPDATE devices_tac SET tac = left(tac, 7) || 'x'",
    "one_approval_an_upload_and_customer": (
        "UPDATE devices_approval SET upload_id = (SELECT min(upload_id) FROM devices_approval)"
    ),
    "upload_done_adds_up": "UPDATE devices_upload SET state = 'done', ended_at = now(), lines = 5",
    "upload_ended_has_a_time": "UPDATE devices_upload SET state = 'failed', ended_at = NULL",
    "upload_has_one_sender": "UPDATE devices_upload SET channel = 'reseller' WHERE customer_id IS NOT NULL",
    "upload_tags_at_most_20": "UPDATE devices_upload SET tags = array_fill('a'::varchar, ARRAY[21])",
    "upload_piece_once": (
        "INSERT INTO devices_uploadcontent (upload_id, number, customer_id, reseller_id, content)"
        " SELECT upload_id, number, customer_id, reseller_id, content FROM devices_uploadcontent"
    ),
}
FOREIGN = {
    "a line stays in its upload": "UPDATE {} SET upload_id = (SELECT max(id) FROM devices_upload)",
    "a line is of the sender of its upload": (
        "INSERT INTO {0} SELECT (jsonb_populate_record(line, jsonb_build_object("
        "'number', 99, 'first', 99, 'sender_customer_id', 0, 'reseller_id', 0))).* FROM {0} line"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_cannot_be_stored(world, name):
    device_rows.fill(world)
    with as_operator():
        EnrollmentCode.objects.create(customer=world.first, code="code-of-first", made_by=world.alice)

    assert name in refused(BROKEN[name])


@pytest.mark.parametrize("table", ["devices_uploadline", "devices_goodlines"])
@pytest.mark.parametrize("no", FOREIGN)
def test_a_line_is_of_the_sender_of_its_upload_and_stays_there(world, table, no):
    device_rows.fill(world)

    assert no in refused(FOREIGN[no].format(table))
