"""What time does to devices in services: at the second, once, however often it asks (knox.md 5.4, 6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import expiry, licenses, seats, trials
from licensing.models import License
from rules.errors import RuleBroken
from services import clocks, modules, tasks
from services.console import Clock
from services.models import Agent, Enrollment
from tests.licensing.ground import counts, entered, sold
from tests.licensing.ground import devices as more_devices
from tests.services.ground import ground

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ROUNDED = timedelta(microseconds=1)
"""The time machine counts in floating point and may arrive a microsecond early."""


def at(moment, *, twice=True):
    """What the portal's clocks do at this time; twice, because a worker may be killed and start again."""
    with time_machine.travel(moment + ROUNDED, tick=False):
        for _ in range(1 + twice):
            expiry.release_due()
            tasks.move_clocks()


def configured(world, number=2, **fields):
    """Devices that have their profile, and a seat each."""
    kc = ground(world, devices=number, **fields)
    kc.act("assign", thing=kc.thing())
    kc.force("configured")
    return kc


def ended_and_extended(world, license):
    """The license ends, and in its grace a key extends it; the clock saw both."""
    end = license.ends_at
    at(end)
    with time_machine.travel(end + DAY, tick=False):
        code = sold(world, months=12)
        with acting_as(world.alice):
            licenses.extend(license, code, by=world.alice)
    at(end + DAY)


@pytest.fixture
def clocked(monkeypatch):
    """A service with clocks of the test."""

    def give(console, *own):
        changed = replace(console, clocks=own)
        monkeypatch.setitem(modules.CONSOLES, console.service, changed)
        return changed

    return give


def since(kc, moment):
    with as_operator():
        Enrollment.objects.filter(service=kc.console.service).update(since=moment)


def test_devices_stay_while_their_license_runs(world):
    kc = configured(world)

    at(kc.license.ends_at - SECOND)

    assert kc.states() == ["configured"] * 2


def test_at_the_end_of_its_license_knox_configure_is_deactivated_for_30_days(world):
    kc = configured(world)

    at(kc.license.ends_at)
    in_grace = kc.states(), counts(kc.license)[0]
    at(kc.license.ends_at + 30 * DAY - SECOND)
    at_its_end = kc.states()
    at(kc.license.ends_at + 30 * DAY)

    assert (in_grace, at_its_end) == ((["deactivated"] * 2, 2), ["deactivated"] * 2)
    assert (kc.states(), counts(kc.license)) == (["unassigned"] * 2, (0, 0, 0))
    assert kc.moves()[-2:] == [
        ("configured", "deactivated", "the license ended"), ("deactivated", "", "the seat went"),
    ]  # fmt: skip


@pytest.mark.parametrize("action", ["reboot", "reset", "push", "lock", "unlock"])
def test_in_grace_devices_take_no_commands(world, action):
    kc = configured(world)
    at(kc.license.ends_at)

    with pytest.raises(Exception, match="is not possible while a device is Deactivated temporarily"):
        kc.act(action)


def test_what_waits_for_a_device_does_not_reach_it_in_grace(world):
    kc = configured(world, number=1)
    kc.act("reboot")

    at(kc.license.ends_at)

    assert kc.commands()[-1] == ("reboot", "cancelled")


@pytest.mark.parametrize(("action", "waits"), [("assign", "profile_assigned"), ("push", "updates_pushed")])
def test_what_waited_for_a_device_is_told_again_when_its_license_runs_again(world, action, waits):
    kc = configured(world, number=1)
    kc.act(action, thing=kc.thing(name="Counter"))
    ended_and_extended(world, kc.license)

    assert (kc.states(), kc.commands()[-2:]) == ([waits], [(action, "cancelled"), (action, "waiting")])


def test_a_license_that_is_extended_in_grace_gives_each_device_its_state_back(world):
    kc = configured(world)
    kc.force("locked", kc.devices[1])
    ended_and_extended(world, kc.license)

    assert kc.states() == ["configured", "locked"]
    assert kc.moves()[-1] == ("deactivated", "configured", "the license runs again")


def test_a_locked_device_stays_locked_without_its_seat_and_is_unlocked_with_another(world):
    """knox.md 6.1. As an unassigned one it could never be unlocked again."""
    kc = configured(world, number=1)
    kc.force("locked")
    at(kc.license.ends_at + 30 * DAY)
    held = kc.states(), counts(kc.license)

    with pytest.raises(RuleBroken, match="needs a seat"):
        kc.act("unlock", license=None)
    kc.act("unlock", license=entered(world, kc.customer, "kc-dynamic"))

    assert held == (["locked"], (0, 0, 0))
    assert kc.commands()[-1] == ("unlock", "waiting")


