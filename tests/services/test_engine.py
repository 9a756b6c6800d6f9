"""Acts on devices in a service: states, seats, commands, history, and what belongs to somebody else."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import seats
from rules.errors import RuleBroken
from services import engine
from services.engine import Wish
from services.models import Agent, Command, Enrollment, Move
from services.modules import CONSOLES
from services.picking import Picked
from tests.licensing.ground import counts
from tests.services.ground import These, ground

pytestmark = pytest.mark.django_db


def refused(ground, code, picked=None, **wish):
    with pytest.raises(RuleBroken) as no, transaction.atomic():
        ground.act(code, picked, **wish)
    return str(no.value), no.value.status


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


def test_a_preview_says_how_many_seats_are_new(world):
    kc = ground(world, devices=3)
    with acting_as(world.alice):
        seats.take(kc.license, kc.devices[:1], by=world.alice)

        preview = engine.preview(kc.picked, kc.console, kc.console.action("assign"))

    assert (preview.affected, preview.new_seats) == (3, 2)


def test_where_none_can_have_it_the_sentence_names_the_states(world):
    kc = ground(world)
    kc.force("in_progress", kc.devices[0])

    assert refused(kc, "push") == (
        "Push update is not possible while a device is In progress, Unassigned. Nothing changed.", 409,
    )  # fmt: skip


def test_devices_that_are_gone_are_said_so(world):
    kc = ground(world)

    assert refused(kc, "push", These(world.first, [0])) == (engine.GONE, 409)


def test_a_missing_license_is_a_sentence_that_says_what_to_do(world):
    kc = ground(world)

    assert refused(kc, "assign", thing=kc.thing(), license=None) == (
        "Each device needs a seat in Knox Configure. Choose a license, or enter a license key first.", 422,
    )  # fmt: skip
    assert (kc.states(), kc.commands()) == (["unassigned"] * 2, [])


def test_a_license_of_another_service_is_refused(world):
    kc = ground(world)
    efota = ground(world, "KE")

    assert refused(kc, "assign", thing=kc.thing(), license=efota.license)[0].endswith(
        "is not for Knox Configure. Choose another."
    )


def test_all_or_none_get_seats(world):
    kc = ground(world, devices=3, seats=2)

    sentence, _ = refused(kc, "assign", thing=kc.thing())

    assert sentence.startswith("3 devices need 3 seats.")
    assert (kc.states(), counts(kc.license), kc.commands()) == (["unassigned"] * 3, (0, 0, 0), [])


def test_a_device_that_has_a_seat_takes_no_second_one(world):
    kc = ground(world, devices=2, seats=2)
    profile = kc.thing()
    kc.act("assign", thing=profile)

    kc.act("assign", thing=profile, license=None)

    assert counts(kc.license) == (2, 2, 2)


def test_leaving_frees_the_seat_the_thing_and_what_waited(world):
    kc = ground(world)
    kc.act("assign", thing=kc.thing())

    kc.act("unassign")

    assert (kc.states(), counts(kc.license)) == (["unassigned"] * 2, (0, 0, 0))
    assert kc.commands() == [("assign", "cancelled")]
    with as_operator():
        assert not Enrollment.objects.filter(device__in=[one.pk for one in kc.devices]).exists()


def test_a_locked_device_stays_locked(world):
    """knox.md 6.1: Locked stays locked even when the profile is unassigned. So it is unlocked first."""
    kc = ground(world)
    kc.act("assign", thing=kc.thing())
    kc.force("locked")

    sentence, status = refused(kc, "unassign")

    assert (sentence, status) == ("Unassign profile is not possible while a device is Locked. Nothing changed.", 409)
    assert (kc.states(), counts(kc.license)[0]) == (["locked"] * 2, 2)


def test_a_suites_seat_stays_while_another_service_needs_it(world):
    """One seat of Knox Suite opens Knox E-FOTA and Knox Manage: leaving one of them keeps it for the other."""
    efota = ground(world, "KE", code="suite")
    manage = ground(world, "KM", devices=0, code="suite")
    manage.devices = efota.devices
    efota.act("enroll")
    manage.force("enrolled")

    efota.act("unenroll")
    held = counts(efota.license)
    manage.act("unenroll")

    assert (held, counts(efota.license)) == ((2, 2, 2), (0, 0, 0))


def test_a_suites_seat_is_shared_by_the_services_that_it_opens(world):
    efota = ground(world, "KE", code="suite")
    with acting_as(world.alice):
        seats.take(efota.license, efota.devices, by=world.alice)

    efota.act("enroll", license=None)

    assert counts(efota.license) == (2, 2, 2)


def test_a_seat_of_a_service_alone_is_freed_whatever_else_the_device_is_in(world):
    kc, care = ground(world), ground(world, "SC+", devices=0)
    kc.act("assign", thing=kc.thing())
    care.devices = kc.devices
    care.force("approved")

    kc.act("unassign")

    assert counts(kc.license) == (0, 0, 0)


def test_the_newest_wish_replaces_what_waits(world):
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
        engine.act(kc.picked, kc.console, kc.console.action("push"), wish=Wish(), by=who)

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


def test_a_service_that_samsung_did_not_open_is_refused(world):
    guard = ground(world, "KG")
    with as_operator():
        world.aurora.knox_guard = False
        world.aurora.save()

    sentence, status = refused(guard, "reject", params={"reason": "Not ours"})

    assert (sentence.split(".")[0], status) == ("Samsung opens Knox Guard for each MSP separately", 403)


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
                kc.picked, kc.console, kc.console.action("assign"), wish=Wish(profile, kc.license), by=world.alice
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


@pytest.mark.parametrize("service", CONSOLES)
def test_what_a_service_declares_fits_together(service):
    """Codes are known, and every way into a state that needs a seat takes one."""
    console = CONSOLES[service]
    codes = {state.code for state in console.states}
    kinds = {kind.code for kind in console.kinds}
    named = [action.states | {action.now, action.done, action.failed} - {""} for action in console.actions]
    named += [clock.states | {clock.to} for clock in console.clocks]
    named += [event.states | {event.to} for event in console.events]
    named += [{console.unlicensed, console.grace} - {""}, console.seatless]

    assert set().union(*named) <= codes
    assert {action.assigns for action in console.actions} - {""} <= kinds
    assert len(codes) == len(console.states)
    assert len({action.code for action in console.actions}) == len(console.actions)
    assert all(kind.pushes in {action.code for action in console.actions} | {""} for kind in console.kinds)
    if console.unlicensed:
        free = {console.first.code, console.unlicensed, *console.seatless}
        for action in console.actions:
            comes = {action.now, action.done, action.failed} - {""} - free
            assert not (action.states & free and comes) or action.seat == "take", action.code
