"""Seats that devices need in a service: an action takes them or gives them back (knox.md 5.3)."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, StrIndex

from accounts.models import User
from devices.models import Device
from licensing import seats
from licensing.models import License, Seat, opening
from rules.errors import RuleBroken
from services.console import Action, Acts, Console
from services.models import Enrollment
from tenants.models import Customer


def of(console: Console) -> QuerySet[Seat]:
    """Seats of the licenses that open the service."""
    return Seat.objects.filter(opening(console.service))


def runs(now: datetime) -> Q:
    """Seats whose time has not ended: the license's, or the device's own (Staggered)."""
    return Q(license__product__per_device_end=False, license__ends_at__gt=now) | Q(
        license__product__per_device_end=True, ends_at__gt=now
    )


def seated(customer: Customer, console: Console) -> QuerySet[Any]:
    """Keys of the customer's devices that have a seat which opens the service."""
    return of(console).filter(customer=customer).values("device")


def change(acts: Acts, console: Console, action: Action, *, license: License | None, by: User | None) -> None:
    """Take the seats that the devices need for the action and do not have, or give back what it frees."""
    if console.takes_seat(action, acts.thing.settings if acts.thing else None):
        own = Device.objects.filter(customer=acts.customer, pk__in=acts.devices)
        fresh = own.exclude(pk__in=seated(acts.customer, console))
        if fresh.exists():
            chosen = chosen_license(acts.customer, console, license)
            assert by  # noqa: S101  (a person chose the license)
            seats.take(chosen, fresh, by=by)
    elif action.seat:  # also where the new thing needs none
        _free(acts, console, by=by)


def chosen_license(customer: Customer, console: Console, license: License | None) -> License:
    """The license that a person chose. Raises RuleBroken where it is none for these devices."""
    if license is None:
        raise RuleBroken(
            f"Each device needs a seat in {console.name}. Choose a license, or enter a license key first.",
            field="license",
        )
    if license.customer_id != customer.pk:
        raise RuleBroken("Choose a license of this customer.", field="license")
    if console.service not in license.services.split():
        raise RuleBroken(f"{license} is not for {console.name}. Choose another.", field="license")
    return license


def freed(console: Console) -> QuerySet[Seat]:
    """Seats of this service that its devices may give back: a suite's seat stays while the device is in another
    service that it opens."""
    spaced = Concat(Value(" "), OuterRef("services"), Value(" "))
    others = Enrollment.objects.filter(customer=OuterRef("customer"), device=OuterRef("device"))
    others = others.exclude(service=console.service)
    opened = others.alias(at=StrIndex(spaced, Concat(Value(" "), F("service"), Value(" ")))).filter(at__gt=0)
    return of(console).filter(~Exists(opened))


def _free(acts: Acts, console: Console, *, by: User | None) -> None:
    held = freed(console).filter(customer=acts.customer, device__in=acts.devices)
    for license in License.objects.filter(pk__in=held.values("license")).order_by("pk"):
        ids = list(held.filter(license=license).values_list("device", flat=True))
        seats.release(license, Device.objects.filter(pk__in=ids), by=by)