@pytest.mark.parametrize("action", ["unlock", "reset"])
def test_in_grace_a_locked_device_hears_nothing(world, action):
    kc = configured(world, number=1)
    kc.force("locked")
    end = kc.license.ends_at
    at(end)

    with time_machine.travel(end + DAY, tick=False), pytest.raises(RuleBroken, match="has ended"):
        kc.act(action)

    assert (kc.states(), counts(kc.license)[0]) == (["locked"], 1)


def test_devices_that_are_moved_to_another_license_in_grace_get_their_state_back(world):
    kc = configured(world)
    end = kc.license.ends_at
    at(end)

    with time_machine.travel(end + DAY, tick=False):
        other = entered(world)
        with acting_as(world.alice):
            seats.move(kc.license, kc.devices[:1], to=other, by=world.alice)
    at(end + DAY)

    assert kc.states() == ["configured", "deactivated"]


def test_two_ends_give_back_the_state_before_the_second(world):
    kc = configured(world, number=1)
    for state in ("configured", "error"):
        kc.force(state)
        with as_operator():
            end = License.objects.get(pk=kc.license.pk).ends_at
        at(end)
        with time_machine.travel(end + DAY, tick=False):
            code = sold(world, months=12)
            with acting_as(world.alice):
                licenses.extend(kc.license, code, by=world.alice)
        at(end + DAY)
        assert kc.states() == [state]


def test_a_trial_has_no_grace(world):
    kc = ground(world)
    with acting_as(world.alice):
        kc.license = trials.start(world.first, by=world.alice)
    kc.act("assign", thing=kc.thing())

    with time_machine.travel(kc.license.ends_at + ROUNDED, tick=False):
        tasks.move_clocks()  # before the seats are taken back
    before = kc.states()
    at(kc.license.ends_at)

    assert (before, kc.states()) == (["profile_assigned"] * 2, ["unassigned"] * 2)


def test_each_device_of_a_staggered_license_has_its_own_end(world):
    kc = ground(world, code="kc-setup-staggered", months=12)
    profile = kc.thing()
    kc.act("assign", kc.some(kc.devices[0]), thing=profile)
    with time_machine.travel(timezone.now() + 60 * DAY, tick=False):
        kc.act("assign", kc.some(kc.devices[1]), thing=profile)
    kc.force("configured")
    with as_operator():
        first, second = kc.license.seats_in_use.order_by("taken_at").values_list("ends_at", flat=True)

    at(first)
    one = kc.states()
    at(second)

    assert (one, kc.states()) == (["deactivated", "configured"], ["unassigned", "deactivated"])


def test_a_seat_that_is_released_by_hand_takes_the_device_out_of_the_service(world):
    kc = configured(world)

    with acting_as(world.alice):
        seats.release(kc.license, kc.devices[:1], by=world.alice)
    tasks.move_clocks()

    assert kc.states() == ["unassigned", "configured"]


def test_a_service_without_grace_says_at_once_that_the_license_ended(world):
    efota = ground(world, "KE")
    efota.act("enroll")
    efota.force("enrolled")

    at(efota.license.ends_at - SECOND)
    before = efota.states()
    at(efota.license.ends_at)

    assert (before, efota.states()) == (["enrolled"] * 2, ["invalid_license"] * 2)


def test_a_service_that_needs_no_license_loses_nothing(world):
    kme = ground(world, "KME")
    kme.act("assign", thing=kme.thing("profile", "Scanner", type="basic", mdm="knox-manage"), license=None)

    tasks.move_clocks()

    assert kme.states() == ["profile_assigned"] * 2


def test_a_state_that_needs_no_seat_stays(world):
    care = ground(world, "SC+")
    care.force("approved", care.devices[0])
    care.force("active", care.devices[1])

    tasks.move_clocks()

    assert care.states() == ["approved", "expired"]


def test_a_state_ends_after_its_time(world, clocked):
    kc = configured(world)
    clocked(kc.console, Clock(frozenset({"configured"}), "error", after=7 * DAY))
    now = timezone.now()
    since(kc, now)

    at(now + 7 * DAY - SECOND)
    before = kc.states()
    at(now + 7 * DAY)

    assert (before, kc.states()) == (["configured"] * 2, ["error"] * 2)
    assert kc.moves()[-1] == ("configured", "error", "after 7 days")


def test_the_number_of_days_may_be_a_setting(world, clocked):
    kc = configured(world)
    clocked(kc.console, Clock(frozenset({"configured"}), "error", setting="guard_completing_days"))
    now = timezone.now()
    since(kc, now)

    at(now + 2 * DAY - SECOND)
    before = kc.states()
    at(now + 2 * DAY)

    assert (before, kc.states()) == (["configured"] * 2, ["error"] * 2)


