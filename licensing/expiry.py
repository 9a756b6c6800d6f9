"""What the clock does to licenses: letters before and at the end, seats taken back after it (knox.md 5.4).

Everything runs as the operator, each license in a transaction of its own. It may be asked as often as one likes and
killed at any time: a letter and the note that it was written are one commit, and seats are taken back once.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.acting import as_operator
from licensing import emails, ledger, parties, seats
from licensing.models import License, LicenseQuerySet, Notice, Seat
from rules import settings as rule
from tenants.due import each

Kind = Notice.Kind


def release_due() -> int:
    """Take back the seats of licenses that are over, with the grace of their product. Returns how many licenses."""
    return _each(_over(), _release)


def notify_due() -> int:
    """Write the letters that are due: an end comes near or has come, seats run out. Returns how many."""
    now, first = timezone.now(), max(notice_days())
    ends = Q(ends_at__lte=now + timedelta(days=first), ends_at__gt=now - timedelta(days=first))
    return _each(_alive().filter(ends), _tell_the_end) + _each(_running_out(), _tell_seats)


def notice_days() -> list[int]:
    """The days before an end on which a letter goes out, the earliest letter first."""
    return sorted((rule.number(f"notice_days_{name}") for name in ("first", "second", "third", "last")), reverse=True)


def _each(due: QuerySet[License], act: Callable[[License], bool]) -> int:
    with as_operator():
        keys = list(due.order_by("pk").values_list("pk", flat=True))
    return each(keys, partial(_one, due, act))


@transaction.atomic
def _one(due: QuerySet[License], act: Callable[[License], bool], pk: int) -> bool:
    """Lock one, see whether it is still due, act. Devices before their license, as everywhere."""
    with as_operator():
        if act is _release:
            seats.lock_devices(pk)
        rows = License.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk)
        if not rows.exists() or not due.filter(pk=pk).exists():
            return False
        return act(License.objects.select_related("customer", "product", "key__product").get(pk=pk))


def _alive() -> LicenseQuerySet:
    return License.objects.kept().filter(replaced_by=None)


def _over() -> QuerySet[License]:
    """Licenses with a seat whose time is over: the license's and its grace, or the device's own (Staggered)."""
    now = timezone.now()
    grace = now - timedelta(days=rule.number("grace_days"))
    whole = Q(product__per_device_end=False) & (
        Q(product__has_grace=False, ends_at__lte=now) | Q(product__has_grace=True, ends_at__lte=grace)
    )
    single = Q(product__per_device_end=True) & Exists(Seat.objects.filter(license=OuterRef("pk"), ends_at__lte=grace))
    return License.objects.filter(whole | single, used__gt=0)


def _release(license: License) -> bool:
    rows = Seat.objects.filter(license=license)
    if license.product.per_device_end:
        rows = rows.filter(ends_at__lte=timezone.now() - timedelta(days=rule.number("grace_days")))
    with seats.because("ended"):
        freed, _ = rows.delete()
    license.released_at = timezone.now()
    license.save(update_fields=["released_at"])
    parties.record("license.released", license, customer=license.customer, by=None, devices=freed)
    return True


def _tell_the_end(license: License) -> bool:
    now = timezone.now()
    if license.ends_at <= now:
        if license.ends_at < license.dated_at or not _first(license, Kind.ENDED, ends_at=license.ends_at):
            return False
        emails.ended(license)
        return True
    days = min((one for one in notice_days() if license.ends_at - timedelta(days=one) <= now), default=None)
    # A letter for an instant before the end was known would come right after the person entered the key.
    if days is None or license.ends_at - timedelta(days=days) <= license.dated_at:
        return False
    if not _first(license, Kind.ENDS, days=days, ends_at=license.ends_at):
        return False
    emails.ends_soon(license, days=license.days_left(now))
    return True


def _running_out() -> QuerySet[License]:
    """Bought licenses that run and have few seats left. A trial is small on purpose."""
    low = Q(used__gt=0) & Q(used__gte=F("seats") - F("seats") * rule.number("seats_low_percent") / 100)
    return _alive().in_state(License.State.ACTIVE).filter(low, is_trial=False)


def _tell_seats(license: License) -> bool:
    if not _first(license, Kind.LOW if license.left else Kind.FULL, seats=license.seats):
        return False
    full_on = ledger.full_on([license]).get(license.pk)
    emails.seats_low(license, full_on=full_on)
    return True


def _first(license: License, kind: Notice.Kind, **about: object) -> bool:
    """Whether this letter was not written yet; from now on it was. The license is locked, so nobody else does."""
    if Notice.objects.filter(customer=license.customer, license=license, kind=kind, **about).exists():
        return False
    Notice.objects.create(customer=license.customer, license=license, kind=kind, **about)
    return True
