"""Acts on picked devices of one customer: add tags, remove tags, delete. One statement each, one line of history; for
more than a request waits for, a worker does the same in blocks (devices/bulk_acts.py).

They go one after the other for each customer (its row is locked), so two people at once cannot wait for each other's
devices; the second changes what is left, and reads how many that were.
"""

from typing import Any

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, transaction
from django.db.models import CharField, Func, QuerySet, Value
from django.utils import timezone

from accounts.models import User
from audit import events
from devices import approvals
from devices.inventory import Chosen, Picked
from devices.models import Device
from rules import settings as rule
from rules.errors import NothingHere, RuleBroken
from tenants import teams
from tenants.models import Customer
from tenants.numbers import counted

GONE = "These devices are not there any more. Nothing changed."
_TAGS = ArrayField(CharField(max_length=40))


@transaction.atomic
def tag(picked: Picked, tags: list[str], *, by: User) -> int:
    """Add tags to devices. Returns how many did not have them all before. Nothing, if one would get too many."""
    devices, about = locked(picked)
    count = add_tags(devices, tags)
    record("device.tagged", picked.customer, about, count, by=by, tags=", ".join(tags))
    return count


def add_tags(devices: QuerySet[Device], tags: list[str]) -> int:
    """The change alone."""
    check_room(devices, tags)
    return devices.exclude(tags__contains=tags).update(tags=_joined(tags), modified_at=timezone.now())


def check_room(devices: QuerySet[Device], tags: list[str]) -> None:
    """Raises RuleBroken if a device would get too many tags."""
    most = rule.number("device_tags")
    nearly_full = devices.filter(tags__len__gt=most - len(tags))  # of a million, the few that are worth joining
    if full := nearly_full.annotate(joined=_joined(tags)).filter(joined__len__gt=most).count():
        raise RuleBroken(f"A device can have {most} tags; {counted(full, 'device')} would have more.", field="tags")


@transaction.atomic
def untag(picked: Picked, tags: list[str], *, by: User) -> int:
    """Take tags away from devices. Returns how many had one of them."""
    devices, about = locked(picked)
    count = remove_tags(devices, tags)
    record("device.untagged", picked.customer, about, count, by=by, tags=", ".join(tags))
    return count


def remove_tags(devices: QuerySet[Device], tags: list[str]) -> int:
    """The change alone."""
    left = _tags(tags, "ARRAY(SELECT one FROM unnest(%(expressions)s))", ") one WHERE one <> ALL (")
    return devices.filter(tags__overlap=tags).update(tags=left, modified_at=timezone.now())


@transaction.atomic
def delete(picked: Picked, *, at_most: int, by: User) -> int:
    """Delete devices: their numbers can be uploaded again, by anybody. Returns how many there still were.

    `at_most` is the number that the person confirmed. Where more match by now, nothing happens.
    """
    devices, about = locked(picked)
    now = devices.count()
    if now > at_most:
        raise RuleBroken(
            f"{counted(now, 'device')} match now, and you confirmed {at_most:,}. Nothing changed.", status=409
        )
    try:
        with transaction.atomic():
            count, _ = devices.delete()
    except IntegrityError as error:
        raise RuleBroken(kept(error), status=409) from None
    record("device.deleted", picked.customer, about, count, by=by)
    return count


def kept(error: IntegrityError) -> str:
    """The sentence of a trigger that keeps a device (services/migrations/0004). Other errors are raised again."""
    diagnostic = error.__cause__.diag if isinstance(error.__cause__, psycopg.Error) else None
    if diagnostic is None or diagnostic.constraint_name != "device_is_kept":
        raise error
    return diagnostic.message_primary or ""


def locked(picked: Chosen) -> tuple[QuerySet[Device], Device | Customer]:
    """The devices, and what history says the act is about: the customer, or the one device. All of them are locked, by
    id, as clocks lock them: a statement that changes many takes them as they lie."""
    customer = Customer.objects.select_for_update(no_key=True).filter(pk=picked.customer.pk).first()
    if customer is None:  # management ended while the page was open
        raise NothingHere
    devices = picked.devices()
    rows = devices.select_for_update(of=("self",), no_key=True).order_by("pk")
    held = list(rows.values_list("pk", flat=True))
    if not held:
        raise RuleBroken(GONE, status=409)
    return devices, devices.get(pk=held[0]) if len(held) == 1 else customer


def _joined(tags: list[str]) -> Func:
    """The tags of a device with those typed, each once, in order."""
    return _tags(tags, "ARRAY(SELECT DISTINCT unnest(%(expressions)s) ORDER BY 1)", " || ")


def _tags(tags: list[str], template: str, joiner: str) -> Func:
    """The tags of a device, and those typed, in an expression of SQL that makes an array of them."""
    typed = Value(tags, output_field=_TAGS)
    return Func("tags", typed, template=template, arg_joiner=joiner, output_field=_TAGS)


def record(verb: str, customer: Customer, about: Device | Customer, count: int, *, by: User, **detail: Any) -> None:
    if not count:
        return
    events.record(
        verb,
        about,
        by=by,
        side=approvals.side_of(by, customer),
        msp_id=teams.msp_of(customer),
        customer_id=customer.pk,
        devices=str(about) if isinstance(about, Device) else counted(count, "device"),
        **detail,
    )
