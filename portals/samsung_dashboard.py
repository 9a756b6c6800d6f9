"""The first page of the Samsung Admin Portal: what waits for Samsung, by region, and since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, F, Func, Min
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from onboarding.models import Application, Program
from portals import charts
from tenants.door import for_samsung
from tenants.regions import Region

_OLDEST_SHOWN = 10


@dataclass(frozen=True)
class Waiting:
    """What waits in one region."""

    region: Region
    by_program: dict[str, int]
    oldest: datetime | None

    @property
    def total(self) -> int:
        return sum(self.by_program.values())

    @property
    def url(self) -> str:
        return f"{reverse('samsung-applications')}?region={self.region.value}"


@require_GET
@for_samsung
def samsung_dashboard(request: PortalRequest) -> HttpResponse:
    submitted = Application.objects.filter(state=Application.State.SUBMITTED)
    regions = _by_region()
    most = max(one.total for one in regions)
    context: dict[str, Any] = {
        "as_of": timezone.now(),
        "oldest": submitted.order_by("submitted_at", "pk")[:_OLDEST_SHOWN],
        "programs": Program.choices,
        "regions": [
            {
                "at": one,
                "counts": [one.by_program.get(program, 0) for program in Program.values],
                "boxes": charts.parts([("a", one.total)], most=most),
            }
            for one in regions
        ],
    }
    return render(request, "portals/samsung_dashboard.html", context)


def _by_region() -> list[Waiting]:
    """Every region, also one in which nothing waits. A company of several regions counts in each."""
    each = Func(F("regions"), function="unnest", output_field=CharField())
    rows = (
        Application.objects.filter(state=Application.State.SUBMITTED)
        .order_by()
        .values(region=each, of=F("program"))
        .annotate(count=Count("pk"), first=Min("submitted_at"))
    )
    found: dict[str, list[Any]] = {region: [] for region in Region.values}
    for row in rows:
        found[row["region"]].append(row)
    return [
        Waiting(
            Region(region),
            {row["of"]: row["count"] for row in of_region},
            min((row["first"] for row in of_region), default=None),
        )
        for region, of_region in found.items()
    ]
