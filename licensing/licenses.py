"""What can happen to a customer's license after it is there (knox.md 5.6). Products say what each kind allows."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from licensing import keys, obstacles, parties, seats
from licensing.models import Addition, Key, License, Seat
from rules.errors import RuleBroken
from tenants.numbers import counted
from tenants.times import day


@transaction.atomic
def rename(license: License, *, name: str, by: User) -> License:
    license = _locked(license, by=by)
    _check(obstacles.of_renaming(license), field="name")
    if not name.strip():
        raise RuleBroken("A license needs a name. Write your own name for it.", field="name")
    before, license.name = license.name, name.strip()
    keys.check_name(license)
    license.save(update_fields=["name"])
    parties.record("license.renamed", license, customer=license.customer, by=by, before=before)
    return license


@transaction.atomic
def extend(license: License, typed: str, *, by: User) -> License:
    """Enter a key that makes the license longer: its months are counted from the license's start on."""
    license = _locked(license, by=by)
    _check(obstacles.of_extending(license))
    key = _claim(license, typed, by=by)
    if key.seats < license.seats:
        raise RuleBroken(
            f"This key is for {counted(key.seats, 'seat')}, and {license} has {license.seats:,}. Order a key for all "
            "of them.",
            field="key",
        )
    license.months += key.months
    license.dated_at, license.released_at = timezone.now(), None
    license.save(update_fields=["months", "dated_at", "released_at"])
    license.refresh_from_db(fields=["ends_at"])
    if license.state == License.State.EXPIRED:
        raise RuleBroken(
            f"{license} would have ended on {day(license.ends_at, by.zone)} with this key, too. Enter the key as a new "
            "license, then move the devices.",
            field="key",
        )
    _add(license, key, Addition.Kind.TIME, by=by)
    parties.record("license.extended", license, customer=license.customer, by=by, months=key.months, key=key.masked)
    return license


@transaction.atomic
def add_seats(license: License, typed: str, *, by: User) -> License:
    """Enter a key that brings more seats. They end with the license."""
    license = _locked(license, by=by)
    _check(obstacles.of_adding_seats(license))
    key = _claim(license, typed, by=by)
    license.seats += key.seats
    license.save(update_fields=["seats"])
    _add(license, key, Addition.Kind.SEATS, by=by)
    parties.record("license.seats_added", license, customer=license.customer, by=by, seats=key.seats, key=key.masked)
    return license


@transaction.atomic
def reduce_seats(license: License, *, to: int, by: User) -> License:
    """Give seats back: only where the product goes both ways, and never below what is used."""
    license = _locked(license, by=by)
    _check(obstacles.of_reducing(license), field="seats")
    if not max(1, license.used) <= to <= license.seats:
        raise RuleBroken(
            f"{license.used:,} of {license.seats:,} seats are in use. You can set {max(1, license.used):,} or more.",
            field="seats",
        )
    before, license.seats = license.seats, to
    license.save(update_fields=["seats"])
    parties.record("license.seats_reduced", license, customer=license.customer, by=by, before=before, seats=to)
    return license


@transaction.atomic
def replace(license: License, *, to: License, by: User) -> License:
    """Move every device to another license of the customer; this one takes no more. Returns the new one."""
    customer = parties.locked(license.customer, by=by)
    devices = list(Seat.objects.filter(license=license).select_related("device").order_by("device"))
    seats.move(license, [one.device for one in devices], to=to, by=by)
    license, to = seats.locked(license, to)
    if license.used:  # someone took a seat in this very moment
        raise RuleBroken(f"{license} got a device in this moment. Replace it again.", status=409)
    license.replaced_by = to
    license.save(update_fields=["replaced_by"])
    parties.record("license.replaced", license, customer=customer, by=by, to=to.name, devices=len(devices))
    return to


@transaction.atomic
def delete(license: License, *, by: User) -> None:
    """Delete an empty license. Its key and its trial stay used up: the row remains, unseen."""
    license = _locked(license, by=by)
    _check(obstacles.of_deleting(license, by.zone))
    license.deleted_at = timezone.now()
    license.save(update_fields=["deleted_at"])
    parties.record("license.deleted", license, customer=license.customer, by=by)


def _locked(license: License, *, by: User) -> License:
    parties.locked(license.customer, by=by)
    (license,) = seats.locked(license)
    return license


def _check(obstacle: str, *, field: str | None = None) -> None:
    if obstacle:
        raise RuleBroken(obstacle, field=field)


def _claim(license: License, typed: str, *, by: User) -> Key:
    key = keys.claim(license.customer, typed, use=Key.Use.ADDITION, by=by)
    if key.product_id != license.product_id:
        raise RuleBroken(f"This key is for {key.product}. {license} is {license.product}.", field="key")
    return key


def _add(license: License, key: Key, kind: Addition.Kind, *, by: User) -> None:
    bought = {"months": key.months} if kind == Addition.Kind.TIME else {"seats": key.seats}
    Addition.objects.create(
        customer=license.customer, license=license, product=license.product, key=key, kind=kind, by=by, **bought
    )
