"""Seats: taken, released, moved. PostgreSQL counts them and writes the ledger (migration 0002).

Everybody locks in one order: customer, key, devices by id, licenses by id. Whoever deletes a device locks the device
first too, and then the license through the trigger, so nobody waits in a circle.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from devices.models import Device
from licensing import parties
from licensing.models import License, Seat, SeatEntry, opening
from rules.errors import RuleBroken
from tenants import teams
from tenants.times import day, written

_ONCE = re.compile(r"one_\w+_seat_a_device")
_INSERT = """
INSERT INTO licensing_seat (customer_id, license_id, services, taken_at, months, device_id)
SELECT %s, %s, %s, %s, %s, unnest(%s::bigint[])
"""

type Devices = Iterable[Device] | QuerySet[Device]


@transaction.atomic
def take(license: License, devices: Devices, *, by: User) -> int:
    """Give each device a seat; those that have one of this license keep it. All or none. Returns how many are new."""
    count = give(license, devices, by=by)
    if count:
        parties.record("license.seats_taken", license, customer=license.customer, by=by, devices=count)
    return count


@transaction.atomic
def give(license: License, devices: Devices, *, by: User) -> int:
    """The same without a line of history."""
    before = License.objects.get(pk=license.pk).left
    wanted = _locked_devices(license, devices)
    (license,) = locked(license)
    check_takes(license, by=by)
    fresh = _without_a_seat(license, wanted, by=by)
    check_left(license, len(fresh), before=before, by=by)
    with because("taken"):
        _insert(license, fresh)
    return len(fresh)


@transaction.atomic
def release(license: License, devices: Devices, *, by: User | None) -> int:
    """Free the seats of these devices; those that have none are left out. Returns how many were freed."""
    wanted = _locked_devices(license, devices, verified=False)
    (license,) = locked(license)
    with because("released"):
        freed, _ = Seat.objects.filter(license=license, device__in=wanted).delete()
    if freed:
        parties.record("license.seats_released", license, customer=license.customer, by=by, devices=freed)
    return freed


@transaction.atomic
def move(license: License, devices: Devices, *, to: License, by: User) -> int:
    """Move devices from one license of the customer to another of the same service. Returns how many moved."""
    before = License.objects.get(pk=to.pk).left
    wanted = _locked_devices(license, devices)
    license, to = locked(license, to)
    check_takes(to, by=by)
    _check_covers(license, to)
    moving = list(Seat.objects.filter(license=license, device__in=wanted).values_list("device_id", flat=True))
    check_left(to, len(moving), before=before, by=by)
    with because("moved"):
        Seat.objects.filter(license=license, device__in=moving).delete()
        _insert(to, sorted(moving))
    if moving:
        parties.record(
            "license.seats_moved", license, customer=license.customer, by=by, devices=len(moving), to=to.name
        )
    return len(moving)


def locked(*licenses: License) -> list[License]:
    """These licenses, locked in order of their ids, as they were given. For those who may manage the customer."""
    keys = sorted(one.pk for one in licenses)
    rows = License.objects.kept().select_for_update(of=("self",), no_key=True).select_related("customer", "product")
    found = {one.pk: one for one in rows.filter(pk__in=keys).order_by("pk")}
    if len(found) < len(set(keys)):
        raise RuleBroken("This license is not there any more. Load the list again.", status=409)
    return [found[one.pk] for one in licenses]


def lock_devices(license_id: int) -> None:
    """Lock the devices that use a license, before the license itself. Runs as the operator."""
    using = Device.objects.filter(seats__license=license_id).select_for_update(of=("self",), no_key=True)
    list(using.order_by("pk").values_list("pk", flat=True))


def check_takes(license: License, *, by: User) -> None:
    """Raise RuleBroken where the license takes no new devices: ended, not begun, replaced."""
    state = license.state
    if license.is_trial and state == License.State.EXPIRED:
        raise RuleBroken(
            f"The trial of {license.customer} ended on {written(license.ends_at, by.zone)}, after {license.days} days. "
            "Enter a license key to go on."
        )
    if state == License.State.EXPIRED:
        raise RuleBroken(
            f"{license} ended on {day(license.ends_at, by.zone)}. It takes no new devices. Enter a new key, then move "
            "the devices."
        )
    if state == License.State.REGISTERED:
        raise RuleBroken(f"{license} starts on {day(license.starts_at, by.zone)}. You can use it from then on.")
    if license.replaced_by:
        raise RuleBroken(f"{license.replaced_by} replaced {license}. Use {license.replaced_by} for new devices.")


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Name the reason of the ledger's rows that the block causes. A block that fails is rolled back, and this too."""
    _name(reason)
    yield
    _name("")