def test_silence_counts_from_the_last_check_in(world, clocked):
    kc = configured(world)
    clocked(kc.console, Clock(frozenset({"configured"}), "error", after=7 * DAY, silent=True))
    now = timezone.now()
    since(kc, now - 30 * DAY)
    with as_operator():
        for device, seen in zip(kc.devices, (now, now - 7 * DAY), strict=True):
            Agent.objects.create(
                customer=world.first, device=device, secret=bytes([device.pk % 256] * 32), seen_at=seen
            )

    at(now)

    assert kc.states() == ["configured", "error"]


def test_a_device_that_never_said_anything_is_silent_since_its_state_began(world, clocked):
    kc = configured(world)
    clocked(kc.console, Clock(frozenset({"configured"}), "error", after=7 * DAY, silent=True))
    now = timezone.now()
    since(kc, now)

    at(now + 7 * DAY - SECOND)
    before = kc.states()
    at(now + 7 * DAY)

    assert (before, kc.states()) == (["configured"] * 2, ["error"] * 2)


def test_a_state_ends_at_an_instant_of_its_facts(world, clocked):
    kc = configured(world, number=5)
    clocked(kc.console, Clock(frozenset({"configured"}), "error", fact="paid_until"))
    now = timezone.now()
    told = [{"paid_until": (now + SECOND).isoformat()}, {"paid_until": now.isoformat()}, {"paid_until": "next month"}]
    told += [{"paid_until": None}, {}]
    for device, facts in zip(kc.devices, told, strict=True):
        kc.force("configured", device, facts=facts)

    at(now)

    assert kc.states() == ["configured", "error", "configured", "configured", "configured"]


def test_a_state_ends_at_an_instant_of_its_thing(world, clocked):
    kc = configured(world)
    clocked(kc.console, Clock(frozenset({"configured"}), "error", until="until"))
    now = timezone.now()
    ended, running = (kc.thing(name=name, until=until.isoformat()) for name, until in (("A", now), ("B", now + SECOND)))
    kc.force("configured", kc.devices[0], thing=ended)
    kc.force("configured", kc.devices[1], thing=running)

    at(now)

    assert kc.states() == ["error", "configured"]


def test_a_clock_may_give_the_seat_back(world, clocked):
    kc = configured(world)
    clocked(kc.console, Clock(frozenset({"configured"}), "unassigned", after=DAY, frees=True))
    since(kc, timezone.now())

    at(timezone.now() + DAY)

    assert (kc.states(), counts(kc.license), kc.commands()) == (
        ["unassigned"] * 2, (0, 0, 0), [("assign", "cancelled")],
    )  # fmt: skip


def test_who_reports_itself_out_of_a_service_is_no_longer_enrolled(world):
    kc = configured(world, number=1)
    kc.force("unassigned")

    tasks.move_clocks()

    with as_operator():
        assert not Enrollment.objects.exists()


def test_what_is_due_is_done_in_batches_and_once(world, monkeypatch):
    kc = configured(world, number=7)
    monkeypatch.setattr(clocks, "BATCH", 3)

    with time_machine.travel(kc.license.ends_at + ROUNDED, tick=False):
        done = [clocks.run(), clocks.run()]

    assert (done, kc.states()) == ([7, 0], ["deactivated"] * 7)
    assert kc.moves()[1:] == [
        ("profile_assigned", "configured", "assign"), ("configured", "deactivated", "the license ended"),
    ]  # fmt: skip


def test_enrollments_and_seats_go_together(world, caplog):
    kc = configured(world)
    with acting_as(world.alice):
        seats.take(kc.license, more_devices(world.first, 1), by=world.alice)  # before it begins
        seats.release(kc.license, kc.devices[:1], by=world.alice)

    tasks.check_seats()

    assert (kc.states(), caplog.messages) == (["unassigned", "configured"], [])


def test_a_device_without_a_seat_that_no_clock_takes_out_is_an_alert(world, caplog, monkeypatch):
    kc = configured(world)
    with acting_as(world.alice):
        seats.release(kc.license, kc.devices, by=world.alice)
    monkeypatch.setattr(clocks, "run", lambda: 0)

    tasks.check_seats()

    with as_operator():
        event = Event.objects.get(verb="service.differs")
    assert caplog.messages == [f"2 devices of customer {world.first.pk} use Knox Configure without a seat"]
    assert (event.customer_id, event.detail["devices"]) == (world.first.pk, 2)
