"""How an agent comes to speak for a device: with the code of its customer, once (docs/agent-v1.md)."""

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import deployment_app
from devices.models import Device, EnrollmentCode
from rules.errors import RuleBroken
from services import agents, codes
from services.models import Agent, Command
from tests.licensing import ground
from tests.services.phones import Phone, assigned, configured, newest, told

LIVE = "An agent speaks for {} already. Allow another one in the portal, or reset the device there."
UNKNOWN = "This code is not for this device. Ask the administrator for the code."


def test_a_device_enrolls_with_the_code_of_its_customer(world):
    device, phone = assigned(world)

    answer = phone.enroll(firmware="S921BXXU1AXA1", version="1.0")

    assert (answer.status_code, answer.json()) == (200, {"device": device.pk, "interval": 300})
    with as_operator():
        agent = Agent.objects.get(device=device)
    assert (agent.customer_id, agent.firmware, agent.version) == (world.first.pk, "S921BXXU1AXA1", "1.0")
    assert phone.secret.encode() not in bytes(agent.secret)


def test_the_same_secret_again_answers_the_same(world):
    device, phone = assigned(world)

    first, second = phone.enroll(), phone.enroll()

    assert first.json() == second.json()
    with as_operator():
        assert Agent.objects.filter(device=device).count() == 1


def test_a_second_agent_of_a_device_is_refused(world):
    device, phone = configured(world)

    other = Phone(phone.identifier, phone.code)

    assert told(other.enroll()) == (409, LIVE.format(device))
    assert phone.commands() == []


@pytest.mark.parametrize("what", ["code", "identifier", "foreign", "pending"])
def test_a_wrong_code_and_an_unknown_device_read_the_same(world, what):
    device, phone = assigned(world)
    (foreign,) = ground.devices(world.second, 1)
    if what == "pending":
        with as_operator():
            Device.objects.filter(pk=device.pk).update(state="pending")
    wrong = {"code": {"code": "x" * 22}, "identifier": {"identifier": "R58M12ABCDE"}}
    wrong |= {"foreign": {"identifier": foreign.identifier}, "pending": {}}

    assert told(phone.enroll(**wrong[what])) == (404, UNKNOWN)


def test_two_devices_cannot_share_a_secret(world):
    _, phone = configured(world)
    _, other = assigned(world)
    other.secret = phone.secret

    assert told(other.enroll()) == (409, "Another device has this secret. Make a new one.")


def test_a_person_allows_another_agent_once(world):
    device, phone = configured(world)
    with acting_as(world.alice), transaction.atomic():
        agents.allow_replacing(device, by=world.alice)
    other = Phone(phone.identifier, phone.code)

    assert other.enroll().status_code == 200
    assert told(phone.post("checkin", {}))[0] == 401
    assert told(Phone(phone.identifier, phone.code).enroll())[0] == 409
    with as_operator():
        assert Event.objects.filter(verb="service.agent_replaced", target_id=str(device.pk)).count() == 1


def test_who_only_views_a_customer_allows_no_other_agent(world):
    device, _ = configured(world)

    with acting_as(world.vera), pytest.raises(RuleBroken), transaction.atomic():
        agents.allow_replacing(device, by=world.vera)

    with as_operator():
        assert not Agent.objects.get(device=device).may_replace


def test_the_first_command_of_a_customer_makes_its_code(world):
    with as_operator():
        assert not EnrollmentCode.objects.filter(customer=world.first).exists()

    _, phone = assigned(world)

    with acting_as(world.alice), transaction.atomic():
        assert (
            codes.of(world.first, by=world.alice) == phone.code == EnrollmentCode.objects.get(customer=world.first).code
        )


def test_a_code_for_agents_opens_nothing_to_uploads(world):
    """FAQ Q16: the Knox Deployment App is for direct customers only."""
    _, phone = assigned(world)
    with acting_as(world.carl), transaction.atomic():
        own = codes.of(world.contoso, by=world.carl)

    statuses = []
    for code in (phone.code, own):
        with pytest.raises(RuleBroken) as no:
            deployment_app.enroll(code, typed="352143000000016")
        statuses.append(no.value.status)

    assert statuses == [422, 404]


def test_a_device_fetches_its_commands_until_it_answers(world):
    device, phone = assigned(world)
    phone.enroll()

    first, second = phone.commands(), phone.commands()

    assert first == second
    assert [(one["service"], one["action"], one["params"]["version"]) for one in first] == [("KC", "assign", 3)]
    assert newest(device).state == Command.State.SENT