def _name(reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.seat_reason', %s, true)", [reason])


def _locked_devices(license: License, devices: Devices, *, verified: bool = True) -> list[int]:
    keys = set(devices.values_list("pk", flat=True) if isinstance(devices, QuerySet) else (one.pk for one in devices))
    rows = Device.objects.filter(customer=license.customer_id, pk__in=keys)
    if verified:
        rows = rows.filter(state=Device.State.VERIFIED)
    found = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if verified and len(found) < len(keys):
        raise RuleBroken(
            "Some of these devices are not there any more, or nobody approved them yet. Load the list again.",
            status=409,
        )
    return found


def _without_a_seat(license: License, wanted: list[int], *, by: User) -> list[int]:
    """The devices that need a seat. Raises RuleBroken where another license gives one of them the service."""
    seats = Seat.objects.filter(opening(*license.product.opens), customer=license.customer_id, device__in=wanted)
    if other := seats.exclude(license=license).order_by("taken_at").first():
        raise _has_one(license, since=written(other.taken_at, by.zone))
    held = set(seats.values_list("device_id", flat=True))
    return [one for one in wanted if one not in held]


def _has_one(license: License, *, since: str = "") -> RuleBroken:
    when = f" since {since}" if since else ""
    return RuleBroken(
        f"{license.customer} already has this device in {license.get_service_display()}{when}. Nothing changed.",
        status=409,
    )


def _check_covers(license: License, to: License) -> None:
    if license.customer_id != to.customer_id or not set(license.product.opens) <= set(to.product.opens):
        raise RuleBroken(
            f"{to} is not for {license.get_service_display()}. Choose a license of {license.get_service_display()}.",
            field="to",
        )


def check_left(license: License, needed: int, *, before: int, by: User) -> None:
    """Raise RuleBroken where there are not enough seats. `before`: how many were left when the person pressed."""
    if needed <= license.left:
        return
    if license.is_trial:
        raise RuleBroken(
            f"A trial is for up to {license.seats} devices, and {license.customer} uses "
            f"{license.used if license.left else 'all'} of them. "
            f"{'Choose fewer devices' if license.left else 'Unenroll one'} or order a license."
        )
    if license.left:
        raise RuleBroken(
            f"{needed:,} devices need {needed:,} seats. {license} has {license.left:,} left. Choose fewer devices or "
            "buy more seats."
        )
    if before and (last := SeatEntry.objects.filter(license=license, change=1).order_by("-at", "-pk").first()):
        raise RuleBroken(
            f"{teams.colleague(last.by_id, of=by)} used the last seat at {written(last.at, by.zone)}.", status=409
        )
    full = f"All {license.seats:,} seats of {license} are" if license.seats > 1 else f"The one seat of {license} is"
    raise RuleBroken(f"{full} in use. Each device needs one. Free a seat or buy more.")


def _insert(license: License, devices: list[int]) -> None:
    """One statement, so that the trigger counts once."""
    months = license.months if license.product.per_device_end else None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                _INSERT, [license.customer_id, license.pk, license.services, timezone.now(), months, devices]
            )
    except IntegrityError as error:
        if _ONCE.search(str(error)):  # a suite opens a service that another license gives this device
            raise _has_one(license) from None
        raise
