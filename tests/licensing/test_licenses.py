"""What happens to a license later: named, extended, grown, replaced, deleted (knox.md 5.2, 5.6)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.acting import acting_as, as_operator
from licensing import keys, licenses, seats
from licensing.models import Addition, License
from rules.errors import RuleBroken
from tenants.models import KnoxService
from tenants.times import day
from tests.licensing.ground import counts, devices, entered, sold, with_service

pytestmark = pytest.mark.django_db


def do(world, act, *args, **fields):
    with acting_as(world.alice):
        return act(*args, by=world.alice, **fields)


def refused(world, act, *args, **fields):
    with pytest.raises(RuleBroken) as no:
        do(world, act, *args, **fields)
    return str(no.value)


def fresh(license):
    with as_operator():
        return License.objects.select_related("product").get(pk=license.pk)


def test_a_license_gets_another_name(world):
    license = entered(world)

    do(world, licenses.rename, license, name="  Store phones 2027 ")

    assert fresh(license).name == "Store phones 2027"


def test_a_name_is_once_a_customer(world):
    entered(world, name="Taken")
    entered(world, world.second, name="Elsewhere")
    license = entered(world)

    assert refused(world, licenses.rename, license, name="Taken") == (
        "Another license has the name Taken. Choose another name."
    )
    assert do(world, licenses.rename, license, name="Elsewhere").name == "Elsewhere"


def test_a_name_is_once_a_customer_in_the_schema(world):
    entered(world, name="Taken")
    license = entered(world)

    with pytest.raises(IntegrityError, match="license_name_once_a_customer"), as_operator(), transaction.atomic():
        License.objects.filter(pk=license.pk).update(name="Taken")


def test_a_license_keeps_a_name(world):
    assert refused(world, licenses.rename, entered(world), name=" ") == (
        "A license needs a name. Write your own name for it."
    )


def test_a_name_that_samsung_gave_stays(world):
    with_service(world.first, KnoxService.MANAGE)
    license = entered(world, code="km")

    assert refused(world, licenses.rename, license, name="Mine") == "This name stays as Samsung gave it."


def test_an_extension_counts_from_the_start_so_that_no_day_is_lost(world):
    """One month from 31 January is 28 February; two are 31 March, not the 28th."""
    first, second = sold(world, months=1), sold(world, months=1)
    with time_machine.travel("2027-01-31T10:00:00Z", tick=False):
        license = do(world, keys.enter, world.first, first)
        once = license.ends_at.isoformat()
        twice = do(world, licenses.extend, license, second).ends_at.isoformat()

    assert (once, twice) == ("2027-02-28T10:00:00+00:00", "2027-03-31T10:00:00+00:00")


@pytest.mark.parametrize(
    ("entered_at", "months", "ends_at"),
    [
        ("2028-02-29T23:59:59Z", 12, "2029-02-28T23:59:59+00:00"),
        ("2028-02-29T23:59:59Z", 48, "2032-02-29T23:59:59+00:00"),
        ("2027-02-28T23:59:59Z", 12, "2028-02-28T23:59:59+00:00"),
        ("2026-10-25T00:30:00Z", 1, "2026-11-25T00:30:00+00:00"),  # 02:30 in Berlin, for the first time that night
        ("2026-12-31T23:59:59Z", 2, "2027-02-28T23:59:59+00:00"),
    ],
)
def test_months_across_leap_days_summer_time_and_short_months(world, entered_at, months, ends_at):
    with time_machine.travel(entered_at, tick=False):
        license = do(world, keys.enter, world.first, sold(world, months=months))

    assert license.ends_at.isoformat() == ends_at


def test_an_extension_needs_seats_for_all(world):
    license, code = entered(world, seats=10), sold(world, seats=9)

    assert refused(world, licenses.extend, license, code) == (
        f"This key is for 9 seats, and {license} has 10. Order a key for all of them."
    )


def test_an_extension_is_of_the_same_product(world):
    license, code = entered(world, name="Store"), sold(world, "kc-setup")

    assert refused(world, licenses.extend, license, code) == (
        "This key is for Knox Configure Setup. Store is Knox Configure Dynamic."
    )


def test_no_key_is_spent_on_a_license_that_has_ended_with_it_too(world):
    with time_machine.travel("2027-01-31T10:00:00Z", tick=False):
        license, code = entered(world, name="Store", months=1), sold(world, months=1)
    with time_machine.travel("2027-04-01T10:00:00Z", tick=False):
        no = refused(world, licenses.extend, license, code)
        days = do(world, keys.enter, world.first, code).days_left()

    assert no == (
        "Store would have ended on 31 Mar 2027 with this key, too. Enter the key as a new license, then move the "
        "devices."
    )
    assert (fresh(license).months, days) == (1, 30)


def test_what_the_product_does_not_extend(world):
    license, code = entered(world, code="kc-setup-staggered", name="Store"), sold(world, "kc-setup-staggered")

    assert refused(world, licenses.extend, license, code) == (
        "Store cannot be extended. Enter the key as a new license, then move the devices."
    )


def test_a_key_adds_seats_once(world):
    license, code = entered(world, seats=10), sold(world, seats=5)

    do(world, licenses.add_seats, license, code)

    with as_operator():
        addition = Addition.objects.get()
        assert (addition.kind, addition.seats, addition.key.use) == ("seats", 5, "addition")
    assert fresh(license).seats == 15
    assert "already has this key as" in refused(world, licenses.add_seats, license, code)
    assert "already has this key as" in refused(world, keys.enter, world.first, code)


def test_a_care_plan_takes_no_seats(world):
    with_service(world.first, KnoxService.CARE)
    license, code = entered(world, code="care-adh", name="Care"), sold(world, "care-adh")

    assert refused(world, licenses.add_seats, license, code) == (
        "Care takes no more seats. Enter the key as a new license."
    )


def test_a_per_seat_license_shrinks_to_what_is_used(world):
    license, three = entered(world, code="kc-dynamic-per-seat", seats=10), devices(world.first, 3)
    do(world, seats.take, license, three)

    said = refused(world, licenses.reduce_seats, license, to=2)
    do(world, licenses.reduce_seats, license, to=3)

    assert said == "3 of 10 seats are in use. You can set 3 or more."
    assert fresh(license).seats == 3


def test_a_per_device_license_only_grows(world):
    assert refused(world, licenses.reduce_seats, entered(world), to=1) == "This license can only grow."


def test_seats_below_what_is_used_are_refused_by_the_schema(world):
    license = entered(world)
    do(world, seats.take, license, devices(world.first, 3))

    with pytest.raises(IntegrityError, match="license_is_not_oversold"), as_operator(), transaction.atomic():
        License.objects.filter(pk=license.pk).update(seats=2)


def test_a_license_is_replaced_with_all_its_devices(world):
    old, new = entered(world, seats=5), entered(world, seats=5)
    do(world, seats.take, old, devices(world.first, 4))

    do(world, licenses.replace, old, to=new)

    assert (counts(old), counts(new), fresh(old).replaced_by_id) == ((0, 0, 0), (4, 4, 4), new.pk)


@pytest.mark.parametrize("act", [licenses.extend, licenses.add_seats])
def test_no_key_is_spent_on_a_license_that_was_replaced(world, act):
    old, new, code = entered(world, name="Old"), entered(world, name="New"), sold(world)
    do(world, licenses.replace, old, to=new)

    assert refused(world, act, old, code) == "New replaced Old. Enter the key as a new license."
    assert do(world, keys.enter, world.first, code).used == 0


def test_a_license_is_not_replaced_by_a_smaller_one(world):
    old, new = entered(world, seats=5), entered(world, seats=3, name="Small")
    do(world, seats.take, old, devices(world.first, 4))

    assert refused(world, licenses.replace, old, to=new) == (
        "4 devices need 4 seats. Small has 3 left. Choose fewer devices or buy more seats."
    )
    assert (counts(old), fresh(old).replaced_by_id) == ((4, 4, 4), None)


def test_a_license_is_not_replaced_by_one_of_another_customer(world):
    old, foreign = entered(world), entered(world, world.second)

    assert "is not for Knox Configure" in refused(world, licenses.replace, old, to=foreign)
    no = pytest.raises(IntegrityError, match="license_replaced_by_one_of_its_customer")
    with no, as_operator(), transaction.atomic():
        License.objects.filter(pk=old.pk).update(replaced_by=foreign)


def test_a_license_with_devices_is_not_deleted(world):
    with_service(world.first, KnoxService.EFOTA)
    license = entered(world, code="ke", name="Field")
    do(world, seats.take, license, devices(world.first, 2))

    assert refused(world, licenses.delete, license) == (
        "2 devices use Field. Unenroll them or move them to another license. Then you can delete it."
    )
    with pytest.raises(IntegrityError, match="license_deleted_serves_nobody"), as_operator(), transaction.atomic():
        License.objects.filter(pk=license.pk).update(deleted_at="2026-01-01T00:00:00Z")


def test_knox_configure_is_deleted_after_its_end(world):
    license = entered(world, name="Store")

    said = refused(world, licenses.delete, license)
    with time_machine.travel(license.ends_at + timedelta(seconds=1)):
        do(world, licenses.delete, license)

    on = day(license.ends_at, world.alice.zone)
    assert said == f"Store runs until {on}. A license of Knox Configure can be deleted after its end."
    assert fresh(license).deleted_at
    with as_operator():
        assert not License.objects.kept().exists()


def test_other_services_are_deleted_any_time_and_free_the_name(world):
    with_service(world.first, KnoxService.EFOTA)
    do(world, licenses.delete, entered(world, code="ke", name="Field"))

    assert entered(world, code="ke", name="Field").name == "Field"


def test_no_license_is_deleted_from_the_table(world):
    license = entered(world)

    with acting_as(world.alice):
        assert License.objects.filter(pk=license.pk)._raw_delete("default") == 0


def test_states_come_from_the_dates(world):
    license = entered(world)
    start, end = license.starts_at, license.ends_at
    second = timedelta(seconds=1)

    states = [license.state_at(at) for at in (start - second, start, end - second, end)]
    found = []
    with as_operator():
        for at in (start - second, start, end - second, end):
            found += [state for state in License.State if License.objects.in_state(state, now=at).exists()]

    assert states == found == ["registered", "active", "active", "expired"]


def test_days_left_count_a_begun_day(world):
    license = entered(world)
    end = license.ends_at

    left = [
        license.days_left(end - timedelta(**ago))
        for ago in ({"days": 30}, {"seconds": 1}, {"days": 1, "seconds": 1}, {})
    ]

    assert left == [30, 1, 2, 0]
