"""What somebody may do, and why: one's own rights, the places to switch to, and "Why can I see this?"."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from tenants import access, administrators, door, lists, one_portal, rights
from tenants.door import TenantRequest, for_customer
from tenants.models import ORGANIZATIONS, Customer, Membership

_BY_NAME = lists.Order("name_key")


@require_GET
def my_rights(request: PortalRequest) -> HttpResponse:
    """Each place of this person, with what its role allows there."""
    places = door.places(request.user)
    own = [
        {"place": place, "name": _name(place), "reach": administrators.reach(place) if place.msp_id else "",
         "rights": [one for key, one in rights.ALL.items() if key in place.role.rights]}
        for place in places
    ]  # fmt: skip
    context = {"places": own, "blocked_at": administrators.stopped(request.user)}
    return render(request, "tenants/my_rights.html", context)


@require_GET
def switcher(request: PortalRequest) -> HttpResponse:
    """The organizations in which this person works, each with a button that launches its portal."""
    kind, chosen = request.session.get(door.PORTAL, (None, None))
    rows = []
    for place in door.places(request.user):
        column = _column(place)
        if place.customer_id and place.customer is None:  # No access: its row is hidden, and there is nothing to open
            continue
        here = column == kind and getattr(place, f"{column}_id") == chosen
        rows.append({"place": place, "column": column, "portal": one_portal.TITLES[column], "here": here})
    template = "tenants/switcher.html#rows" if request.htmx else "tenants/switcher.html"
    return render(request, template, {"rows": rows})


@require_GET
@for_customer
def why(request: TenantRequest, customer: Customer) -> HttpResponse:
    """The grants through which this person sees the customer, and who else at the MSP does (peers.md A3.7)."""
    place = administrators.place_of(request.user, request.msp)
    found = access.paths(request.user, customer)
    context = {
        "customer": customer,
        "mine": place,
        "rows": [
            {"right": rights.ALL[one.right], "path": one}
            for one in sorted(found, key=lambda one: list(rights.ALL).index(one.right))
            if one.right in rights.ALL
        ],
        "since": request.management.since,
        "page": _colleagues(request, customer),
        "may_manage": "manage_people" in request.msp_rights,
    }
    return render(request, "tenants/why.html", context)


def _colleagues(request: TenantRequest, customer: Customer) -> lists.Page[Membership]:
    rows = access.who_may(access.VIEW, customer, of=request.msp).select_related("role", "user")
    return lists.page(rows, _BY_NAME, request.GET)


def _column(place: Membership) -> str:
    return next(column for column in ORGANIZATIONS if getattr(place, f"{column}_id"))


def _name(place: Membership) -> Any:
    """A customer with No access keeps its row from its own people."""
    return "Your company" if place.customer_id and place.customer is None else place.organization.name
