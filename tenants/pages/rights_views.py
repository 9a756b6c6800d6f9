"""What somebody may do, and why: one's own rights, the portals to switch to, and "Why can I see this?"."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from tenants import access, administrators, door, lists, one_portal, rights
from tenants.door import TenantRequest, for_customer
from tenants.models import Customer, Membership
from tenants.pages import answers

_BY_NAME = lists.Order("name_key")


@require_GET
def my_rights(request: PortalRequest) -> HttpResponse:
    """Each membership of this person, with what its role allows there."""
    own = [
        {
            "membership": one,
            "name": _name(one),
            "reach": administrators.reach(one) if one.msp_id else "",
            "rights": [right for key, right in rights.ALL.items() if key in one.role.rights],
        }
        for one in door.memberships_of(request.user)
    ]
    context = {"memberships": own, "blocked_at": administrators.stopped(request.user)}
    return render(request, "tenants/my_rights.html", context)


@require_GET
def switcher(request: PortalRequest) -> HttpResponse:
    """The organizations in which this person works, each with a button that launches its portal."""
    kind, chosen = request.session.get(door.PORTAL, (None, None))
    rows = []
    for membership in door.memberships_of(request.user):
        column = membership.kind
        if membership.is_closed:
            continue
        here = column == kind and getattr(membership, f"{column}_id") == chosen
        rows.append({"membership": membership, "column": column, "portal": one_portal.TITLES[column], "here": here})
    return answers.listed(request, "tenants/switcher.html", {"rows": rows})


@require_GET
@for_customer
def why(request: TenantRequest, customer: Customer) -> HttpResponse:
    """The grants through which this person sees the customer, and who else at the MSP does (peers.md A3.7)."""
    membership = administrators.membership_of(request.user, request.msp)
    found = access.paths(request.user, customer)
    context = {
        "customer": customer,
        "mine": membership,
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


def _name(membership: Membership) -> Any:
    """A customer with No access keeps its row from its own people."""
    return "Your company" if membership.is_closed else membership.organization.name
