"""The first page of the Samsung Admin Portal: what waits for Samsung, by region, and since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Count, F, Func, Min
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from onboarding.models import Application, Program
from portals import charts
from support.models import Ticket
from tenants.door import for_samsung
from tenants.regions import Region

_OLDEST_SHOWN = 10
_NONE = (0, None)


@dataclass(frozen=True)
class Waiting:
    """What waits in one region."""

    region: Region
    by_program: dict[str, int]
    tickets: int
    oldest: datetime | None

    @property
    def total(self) -> int:
        return sum(self.by_program.values()) + self.tickets

    @property
    def url(self) -> str:
        return f"{reverse('samsung-applications')}?region={self.region.value}"

    @property
    def tickets_url(self) -> str:
        return f"{reverse('samsung-tickets')}?region={self.region.value}"


@require_GET
@for_samsung
def samsung_dashboard(request: PortalRequest) -> HttpResponse:
    submitted = Application.objects.filter(state=Application.State.SUBMITTED)
    unanswered = Ticket.objects.filter(state=Ticket.State.OPEN)
    tickets = _tickets()
    regions = _by_region(tickets)
    most = max(one.total for one in regions)
    context: dict[str, Any] = {
        "as_of": timezone.now(),
        "oldest": submitted.order_by("submitted_at", "pk")[:_OLDEST_SHOWN],
        "tickets": unanswered.order_by("opened_at", "pk")[:_OLDEST_SHOWN],
        "tickets_waiting": unanswered.count(),  # not the sum over regions: a company of several counts in each
        "tickets_elsewhere": tickets.get("", _NONE)[0],
        "programs": Program.choices,
        "tones": [("a", "Applications"), ("warn", "Tickets")],
        "regions": [
            {
                "at": one,
                "counts": [*(one.by_program.get(program, 0) for program in Program.values), one.tickets],
                "boxes": charts.parts([("a", one.total - one.tickets), ("warn", one.tickets)], most=most),
            }
            for one in regions
        ],
    }
    return render(request, "portals/samsung_dashboard.html", context)


def _tickets() -> dict[str, tuple[int, datetime | None]]:
    """Tickets that nobody answered, by the regions of the organization that opened them: how many, since when.

    Those of customers and of people without an organization have none: the empty region.
    """
    of_msp = Func(F("msp__region"), template="ARRAY[%(expressions)s]", output_field=ArrayField(CharField()))
    regions = Func(
        Coalesce("reseller__regions", "license_reseller__regions", of_msp), function="unnest", output_field=CharField()
    )
    rows = Ticket.objects.filter(state=Ticket.State.OPEN).order_by().values(region=regions)
    found = rows.annotate(count=Count("*"), first=Min("opened_at")).values_list("region", "count", "first")
    return {region or "": (count, first) for region, count, first in found}


def _by_region(tickets: dict[str, tuple[int, datetime | None]]) -> list[Waiting]:
    """Every region, also one in which nothing waits. A company of several regions counts in each."""
    each = Func(F("regions"), function="unnest", output_field=CharField())
    rows = (
        Application.objects.filter(state=Application.State.SUBMITTED)
        .order_by()
        .values(region=each, of=F("program"))
        .annotate(count=Count("*"), first=Min("submitted_at"))
    )
    found: dict[str, list[Any]] = {region: [] for region in Region.values}
    for row in rows:
        found[row["region"]].append(row)
    return [
        Waiting(
            Region(region),
            {row["of"]: row["count"] for row in of_region},
            tickets.get(region, _NONE)[0],
            min(filter(None, [*(row["first"] for row in of_region), tickets.get(region, _NONE)[1]]), default=None),
        )
        for region, of_region in found.items()
    ]
