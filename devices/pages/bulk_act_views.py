"""The page of an act on very many devices: how far it is, and at its end who could not have it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.http import PortalRequest
from devices.models import BulkAct
from devices.pages import places
from tenants import two_portals

ELSEWHERE = "It could not go on. The other side, which asked for it, reads why."
"""In place of why it stopped, which may name a person (words.md 3, P)."""


@two_portals.in_both("GET")
def _page(request: PortalRequest, portal: two_portals.Place, pk: int) -> HttpResponse:
    """The whole page; for htmx, which asks each second, the part that moves."""
    act = get_object_or_404(BulkAct, customer=portal.customer, pk=pk)
    place = places.of(portal)
    page, *args = act.back
    context: dict[str, Any] = place.context() | {
        "act": act,
        "refusal": act.refusal if not act.refusal or portal.is_own(act.by_id) else ELSEWHERE,
        "back_url": place.url(page, *args),
        "left_out": sorted(act.left_out.values(), key=lambda one: -one["count"]),
        "left": max(act.total - act.seen, 0),
    }
    return render(request, f"devices/bulk_act.html{'#progress' if request.htmx else ''}", context)


customer_bulk_act, own_bulk_act = _page
