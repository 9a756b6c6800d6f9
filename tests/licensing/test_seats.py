"""Seats: counted by PostgreSQL on every way, never oversold, all or none (words.md seats.*)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event
from devices.models import Device
from licensing import ledger, licenses, seats
from licensing.models import Seat, SeatEntry
from rules.errors import RuleBroken
from tenants.models import KnoxService
from tenants.times import day
from tests.licensing.ground import counts, devices, entered, with_service

pytestmark = pytest.mark.django_db


def take(world, license, which):
    with acting_as(world.alice):
        return seats.take(license, which, by=world.alice)


def refused(world, act, *args, **fields):
    with pytest.raises(RuleBroken) as no, acting_as(world.alice):
        act(*args, by=world.alice, **fields)
    return str(no.value), no.value.status


def test_a_seat_is_counted_and_stands_in_the_ledger_with_who_and_why(world):
    license, three = entered(world), devices(world.first, 3)

    taken = take(world, license, three)

    with as_operator():
        entries = set(SeatEntry.objects.values_list("device_id", "change", "reason", "by_id"))
        sentence = Event.objects.latest("pk").sentence
    assert (taken, counts(license)) == (3, (3, 3, 3))
    assert entries == {(one.pk, 1, "taken", world.alice.pk) for one in three}
    assert sentence == f"gave 3 devices a seat of {license.name}"


def test_a_device_that_has_a_seat_keeps_it_and_takes_no_second(world):
    license, three = entered(world, seats=3), devices(world.first, 3)
    take(world, license, three[:2])

    taken = take(world, license, Device.objects.filter(customer=world.first))

    assert (taken, counts(license)) == (1, (3, 3, 3))


def test_released_seats_are_free_again(world):
    license, three = entered(world, seats=3), devices(world.first, 3)
    take(world, license, three)

    with acting_as(world.alice):
        freed = seats.release(license, three[:2], by=world.alice)

    with as_operator():
        reasons = list(SeatEntry.objects.order_by("pk").values_list("change", "reason"))
    assert (freed, counts(license), reasons[3:]) == (2, (1, 1, 1), [(-1, "released")] * 2)


def test_deleting_devices_in_bulk_frees_their_seats(world):
    """PostgreSQL cascades, and the trigger sees every row of the cascade."""
    license, other = entered(world), entered(with_ke(world), code="ke")
    many = devices(world.first, 8)
    take(world, license, many)
    take(world, other, many[:5])

    with acting_as(world.alice):
        Device.objects.filter(pk__in=[one.pk for one in many[:6]])._raw_delete("default")

    with as_operator():
        reasons = set(SeatEntry.objects.filter(change=-1).values_list("reason", "by_id"))
    assert (counts(license), counts(other)) == ((2, 2, 2), (0, 0, 0))
    assert reasons == {("device deleted", world.alice.pk)}


def with_ke(world):
    with_service(world.first, KnoxService.EFOTA)
    return world


def test_a_reseller_that_deletes_its_device_frees_the_seat(world):
    """It sees neither seats nor licenses: the trigger runs as the owner."""
    license, (device,) = entered(world), devices(world.first, 1, reseller=world.reseller)
    take(world, license, [device])

    with acting_as(world.rita), as_reseller():
        gone = Device.objects.filter(pk=device.pk)._raw_delete("default")

    assert (gone, counts(license)) == (1, (0, 0, 0))


def test_all_seats_in_use(world):
    license, many = entered(world, seats=2, name="Store phones"), devices(world.first, 3)
    take(world, license, many[:2])

    assert refused(world, seats.take, license, many[2:]) == (
        "All 2 seats of Store phones are in use. Each device needs one. Free a seat or buy more.",
        422,
    )


def test_who_used_the_last_seat_is_named_to_colleagues_alone(world):
    license, two = entered(world, seats=1), devices(world.first, 2)
    with acting_as(world.mira):
        seats.take(license, two[:1], by=world.mira)
        license.refresh_from_db()

    with acting_as(world.alice), pytest.raises(RuleBroken, match="Mira Example used the last seat at"):
        seats.check_left(license, 1, before=1, by=world.alice)
    with as_operator(), pytest.raises(RuleBroken, match="Somebody else used the last seat at"):
        seats.check_left(license, 1, before=1, by=world.carl)


def test_more_devices_than_seats_takes_none(world):
    license, many = entered(world, seats=2, name="Store phones"), devices(world.first, 3)

    said, _ = refused(world, seats.take, license, many)

    assert said == ("3 devices need 3 seats. Store phones has 2 left. Choose fewer devices or buy more seats.")
    assert counts(license) == (0, 0, 0)


def test_bulk_sql_cannot_oversell_either(world):
    license, many = entered(world, seats=2), devices(world.first, 3)
    rows = [
        Seat(customer=world.first, license=license, device=one, services="KC", taken_at=timezone.now()) for one in many
    ]

    with pytest.raises(IntegrityError, match="license_is_not_oversold"), acting_as(world.alice), transaction.atomic():
        Seat.objects.bulk_create(rows)

    assert counts(license) == (0, 0, 0)


def test_a_device_has_one_seat_a_service(world):
    license, second, (device,) = entered(world), entered(world), devices(world.first, 1)
    take(world, license, [device])

    said, status = refused(world, seats.take, second, [device])

    assert (said.partition(" since")[0], status) == (
        "Fjordline Freight already has this device in Knox Configure",
        409,
    )


def test_one_seat_a_service_holds_in_the_schema_also_across_a_suite(world):
    with_service(world.first, KnoxService.MANAGE, KnoxService.EFOTA)
    efota, suite = entered(world, code="ke"), entered(world, code="suite")
    (device,) = devices(world.first, 1)
    take(world, efota, [device])
    row = Seat(customer=world.first, license=suite, device=device, services="KM KE KME", taken_at=timezone.now())

    with pytest.raises(IntegrityError, match="one_efota_seat_a_device"), acting_as(world.alice), transaction.atomic():
        row.save()

    assert refused(world, seats.take, suite, [device])[1] == 409


def test_a_device_of_another_customer_is_not_taken_and_the_schema_refuses_it(world):
    license, (foreign,) = entered(world), devices(world.second, 1)
    row = Seat(customer=world.first, license=license, device=foreign, services="KC", taken_at=timezone.now())

    assert refused(world, seats.take, license, [foreign])[1] == 409
    with pytest.raises(IntegrityError, match="seat_of_the_devices_customer"), as_operator(), transaction.atomic():
        row.save()


def test_a_pending_device_takes_no_seat(world):
    license, (device,) = entered(world), devices(world.first, 1)
    with as_operator():
        Device.objects.filter(pk=device.pk).update(state="pending")

    said, status = refused(world, seats.take, license, [device])

    assert (said, status) == (
        "Some of these devices are not there any more, or nobody approved them yet. Load the list again.",
        409,
    )


def test_devices_move_to_another_license(world):
    old, new, three = entered(world), entered(world, seats=3), devices(world.first, 3)
    take(world, old, three)

    with acting_as(world.alice):
        moved = seats.move(old, three[:2], to=new, by=world.alice)

    assert (moved, counts(old), counts(new)) == (2, (1, 1, 1), (2, 2, 2))


def test_devices_do_not_move_to_a_license_of_another_service(world):
    old, (device,) = entered(with_ke(world)), devices(world.first, 1)
    other = entered(world, code="ke")
    take(world, old, [device])

    said, _ = refused(world, seats.move, old, [device], to=other)

    assert said == f"{other} is not for Knox Configure. Choose a license of Knox Configure."


def test_a_license_takes_no_device_before_its_start(world):
    begins = timezone.now() + timedelta(days=3)
    license = entered(world, starts_at=begins, name="Next year")

    said, _ = refused(world, seats.take, license, devices(world.first, 1))

    on = day(begins, world.alice.zone)
    assert (license.state, said) == ("registered", f"Next year starts on {on}. You can use it from then on.")


def test_a_license_takes_no_device_after_its_end(world):
    license, one = entered(world, name="Store phones"), devices(world.first, 1)

    with time_machine.travel(license.ends_at, tick=False):
        said, _ = refused(world, seats.take, license, one)

    on = day(license.ends_at, world.alice.zone)
    assert said == f"Store phones ended on {on}. It takes no new devices. Enter a new key, then move the devices."


def test_a_replaced_license_takes_no_device(world):
    old, new = entered(world, name="Old"), entered(world, name="New")
    with acting_as(world.alice):
        licenses.replace(old, to=new, by=world.alice)

    said, _ = refused(world, seats.take, old, devices(world.first, 1))

    assert said == "New replaced Old. Use New for new devices."


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE licensing_license SET used = 0",
        "UPDATE licensing_seatentry SET change = 1",
        "DELETE FROM licensing_seatentry",
        "UPDATE licensing_seat SET taken_at = now()",
        "INSERT INTO licensing_seatentry (customer_id, license_id, device_id, change, reason, at)"
        " SELECT customer_id, id, 1, 1, 'x', now() FROM licensing_license",
    ],
)
def test_nobody_writes_the_count_or_the_ledger_by_hand(world, sql):
    license = entered(world)
    take(world, license, devices(world.first, 1))

    for who in (acting_as(world.alice), as_operator()):
        with pytest.raises(DatabaseError), who, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.parametrize("sql", ["UPDATE licensing_seatentry SET change = 1", "DELETE FROM licensing_seatentry"])
def test_the_ledger_stays_for_the_owner_too(world, sql):
    license = entered(world)
    take(world, license, devices(world.first, 1))

    with pytest.raises(DatabaseError, match="are not changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL role TO portal_owner; {sql}")


def test_a_new_license_begins_empty_whatever_was_written(world):
    license = entered(world)

    with as_operator(), connection.cursor() as cursor:
        cursor.execute("SELECT used FROM licensing_license WHERE id = %s", [license.pk])
        assert cursor.fetchone() == (0,)
        assert ledger.differences() == []
