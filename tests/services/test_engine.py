"""Acts on devices in a service: states, commands, history, and what is refused."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.http import QueryDict

from accounts.acting import acting_as, as_operator
from audit.models import Event
from services import engine
from services.engine import Options
from services.models import Command, Enrollment, Move
from services.picking import Picked
from tenants.models import CustomerService
from tests.licensing.ground import counts
from tests.services.ground import PROFILE, These, ground, refused

pytestmark = pytest.mark.django_db


def test_an_act_changes_the_state_takes_seats_and_sends_commands(world):
    kc = ground(world, devices=3)
    profile = kc.thing()

    done = kc.act("assign", thing=profile)

    assert (done, kc.states(), counts(kc.license)) == (3, ["profile_assigned"] * 3, (3, 3, 3))
    assert (kc.enrollment().thing, kc.enrollment().thing_version) == (profile, None)
    with as_operator():
        command = Command.objects.filter(device=kc.devices[0]).get()
        event = Event.objects.filter(verb="service.acted").get()
    assert (command.action, command.state, command.by_id) == ("assign", "waiting", world.alice.pk)
    assert command.params == {"profile": "Kiosk", "version": 1, "settings": profile.settings}
    assert (event.actor_id, event.customer_id) == (world.alice.pk, world.first.pk)


def test_only_those_that_can_have_it_get_it(world):
    kc = ground(world, devices=3)
    kc.force("configured", kc.devices[0])
    kc.force("in_progress", kc.devices[1])

    with acting_as(world.alice):
        preview = engine.preview(kc.picked, kc.console, kc.console.action("push"))
    done = kc.act("push")

    assert (preview.affected, preview.left_out) == (1, {"in_progress": 1, "unassigned": 1})
    assert (done, kc.states()) == (1, ["updates_pushed", "in_progress", "unassigned"])


def test_where_none_can_have_it_the_sentence_names_the_states(world):
    kc = ground(world)
    kc.force("in_progress", kc.devices[0])

    assert refused(kc, "push") == (
        "Push update is not possible while a device is In progress, Unassigned. Nothing changed.", 409,
    )  # fmt: skip


def test_no_more_devices_than_were_confirmed(world):
    kc = ground(world, devices=3)
    kc.force("configured")

    assert refused(kc, "lock", at_most=2) == (
        "3 devices can have it now, and you confirmed 2. Nothing changed.", 409,
    )  # fmt: skip
    assert kc.act("lock", at_most=3) == 3


def test_devices_that_are_gone_are_said_so(world):
    kc = ground(world)

    assert refused(kc, "push", These(world.first, [0])) == (engine.GONE, 409)


def test_leaving_frees_the_seat_the_thing_and_what_waited(world):
    kc = ground(world)
    kc.act("assign", thing=kc.thing())

    kc.act("unassign")

    assert (kc.states(), counts(kc.license)) == (["unassigned"] * 2, (0, 0, 0))
    assert kc.commands() == [("assign", "cancelled")]
    with as_operator():
        assert not Enrollment.objects.filter(device__in=[one.pk for one in kc.devices]).exists()


def test_a_device_that_never_comes_to_an_end_can_be_given_up(world):
    kc = ground(world)
    kc.act("assign", thing=kc.thing())
    kc.force("in_progress")

    assert kc.act("assign", kc.some(kc.devices[0]), thing=kc.thing(name="Counter")) == 1
    assert kc.act("unassign", kc.some(kc.devices[1])) == 1
    assert (kc.states(), counts(kc.license)[0]) == (["profile_assigned", "unassigned"], 1)


def test_a_locked_device_stays_locked(world):
    """knox.md 6.1: Locked stays locked even when the profile is unassigned. So it is unlocked first."""
    kc = ground(world)
    kc.act("assign", thing=kc.thing())
    kc.force("locked")

    sentence, status = refused(kc, "unassign")

    assert (sentence, status) == ("Unassign profile is not possible while a device is Locked. Nothing changed.", 409)
    assert (kc.states(), counts(kc.license)[0]) == (["locked"] * 2, 2)


def test_the_newest_act_replaces_what_waits(world):
    kc = ground(world, devices=1)
    kc.act("assign", thing=kc.thing())

    kc.act("assign", thing=kc.thing(name="Counter"))

    assert kc.commands() == [("assign", "cancelled"), ("assign", "waiting")]
    with as_operator():
        assert Command.objects.filter(state="cancelled").get().detail == "Assign profile came after it"


def test_a_restart_does_not_undo_a_lock_that_waits(world):
    kc = ground(world, devices=1)
    kc.force("configured")
    kc.act("lock")

    kc.act("reboot")
    kc.act("reboot")

    assert kc.commands() == [("lock", "waiting"), ("reboot", "cancelled"), ("reboot", "waiting")]


def test_an_answer_alone_changes_the_state_of_a_lock(world):
    kc = ground(world, devices=1)
    kc.force("configured")

    kc.act("lock")

    assert (kc.states(), kc.commands()) == (["configured"], [("lock", "waiting")])


def test_a_push_brings_each_device_its_own_thing(world):
    kc = ground(world)
    kc.force("configured", kc.devices[0], thing=kc.thing())
    kc.force("configured", kc.devices[1], thing=kc.thing(name="Counter"))

    kc.act("push")

    with as_operator():
        sent = list(Command.objects.order_by("device").values_list("params__profile", "params__version"))
    assert sent == [("Kiosk", 1), ("Counter", 1)]


def test_another_thing_is_one_that_the_device_does_not_have_yet(world):
    kc = ground(world, devices=1)
    kc.force("configured", thing=kc.thing(), thing_version=1)

    kc.act("assign", thing=kc.thing(name="Counter"))

    assert (kc.enrollment().thing.name, kc.enrollment().thing_version) == ("Counter", None)


def test_each_change_of_state_is_written_with_person_and_reason(world):
    kc = ground(world, devices=1)
    kc.act("assign", thing=kc.thing())
    kc.act("assign", thing=kc.thing(name="Counter"))  # no change of state
    kc.act("unassign")

    assert kc.moves() == [("", "profile_assigned", "assign"), ("profile_assigned", "", "unassign")]
    with as_operator():
        assert set(Move.objects.values_list("by_id", flat=True)) == {world.alice.pk}


@pytest.mark.parametrize("statement", ["UPDATE services_move SET state = 'x'", "DELETE FROM services_move"])
def test_nobody_changes_the_history(world, statement):
    kc = ground(world, devices=1)
    kc.act("assign", thing=kc.thing())

    with acting_as(world.alice), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_service_that_samsung_did_not_open_is_refused(world):
    guard = ground(world, "KG")
    with as_operator():
        world.aurora.knox_guard = False
        world.aurora.save()

    sentence, status = refused(guard, "reject", params={"reason": "Not ours"})

    assert (sentence.split(".")[0], status) == ("Samsung opens Knox Guard for each MSP separately", 403)


def test_a_service_that_samsung_removed_meanwhile_takes_no_device(world):
    """An act of a page that was open, or of a worker, comes after the removal."""
    ke = ground(world, "KE")
    with as_operator():
        CustomerService.objects.filter(customer=ke.customer, service="KE").delete()

    assert refused(ke, "enroll") == (f"{ke.customer} does not have Knox E-FOTA any more. Nothing changed.", 409)


def test_a_profile_that_is_applied_once_gets_no_updates(world):
    kc = ground(world)
    kc.act("assign", thing=kc.thing(**PROFILE | {"edition": "setup"}))
    kc.force("configured")

    sentence, status = refused(kc, "push")

    assert (sentence, status) == (
        "Kiosk is of the Setup edition, which is applied once. Assign it again to the devices that have it.",
        422,
    )
    assert kc.states() == ["configured", "configured"]


def test_a_value_that_one_device_alone_has(world):
    guard = ground(world, "KG", devices=3)
    with as_operator():
        world.first.tenant_type = "normal"
        world.first.save()
        Enrollment.objects.create(
            customer=world.first, device=guard.devices[2], service="KG", state="active", facts={"approval_id": "A-1"}
        )
    params = {"approval_id": "A-1"}

    for_two = refused(guard, "accept", guard.some(*guard.devices[:2]), params=params)
    for_another = refused(guard, "accept", guard.some(guard.devices[0]), params=params)

    assert for_two == ("A-1 is for one device. Choose one device.", 422)
    assert for_another == (f"{guard.devices[2]} has A-1. Give this device another.", 409)


def test_picked_by_state_and_thing(world):
    kc = ground(world, devices=4)
    profile = kc.thing()
    kc.force("configured", kc.devices[0], thing=profile)
    kc.force("error", kc.devices[1])
    ask = {
        "state=configured&all=1": [0],
        "state=configured&state=error&all=1": [0, 1],
        "state=unassigned&all=1": [2, 3],
        "state=unassigned&state=error&all=1": [1, 2, 3],
        f"thing={profile.pk}&all=1": [0],
        "thing=none&all=1": [1, 2, 3],
        "state=pending&all=1": [0, 1, 2, 3],  # another list's word
        "model=nonesuch&all=1": [],
        f"device={kc.devices[2].pk}": [2],
        "device=99999999999999999999&device=x": [],
        "": [],
    }
    with acting_as(world.alice):
        picked = {address: Picked.read(world.first, kc.console, QueryDict(address)) for address in ask}
        got = {address: sorted(one.devices().values_list("pk", flat=True)) for address, one in picked.items()}

    assert got == {address: [kc.devices[one].pk for one in which] for address, which in ask.items()}


def test_ten_thousand_devices_take_as_many_statements_as_two(world):
    first, few, many = (ground(world, devices=number, seats=number) for number in (1, 2, 10_000))
    numbers = []
    for kc in (first, few, many):  # the first fills caches
        profile = kc.thing(name=f"Kiosk of {len(kc.devices)}")
        with acting_as(world.alice), counted() as counting:
            engine.act(
                kc.picked, kc.console, kc.console.action("assign"), options=Options(profile, kc.license), by=world.alice
            )
        numbers.append(len(counting))

    assert numbers[1] == numbers[2]
    with as_operator():
        assert Enrollment.objects.filter(customer=world.first, state="profile_assigned").count() == 10_003
        assert Command.objects.filter(customer=world.first, state="waiting").count() == 10_003
        assert Move.objects.filter(customer=world.first).count() == 10_003


@contextmanager
def counted():
    """A list that gets each statement of the block."""
    sent = []
    with connection.execute_wrapper(lambda run, sql, *rest: (sent.append(sql), run(sql, *rest))[1]):
        yield sent
