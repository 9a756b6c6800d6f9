"""What no verb writes cannot be stored either: PostgreSQL refuses, whatever stands before it."""

import pytest

from accounts.acting import acting_as
from onboarding import endings
from tenants.models import Management
from tests import world as cast
from tests.constraints import refused
from tests.onboarding.asking import approve, ask

BROKEN = {
    "application_decided_has_who_and_when": (
        "UPDATE onboarding_application SET decided_at = now() WHERE decided_at IS NULL"
    ),
    "application_that_counts_has_an_applicant": "UPDATE onboarding_application SET submitted_at = NULL",
    "rejected_has_a_reason": (
        "UPDATE onboarding_application SET state = 'rejected', reason = '' WHERE state = 'approved'"
    ),
    "approved_has_an_organization": (
        "UPDATE onboarding_application SET msp_id = NULL, reseller_id = NULL, license_reseller_id = NULL"
        " WHERE state = 'approved'"
    ),
    "msp_application_has_one_region": "UPDATE onboarding_application SET regions = '{}'",
    "one_open_application_a_program": (
        "UPDATE onboarding_application SET applicant_id = (SELECT min(applicant_id) FROM onboarding_application"
        " WHERE state = 'submitted') WHERE state = 'submitted'"
    ),
    "request_answered_has_a_time": "UPDATE onboarding_managementrequest SET state = 'refused' WHERE state = 'open'",
    "request_names_a_service": "UPDATE onboarding_managementrequest SET services = '{}'",
    "one_open_request_of_an_msp_to_a_customer": (
        "UPDATE onboarding_managementrequest SET state = 'open', answered_at = NULL,"
        " customer_id = (SELECT min(customer_id) FROM onboarding_managementrequest)"
    ),
    "one_open_invitation_of_a_customer": (
        "UPDATE onboarding_invitation SET customer_id = (SELECT min(customer_id) FROM onboarding_invitation)"
    ),
    "invitation_is_used_or_voided": "UPDATE onboarding_invitation SET used_at = now(), voided_at = now()",
    "delink_answered_has_a_time": "UPDATE onboarding_delink SET answered_at = now()",
    "delink_of_the_msp_has_a_link": "UPDATE onboarding_delink SET ends_at = NULL",
    "delink_rejected_has_a_reason": "UPDATE onboarding_delink SET state = 'rejected', answered_at = now()",
    "one_open_delink_of_a_management": (
        "UPDATE onboarding_delink SET management_id = (SELECT min(management_id) FROM onboarding_delink)"
    ),
    "link_fits_its_purpose": "UPDATE onboarding_link SET purpose = 'end'",
    "onboarding_link_token_hash_key": "UPDATE onboarding_link SET token_hash = 'the same'",
    "onboarding_receipt_request_id_key": (
        "INSERT INTO onboarding_receipt SELECT (jsonb_populate_record(one,"
        " jsonb_build_object('id', 99, 'number', 99, 'fingerprint', 'another', 'previous', 'one'))).*"
        " FROM onboarding_receipt one"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_cannot_be_stored(world, name):
    cast.application(world.nora), cast.application(cast.person("ole@polaris.example"))
    _, kestrel = cast.direct_customer(world.sam, "Kestrel", "kim@kestrel.example")
    approve(world)
    ask(world, to=kestrel)
    cast.full_access(world.aurora, world.alice, "Heron"), cast.full_access(world.aurora, world.alice, "Osprey")
    with acting_as(world.alice):
        for customer in (world.first, world.second):
            endings.ask(Management.objects.select_related("customer", "msp").get(customer=customer), by=world.alice)

    table = next(word for word in BROKEN[name].split() if word.startswith("onboarding_"))
    assert name in refused(BROKEN[name], past_triggers_of=table)
