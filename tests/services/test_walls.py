"""Acts reach nothing of another customer or service, and PostgreSQL joins no two customers."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.acting import acting_as, as_operator
from services import engine
from services.engine import Options
from services.models import Agent
from tests.services.ground import These, ground, refused

pytestmark = pytest.mark.django_db


def test_another_customers_thing_is_refused(world):
    kc, other = ground(world), ground(world, customer=world.second)

    assert refused(kc, "assign", thing=other.thing()) == ("Choose what to assign in Knox Configure.", 422)


def test_another_services_thing_is_refused(world):
    kc, kme = ground(world), ground(world, "KME")
    foreign = kme.thing("profile", "Scanner", type="basic", mdm="knox-manage")

    assert refused(kc, "assign", thing=foreign)[1] == 422


def test_another_customers_license_is_refused(world):
    kc, other = ground(world), ground(world, customer=world.second)

    assert refused(kc, "assign", thing=kc.thing(), license=other.license) == (
        "Choose a license of this customer.", 422,
    )  # fmt: skip


def test_another_customers_devices_are_not_found(world):
    kc, other = ground(world), ground(world, customer=world.second)
    everywhere = These(world.first, [one.pk for one in other.devices])

    assert refused(kc, "assign", everywhere, thing=kc.thing()) == (engine.GONE, 409)


@pytest.mark.parametrize("person", ["vera", "bob", "nora"])
def test_who_may_not_change_the_customer_changes_nothing(world, person):
    kc = ground(world)
    kc.force("configured")
    who = getattr(world, person)

    with acting_as(who), pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011  (whichever wall is first)
        engine.act(kc.picked, kc.console, kc.console.action("push"), options=Options(), by=who)

    assert (kc.states(), kc.commands()) == (["configured"] * 2, [])


INSERTS = {
    "enrollment": "INSERT INTO services_enrollment (customer_id, device_id, service, state, facts) "
    "VALUES (%(mine)s, %(device)s, 'KC', 'configured', '{}')",
    "command": "INSERT INTO services_command (customer_id, device_id, service, action, params, state, detail) "
    "VALUES (%(mine)s, %(device)s, 'KC', 'lock', '{}', 'waiting', '')",
    "agent": "UPDATE services_agent SET customer_id = %(mine)s WHERE device_id = %(device)s",
    "thing": "INSERT INTO services_enrollment (customer_id, device_id, service, state, facts, thing_id) "
    "VALUES (%(mine)s, %(own)s, 'KC', 'configured', '{}', %(thing)s)",
}  # fmt: skip


def _insert_and_check(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("what", INSERTS)
def test_postgresql_refuses_rows_that_join_two_customers(world, what):
    """Past every verb, by a person who manages both."""
    kc, other = ground(world), ground(world, customer=world.second)
    with as_operator():
        Agent.objects.create(customer=world.second, device=other.devices[0], secret=b"0" * 32)
    device, thing_of_another = other.devices[0].pk, other.thing().pk
    values = {"mine": world.first.pk, "device": device, "own": kc.devices[0].pk, "thing": thing_of_another}

    with acting_as(world.alice), pytest.raises(IntegrityError, match="customer"), transaction.atomic():
        _insert_and_check(INSERTS[what], values)


def test_a_thing_of_another_service_is_refused_by_postgresql(world):
    kc, kme = ground(world), ground(world, "KME")
    foreign = kme.thing("profile", "Scanner", type="basic", mdm="knox-manage")

    with pytest.raises(IntegrityError, match="enrollment_of_the_things_customer"), transaction.atomic():
        kc.force("configured", thing=foreign)
