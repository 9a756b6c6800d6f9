"""What no verb writes cannot be stored either: each constraint refuses, whatever stands before it."""

import pytest

from tenants.models import KnoxService
from tests.constraints import refused
from tests.licensing import ground

_TWICE = "UPDATE licensing_seat SET services = '{}', device_id = (SELECT min(device_id) FROM licensing_seat)"
BROKEN = {f"one_{one.name.lower()}_seat_a_device": _TWICE.format(one.value) for one in KnoxService} | {
    "product_is_counted_under_its_first_service": "UPDATE licensing_product SET services = 'KM' WHERE service = 'KC'",
    "product_services_are_known": "UPDATE licensing_product SET services = service || ' XX'",
    "product_key_prefix": "UPDATE licensing_product SET key_prefix = 'KLM5'",
    "listing_region_is_known": "UPDATE licensing_listing SET region = 'moon'",
    "order_has_seats_and_months": "UPDATE licensing_order SET seats = 0",
    "order_quoted_has_a_price": "UPDATE licensing_order SET state = 'quoted', moved_at = sent_at, moved_by_id = 1",
    "order_moved_has_a_time": "UPDATE licensing_order SET state = 'withdrawn', moved_at = NULL",
    "order_rejected_has_a_reason": "UPDATE licensing_order SET state = 'rejected', moved_at = sent_at, moved_by_id = 1",
    "key_has_seats_and_months": "UPDATE licensing_key SET seats = 0",
    "key_entered_all_at_once": "UPDATE licensing_key SET entered_at = NULL WHERE customer_id IS NOT NULL",
    "key_withdrawn_serves_nobody": "UPDATE licensing_key SET withdrawn_at = now() WHERE customer_id IS NOT NULL",
    "license_has_seats": "UPDATE licensing_license SET seats = 0, used = 0",
    "license_does_not_replace_itself": "UPDATE licensing_license SET replaced_by_id = id",
    "addition_is_time_or_seats": "UPDATE licensing_addition SET seats = 1, months = 1",
    "entry_is_one_seat": "UPDATE licensing_seatentry SET change = 2",
    "only_msps_limit_people": "UPDATE tenants_membership SET scope = 'some' WHERE msp_id IS NULL",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_cannot_be_stored(world, name):
    ground.everything(world)

    statement = BROKEN[name]
    assert name in refused(statement, past_triggers_of=statement.split()[1])
