"""What time does to devices in services: at the second, once, however often it asks (knox.md 6)."""

from dataclasses import replace

import pytest
import time_machine
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import seats
from services import clocks, modules, tasks
from services.console import Clock
from services.models import Agent, Enrollment
from tests.licensing.ground import counts
from tests.licensing.ground import devices as more_devices
from tests.services.passing import DAY, ROUNDED, SECOND, at, configured

pytestmark = pytest.mark.django_db


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
