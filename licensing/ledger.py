"""The ledger of seats: does it add up, and at this pace, when is a license full?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from licensing import parties
from licensing.models import LedgerDifference, License, Seat, SeatEntry
from rules import settings as rule


@dataclass(frozen=True)
class Difference:
    """A license whose three counts are not one: the column, the seats that are there, the sum of the ledger."""

    license: License
    used: int
    seats: int
    entries: int

    @property
    def counts(self) -> dict[str, int]:
        return {"used": self.used, "seats": self.seats, "entries": self.entries}


def differences() -> list[Difference]:
    """Every license that does not add up. Runs as the operator; anything in it is a fault of the portal."""
    same = Q(used=F("there")) & Q(used=F("summed"))
    wrong = _counted().exclude(same).select_related("customer", "product").order_by("pk")
    return [Difference(one, one.used, one.there, one.summed) for one in wrong]


@transaction.atomic
def check() -> list[LedgerDifference]:
    """Note each difference once, until a check finds it gone. Returns those that are new. Runs as the operator."""
    found = differences()
    lasting = LedgerDifference.objects.filter(ended_at=None)
    lasting.exclude(license__in=[one.license.pk for one in found]).update(ended_at=timezone.now())
    noted = [(one, *_note(one)) for one in found]
    for one, _, is_new in noted:
        if is_new:
            parties.record("license.differs", one.license, customer=one.license.customer, by=None, **one.counts)
    return [row for _, row, is_new in noted if is_new]


def _counted() -> QuerySet[License, Any]:
    """Each license with what its `used` must equal. In one statement, so that all counts are of one moment.

    The one place where a further count joins (with its column in Difference and LedgerDifference).
    """
    seats = Seat.objects.filter(license=OuterRef("pk")).order_by().values("license").annotate(n=Count("*"))
    entries = SeatEntry.objects.filter(license=OuterRef("pk")).order_by().values("license").annotate(n=Sum("change"))
    return License.objects.annotate(
        there=Coalesce(Subquery(seats.values("n"), output_field=IntegerField()), Value(0)),
        summed=Coalesce(Subquery(entries.values("n"), output_field=IntegerField()), Value(0)),
    )


def _note(one: Difference) -> tuple[LedgerDifference, bool]:
    which: dict[str, Any] = {"customer": one.license.customer, "license": one.license, "ended_at": None}
    return LedgerDifference.objects.update_or_create(**which, defaults=one.counts)


def full_on(
    licenses: Iterable[License], *, days: int | None = None, now: datetime | None = None
) -> dict[int, datetime]:
    """At the pace of the last `days` (as the setting forecast_days says), when each license is full. One query.

    Left out: those whose use does not grow, and those that end before they are full.
    """
    now = now or timezone.now()
    since = now - timedelta(days=days or rule.number("forecast_days"))
    rows = [one for one in licenses if one.state_at(now) == License.State.ACTIVE]
    recent = SeatEntry.objects.filter(license__in=[one.pk for one in rows], at__gt=since, at__lte=now)
    taken = {key: net for key, net in recent.values_list("license").annotate(net=Sum("change")) if net > 0}
    forecast = {one.pk: _full_on(one, taken[one.pk], max(since, one.starts_at), now) for one in rows if one.pk in taken}
    return {one.pk: at for one in rows if (at := forecast.get(one.pk)) and at < one.ends_at}


def _full_on(license: License, taken: int, since: datetime, now: datetime) -> datetime:
    """`taken` seats since then: at least a week, as a license's first days, when all get a seat, are not its pace."""
    pace = max(now - since, timedelta(weeks=1)) / taken
    end: datetime = license.ends_at
    return min(now + pace * license.left, end)
