"""Seats, keys and trials in the same moment: raced in threads on PostgreSQL. One wins, the rest read why."""

import random

import pytest

from accounts.acting import acting_as, as_operator, as_reseller
from devices.models import Device
from licensing import expiry, keys, ledger, licenses, orders, seats, tasks, trials
from licensing.models import Key, License, Notice, Order
from rules.errors import RuleBroken
from tests import world as cast
from tests.licensing.ground import counts, devices, entered, listing, product, sold
from tests.races.committed import at_once, by
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")
TAKERS = 50


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def refusals(got):
    return [no for no in got if isinstance(no, RuleBroken)]


def selling(act, *args, **fields):
    """As a page of the License Reseller Portal does it."""
    with as_reseller():
        return act(*args, **fields)


def sound():
    with as_operator():
        return ledger.differences() == []


def test_fifty_take_the_last_seat_and_one_gets_it(world):
    license, many = entered(world, seats=10, name="Store"), devices(world.first, 9 + TAKERS)
    with acting_as(world.alice):
        seats.take(license, many[:9], by=world.alice)

    got = at_once(*[by(world.alice, seats.take, license, [one], by=world.alice) for one in many[9:]])

    refused = refusals(got)
    late = [no for no in refused if no.status == 409]
    assert (len(refused), got.count(1), counts(license), sound()) == (TAKERS - 1, 1, (10, 10, 10), True)
    assert all(str(no).startswith("Alice Example used the last seat at ") for no in late)
    assert {str(no) for no in refused if no.status != 409} <= {
        "All 10 seats of Store are in use. Each device needs one. Free a seat or buy more."
    }


def test_fifty_take_two_seats_each_of_ten(world):
    license, many = entered(world, seats=10), devices(world.first, 2 * TAKERS)
    pairs = [many[start : start + 2] for start in range(0, 2 * TAKERS, 2)]

    got = at_once(*[by(world.alice, seats.take, license, pair, by=world.alice) for pair in pairs])

    assert (got.count(2), counts(license), sound()) == (5, (10, 10, 10), True)


def test_fifty_give_one_device_a_seat_and_it_has_one(world):
    first, second = entered(world), entered(world)
    (device,) = devices(world.first, 1)

    got = at_once(*[by(world.alice, seats.take, one, [device], by=world.alice) for one in [first, second] * 25])

    assert (got.count(1), counts(first)[0] + counts(second)[0], sound()) == (1, 1, True)


def test_a_key_for_two_customers_at_once_serves_one(world):
    code = sold(world)
    enter = [by(world.alice, keys.enter, one, code, by=world.alice) for one in (world.first, world.second)] * 10

    got = at_once(*enter)

    with as_operator():
        license = License.objects.get()
        assert Key.objects.get().customer_id == license.customer_id
    assert len(refusals(got)) == len(enter) - 1
    assert {no.status for no in refusals(got)} == {409, 422}


def test_a_key_opens_a_license_and_extends_one_at_once(world):
    license, code = entered(world), sold(world)

    got = at_once(
        *[by(world.alice, keys.enter, world.first, code, by=world.alice)] * 5,
        *[by(world.alice, licenses.extend, license, code, by=world.alice)] * 5,
        *[by(world.alice, licenses.add_seats, license, code, by=world.alice)] * 5,
    )

    assert len(refusals(got)) == 14


def test_trials_started_at_once_are_one(world):
    got = at_once(*[by(world.alice, trials.start, world.first, by=world.alice)] * 20)

    assert (len(refusals(got)), {no.status for no in refusals(got)}) == (19, {409})
    with as_operator():
        assert License.objects.count() == 1


def test_the_fifth_and_sixth_device_of_a_trial_at_once(world):
    many = devices(world.first, 20)
    with acting_as(world.alice):
        trial = trials.start(world.first, by=world.alice)

    got = at_once(*[by(world.alice, seats.take, trial, [one], by=world.alice) for one in many])

    assert (got.count(1), counts(trial), sound()) == (5, (5, 5, 5), True)


def test_everything_at_once_ends_without_a_circle_and_with_counts_that_are_one(world):
    """Takes, releases, moves, deleted devices and the clock on two licenses. A deadlock would be an error."""
    one, other = (entered(world, seats=30) for _ in range(2))
    many = devices(world.first, 40)
    with acting_as(world.alice):
        seats.take(one, many[:10], by=world.alice)
        seats.take(other, many[10:20], by=world.alice)
    chance = random.Random(6)  # noqa: S311  (which devices, the same each time)

    def some():
        return chance.sample(many, 8)

    def delete(which):
        return Device.objects.filter(pk__in=[device.pk for device in which])._raw_delete("default")

    alice = {"by": world.alice}
    acts = []
    for left, right in [(one, other), (other, one)] * 5:
        acts += [
            by(world.alice, seats.take, left, some(), **alice),
            by(world.alice, seats.release, left, some(), **alice),
            by(world.alice, seats.move, left, some(), to=right, **alice),
            by(world.alice, delete, some()),
        ]

    at_once(*acts, expiry.release_due)

    assert sound()


def test_the_clock_of_many_workers_writes_each_letter_once(world):
    with acting_as(world.alice):
        trial = trials.start(world.first, by=world.alice)
    many = devices(world.first, 3)
    license = entered(world, seats=3)
    with acting_as(world.alice):
        seats.take(license, many, by=world.alice)

    at_once(*[tasks.write_notices] * 10, *[tasks.release_seats] * 5)

    with as_operator():
        assert list(Notice.objects.values_list("license", "kind")) == [(license.pk, "full")]
    assert (counts(license), counts(trial)) == ((3, 3, 3), (0, 0, 0))


def test_an_order_is_delivered_and_rejected_at_once(world):
    with acting_as(world.alice):
        order = orders.place(
            listing(world.license_reseller), msp=world.aurora, product=product("kc-dynamic"), seats=5, months=12,
            customer=world.first, by=world.alice,
        )  # fmt: skip
    with acting_as(world.lena), as_reseller():
        quoted = orders.quote(order, price=1, currency="EUR", tax="without", by=world.lena).quoted
    with acting_as(world.alice):
        orders.accept(order, quote=quoted, by=world.alice)

    got = at_once(
        *[by(world.lena, selling, orders.deliver, order, by=world.lena)] * 5,
        *[by(world.lena, selling, orders.reject, order, reason="Sold out.", by=world.lena)] * 5,
    )

    assert len(refusals(got)) == 9
    with as_operator():
        assert (Order.objects.get().state, Key.objects.count()) in (("delivered", 1), ("rejected", 0))
