"""What no verb writes cannot be stored either: PostgreSQL refuses, whatever stands before it."""

import pytest

from accounts.acting import acting_as
from licensing.models import License
from services import claims
from tests.constraints import refused
from tests.services import covering
from tests.services.ground import ground

BROKEN = {
    "claim_completed_has_a_time": "UPDATE services_claim SET state = 'completed'",
    "claim_reference_once_a_customer": "UPDATE services_claim SET reference = 'R-1'",
    "one_open_claim_a_device": "UPDATE services_claim SET device_id = (SELECT min(device_id) FROM services_claim)",
    "command_ended_has_a_time": "UPDATE services_command SET state = 'done', answered_at = NULL",
    "device_is_in_a_service_once": (
        "UPDATE services_enrollment SET device_id = (SELECT min(device_id) FROM services_enrollment)"
    ),
    "enrollment_service_is_known": "UPDATE services_enrollment SET service = 'XX'",
    "services_agent_device_id_key": "UPDATE services_agent SET device_id = (SELECT min(device_id) FROM services_agent)",
    "services_agent_secret_key": "UPDATE services_agent SET secret = 'the same'",
    "thing_name_once_a_customer": "UPDATE services_thing SET name_key = 'the same'",
    "version_once_a_thing": (
        "UPDATE services_thingversion SET thing_id = (SELECT min(thing_id) FROM services_thingversion)"
    ),
    "guard_approval_id_once": "UPDATE services_enrollment SET service = 'KG', facts = '{\"approval_id\": \"1\"}'",
    "a move of a device is kept as it is": "UPDATE services_move SET state = 'locked'",
}


OF_ANOTHER = {
    "claim_of_its_plan": "UPDATE services_claim SET plan_id = {plan}",
    "version_of_its_thing": "UPDATE services_thingversion SET thing_id = {plan}, version = id",
}


@pytest.fixture
def rows(world):
    """Two of everything at one customer: profiles, enrolled devices with an agent and a command, open claims."""
    kc = ground(world)
    kc.act("assign", thing=kc.thing())
    kc.thing(name="Second")
    claim = covering.claim(world)
    (device,) = covering.devices(world, world.first, first=1)
    with acting_as(world.alice):
        license = License.objects.get(customer=world.first, name="Care")
    covering.cover(world, device, claim.plan, license)
    with acting_as(world.alice):
        claims.open(world.first, device=str(device), reference="R-2", reason="Fell down", by=world.alice)


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_cannot_be_stored(world, rows, name):
    assert name in refused(BROKEN[name])


@pytest.mark.parametrize("name", OF_ANOTHER)
def test_nothing_is_of_a_thing_of_another_customer(world, rows, name):
    foreign = covering.claim(world, world.second)

    assert name in refused(OF_ANOTHER[name].format(plan=foreign.plan_id))
