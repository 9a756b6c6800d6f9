"""Acts on devices in a service in the same moment: raced in threads on PostgreSQL. One wins, the rest read why."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.acting import as_operator
from licensing import expiry, ledger, seats
from rules.errors import RuleBroken
from services import answers, clocks, engine, things
from services.engine import Options
from services.models import Command, Enrollment, Move
from tests import world as cast
from tests.licensing.ground import counts
from tests.races.committed import at_once, by
from tests.services.ground import PROFILE, ground
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def acting(kc, code, *devices, person=None, **options):
    person = person or kc.world.alice
    picked = kc.some(*devices) if devices else kc.picked
    options = Options(**({"license": kc.license} | options))
    return by(person, engine.act, picked, kc.console, kc.console.action(code), options=options, by=person)


def refusals(got):
    return [no for no in got if isinstance(no, RuleBroken)]


def sound():
    with as_operator():
        return ledger.differences() == []


def test_two_people_leave_and_push_at_once_and_one_is_told(world):
    kc = ground(world, devices=1)
    kc.act("assign", thing=kc.thing())
    kc.force("configured")

    got = at_once(*[acting(kc, "unassign"), acting(kc, "unassign", person=world.mira)] * 5)

    (state,) = kc.states()
    assert (got.count(1), state, counts(kc.license)) == (1, "unassigned", (0, 0, 0))
    assert {(str(no), no.status) for no in refusals(got)} == {
        ("Unassign profile is not possible while a device is Unassigned. Nothing changed.", 409)
    }


def test_the_last_seat_goes_to_one_device(world):
    kc = ground(world, devices=10, seats=1)
    profile = kc.thing()

    got = at_once(*[acting(kc, "assign", device, thing=profile) for device in kc.devices])

    assert (got.count(1), kc.states().count("profile_assigned"), counts(kc.license)) == (1, 1, (1, 1, 1))
    assert (len(refusals(got)), sound()) == (9, True)


def test_one_device_assigned_at_once_has_one_enrollment_and_one_open_command(world):
    kc = ground(world, devices=1)
    profiles = [kc.thing(name=name) for name in ("A", "B")]

    at_once(*[acting(kc, "assign", thing=profile) for profile in profiles * 5])

    assert counts(kc.license) == (1, 1, 1)
    with as_operator():
        enrollment = Enrollment.objects.get()
        command = Command.objects.get(state="waiting")
        assert Command.objects.filter(state="cancelled").count() == 9
        assert command.params["profile"] == enrollment.thing.name


def test_a_thing_is_assigned_and_deleted_at_once(world):
    kc = ground(world, devices=1)
    profile = kc.thing()

    got = at_once(
        *[acting(kc, "assign", thing=profile)] * 3, *[by(world.alice, things.delete, profile, by=world.alice)] * 3
    )

    with as_operator():
        there = things.Thing.objects.filter(pk=profile.pk).exists()
    assert there == (kc.states() == ["profile_assigned"])
    assert refusals(got)


def test_a_changed_thing_reaches_a_device_as_it_is(world):
    """Either the command has the new version, or the push that follows says so; never the new number with old text."""
    kc = ground(world, devices=1)
    profile = kc.thing()
    change = by(
        world.alice, things.change, profile, name="Kiosk", settings=PROFILE | {"company": "New"}, seen=1, by=world.alice
    )

    at_once(acting(kc, "assign", thing=profile), change)

    with as_operator():
        sent = Command.objects.get().params
    assert (sent["version"], sent["settings"]["company"]) in ((1, "Fjordline Freight"), (2, "New"))


def test_clocks_of_many_workers_move_each_device_once(world):
    kc = ground(world, devices=20, seats=20)
    kc.act("assign", thing=kc.thing())
    end = kc.license.ends_at + timedelta(seconds=1)

    got = at_once(*[lambda: clocks.run(end)] * 8)

    assert (sum(got), set(kc.states())) == (20, {"deactivated"})
    with as_operator():
        assert Move.objects.filter(state="deactivated").count() == 20


def test_everything_at_once_ends_without_a_circle(world):
    """People, reports, clocks and seats about the same devices. A deadlock would be an error."""
    kc = ground(world, devices=20, seats=20)
    profile = kc.thing()
    kc.act("assign", thing=profile)
    kc.force("configured", *kc.devices[10:])
    chance = random.Random(7)  # noqa: S311  (which devices, the same each time)
    secrets = spoken_for(kc)

    def some():
        return chance.sample(kc.devices, 8)

    def reporting(device):
        with as_operator():
            own = Command.objects.filter(device=device, state="sent").values_list("pk", flat=True)
            told = [{"id": pk, "state": "done"} for pk in own]
        return answers.report(secrets[device.pk], answers=told)

    alice, acts = {"by": world.alice}, []
    for _ in range(4):
        acts += [
            acting(kc, "assign", *some(), thing=profile), acting(kc, "push", *some()), acting(kc, "lock", *some()),
            acting(kc, "unassign", *some()), by(world.alice, seats.release, kc.license, some(), **alice),
            lambda: clocks.run(kc.license.ends_at), clocks.run, expiry.release_due,
            *[lambda one=one: reporting(one) for one in some()[:2]],
        ]  # fmt: skip

    at_once(*acts)
    clocks.run(timezone.now())

    with as_operator():
        held = set(kc.license.seats_in_use.values_list("device", flat=True))
        enrolled = set(Enrollment.objects.values_list("device", flat=True))
    assert (sound(), enrolled <= held) == (True, True)


def spoken_for(kc):
    """Each device's agent with its secret, and every command handed out."""
    secrets = {device.pk: f"secret of {device.pk}".ljust(43, "x") for device in kc.devices}
    with as_operator():
        for pk, secret in secrets.items():
            answers.Agent.objects.create(
                customer=kc.customer, device_id=pk, secret=answers.sha256(secret.encode()).digest()
            )
        Command.objects.update(state="sent", sent_at=timezone.now())
    return secrets
