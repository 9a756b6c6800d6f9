"""The ledger: whatever people and the clock do, three counts are one (Hypothesis plays them all)."""

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices.models import Device
from licensing import expiry, ledger, licenses, seats, tasks
from licensing.models import LedgerDifference, License, Seat, SeatEntry
from rules.errors import RuleBroken
from tests.licensing.ground import counts, devices, entered, sold

pytestmark = pytest.mark.django_db
SOME = st.sets(st.integers(0, 7), min_size=1, max_size=5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(0, 1), SOME),
        st.tuples(st.just("release"), st.integers(0, 1), SOME),
        st.tuples(st.just("move"), st.integers(0, 1), SOME),
        st.tuples(st.just("delete devices"), st.just(0), SOME),
        st.tuples(st.just("extend"), st.integers(0, 1), st.just(set())),
        st.tuples(st.just("grow"), st.integers(0, 1), st.just(set())),
        st.tuples(st.just("shrink"), st.integers(0, 1), st.integers(1, 5).map(lambda n: {n})),
        st.tuples(st.just("wait"), st.integers(0, 40), st.just(set())),
    ),
    max_size=14,
)


class Play:
    """Two licenses and eight devices of one customer, and somebody who does anything with them."""

    def __init__(self, world, clock):
        self.world, self.clock = world, clock
        self.licenses = [entered(world, code="kc-dynamic-per-seat", seats=4, months=1) for _ in range(2)]
        self.devices = devices(world.first, 8)

    def step(self, act, which, some):
        acts = {
            "take": lambda one: seats.take(one, self._there(some), by=self.world.alice),
            "release": lambda one: seats.release(one, self._there(some), by=self.world.alice),
            "move": lambda one: seats.move(one, self._there(some), to=self.licenses[1 - which], by=self.world.alice),
            "delete devices": lambda _: self._there(some)._raw_delete("default"),
            "extend": lambda one: licenses.extend(one, self._key(), by=self.world.alice),
            "grow": lambda one: licenses.add_seats(one, self._key(), by=self.world.alice),
            "shrink": lambda one: licenses.reduce_seats(one, to=max(some), by=self.world.alice),
        }
        if act == "wait":
            self.clock.shift(timedelta(days=which))
            expiry.release_due()
            return
        with suppress(RuleBroken), acting_as(self.world.alice):
            acts[act](self.licenses[which])

    def _there(self, some):
        return Device.objects.filter(pk__in=[self.devices[one].pk for one in some])

    def _key(self):
        return sold(self.world, "kc-dynamic-per-seat", seats=4, months=1)


def check_invariants(play):
    with as_operator():
        assert ledger.differences() == []
        for license in License.objects.filter(pk__in=[one.pk for one in play.licenses]):
            used, there, summed = counts(license)
            assert 0 <= used == there == summed <= license.seats
            held = list(Seat.objects.filter(license=license).values_list("device_id", flat=True))
            assert sorted(held) == sorted(by_ledger(license))
        assert not Seat.objects.exclude(device__in=Device.objects.all()).exists()


def by_ledger(license):
    """The devices that the ledger alone says are there."""
    now = {}
    for device, change in SeatEntry.objects.filter(license=license).values_list("device_id", "change"):
        now[device] = now.get(device, 0) + change
    assert set(now.values()) <= {0, 1}
    return [device for device, here in now.items() if here]


@settings(max_examples=25)
@given(steps=STEPS)
def test_after_any_acts_in_any_order_the_counts_are_one(world, steps):
    with transaction.atomic(), time_machine.travel("2027-01-30T12:00:00Z", tick=False) as clock:
        play = Play(world, clock)
        for step in steps:
            play.step(*step)
            check_invariants(play)
        transaction.set_rollback(True)


def as_owner(sql):
    """Past the triggers, as no act of the portal can."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"SET LOCAL role TO portal_owner; {sql}")
        cursor.execute("SET LOCAL role TO portal_app")


def test_a_difference_is_found_recorded_and_an_alert(world, caplog):
    license = entered(world)
    with acting_as(world.alice):
        seats.take(license, devices(world.first, 3), by=world.alice)
    as_owner("UPDATE licensing_license SET used = 1")

    tasks.check_ledger()

    with as_operator():
        event = Event.objects.latest("pk")
    assert event.sentence == f"found that {license.name} does not add up: 1 used, 3 seats, 3 in the ledger"
    assert "does not add up" in caplog.text


def test_a_difference_is_noted_once_and_ends_with_the_check_that_finds_it_gone(world):
    license = entered(world)
    for used in (1, 2):
        as_owner(f"UPDATE licensing_license SET used = {used}")  # noqa: S608  (of this file)
        tasks.check_ledger()
    with as_operator():
        lasting = list(LedgerDifference.objects.values_list("license", "used", "seats", "entries", "ended_at"))
        told = Event.objects.filter(verb="license.differs").count()

    as_owner("UPDATE licensing_license SET used = 0")
    tasks.check_ledger()

    with as_operator():
        assert (lasting, told) == ([(license.pk, 2, 0, 0, None)], 1)
        ended = LedgerDifference.objects.get().ended_at
    tasks.check_ledger()
    with as_operator():
        assert LedgerDifference.objects.get().ended_at == ended is not None
    as_owner("UPDATE licensing_license SET used = 1")
    tasks.check_ledger()
    with as_operator():
        assert LedgerDifference.objects.count() == 2


def test_a_sum_without_differences_says_nothing(world, caplog):
    license = entered(world)
    with acting_as(world.alice):
        seats.take(license, devices(world.first, 3), by=world.alice)

    tasks.check_ledger()

    assert caplog.text == ""


@pytest.mark.parametrize(
    ("seat_count", "taken", "released", "after_days", "full_after_days"),
    [
        (20, 10, 0, 10, 20),  # one a day, ten left
        (20, 10, 5, 10, 40),  # half of it came back
        (20, 10, 10, 10, None),
        (20, 20, 0, 10, 10),  # full now
        (1000, 1, 0, 10, None),  # the license ends before it is full
        (20, 10, 0, 0, 7),  # the first hours count as a week
        (20, 10, 0, 31, None),  # nothing in the last 30 days
    ],
)
def test_at_this_pace_it_is_full_on(world, seat_count, taken, released, after_days, full_after_days):
    license, some = entered(world, seats=seat_count), devices(world.first, taken)
    with acting_as(world.alice):
        seats.take(license, some, by=world.alice)
        seats.release(license, some[:released], by=world.alice)
        license.refresh_from_db()

        with time_machine.travel(license.starts_at + timedelta(days=after_days, seconds=5), tick=False):
            forecast = ledger.full_on([license]).get(license.pk)

    days = forecast and round((forecast - license.starts_at) / timedelta(days=1), 2)
    assert days == (full_after_days and pytest.approx(full_after_days, abs=0.01))


def test_a_forecast_of_many_licenses_is_one_query(world, django_assert_num_queries):
    many = [entered(world) for _ in range(5)]
    with acting_as(world.alice):
        for license, device in zip(many, devices(world.first, 5), strict=True):
            seats.take(license, [device], by=world.alice)
        rows = list(License.objects.all())

        with django_assert_num_queries(2):  # the setting and the ledger
            ledger.full_on(rows)
