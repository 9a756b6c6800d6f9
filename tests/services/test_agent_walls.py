"""One device does not speak for another: what an agent sees, and what its role may do."""

import secrets

import pytest
from django.db import DatabaseError, connection

from accounts.acting import as_agent
from devices.models import Device
from services import agents, answers
from services.models import Agent, Command, Enrollment, Report, Thing
from tests.services.phones import act, configured, newest, state


@pytest.fixture
def strangers(world):
    """Three phones: two of the first customer, one of the second. Each has a lock to do."""
    found = [configured(world), configured(world), configured(world, world.second)]
    for device, _ in found:
        act(world, device, "lock")
    return found


def test_a_device_sees_its_own_commands_only(world, strangers):
    seen = [phone.commands() for _, phone in strangers]

    assert [[one["id"] for one in each] for each in seen] == [[newest(device).pk] for device, _ in strangers]


@pytest.mark.parametrize("other", [1, 2])
def test_a_device_answers_for_no_other(world, strangers, other):
    victim, phone_of_victim = strangers[other]
    (command,) = phone_of_victim.commands()

    said = strangers[0][1].answer(command["id"])

    assert said["ignored"][0]["sentence"] == answers.FOREIGN
    assert (state(victim), newest(victim).state) == ("configured", "sent")


def test_the_role_of_agents_sees_one_device(world, strangers):
    device, phone = strangers[0]
    digest = agents.sha256(phone.secret.encode()).digest()

    with as_agent(digest):
        seen = {
            model: set(model.objects.values_list("customer", flat=True))
            for model in (Agent, Command, Enrollment, Device, Thing, Report)
        }
        devices = set(Command.objects.values_list("device", flat=True)) | set(
            Device.objects.values_list("pk", flat=True)
        )
        moved = Enrollment.objects.exclude(device=device.pk).update(state="locked")

    assert set.union(*seen.values()) == {world.first.pk}
    assert (devices, moved) == ({device.pk}, 0)


@pytest.mark.parametrize("sql", [
    "UPDATE services_agent SET secret = '\\x00'", "UPDATE services_agent SET device_id = %(other)s",
    "UPDATE services_command SET device_id = %(other)s", "UPDATE services_command SET action = 'unlock'",
    "UPDATE services_enrollment SET thing_id = NULL", "DELETE FROM services_command", "DELETE FROM services_agent",
    "INSERT INTO services_report (customer_id, device_id, key, service, code, at)"
    " VALUES (%(customer)s, %(other)s, gen_random_uuid(), 'KC', 'error', now())",
    "SELECT * FROM tenants_customer", "SELECT * FROM accounts_user", "SELECT * FROM devices_enrollmentcode",
    "SELECT * FROM services_move", "UPDATE devices_device SET state = 'pending'",
])  # fmt: skip
def test_the_role_of_agents_may_do_nothing_else(world, strangers, sql):
    (_, phone), _, (other, _) = strangers
    values = {"other": other.pk, "customer": world.second.pk}

    with pytest.raises(DatabaseError), as_agent(agents.sha256(phone.secret.encode()).digest()):
        connection.cursor().execute(sql, values)


def test_without_a_secret_the_role_sees_nothing(world, strangers):
    with as_agent(secrets.token_bytes(32)):
        counts = [model.objects.count() for model in (Agent, Command, Enrollment, Device, Thing, Report)]

    assert counts == [0] * 6
