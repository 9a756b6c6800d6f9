"""The resellers of one customer, for its MSP and for its own people (knox.md 4.4): register, auto-approve, remove."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from devices import resellers
from devices.models import ResellerCustomer
from devices.pages.reseller_forms import ResellerIdForm
from devices.resellers import Found
from rules.errors import RuleBroken
from tenants import access
from tenants.door import MissingRight, TenantRequest, for_customer, for_member
from tenants.models import Customer, Msp

State = ResellerCustomer.State
ACTS = {
    "auto-approve": "The portal now approves uploads of {reseller} by itself.",
    "by-hand": "Uploads of {reseller} wait for your approval from now on.",
    "remove": "You removed {reseller}. It can no longer upload for {customer}.",
}


@dataclass(frozen=True)
class Place:
    """In which portal the pages are, and for whom the person acts there."""

    customer: Customer
    msp: Msp | None
    may_change: bool
    may_approve: bool

    def url(self, *reseller: object) -> str:
        name = ("customer-reseller" if self.msp else "admin-portal-reseller") + ("" if reseller else "s")
        return reverse(name, args=[*([self.customer.kcs_id] if self.msp else []), *reseller])

    @property
    def context(self) -> dict[str, Any]:
        frame = "portals/msp.html" if self.msp else "portals/admin_portal.html"
        whose = {"customer": self.customer} if self.msp else {"organization": self.customer}
        return {"frame": frame, "owner": self.customer, "may_change": self.may_change, "list_url": self.url(), **whose}


@require_http_methods(["GET", "POST"])
@for_customer
def customer_resellers(request: TenantRequest, customer: Customer) -> HttpResponse:
    return _list(request, _in_msp_portal(request, customer))


@require_POST
@for_customer
def customer_reseller(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    return _act(request, _in_msp_portal(request, customer), pk)


@require_http_methods(["GET", "POST"])
@for_member("customer")
def own_resellers(request: PortalRequest, organization: Customer) -> HttpResponse:
    place = _own(request, organization)
    return _list(request, place)


@require_POST
@for_member("customer")
def own_reseller(request: PortalRequest, organization: Customer, pk: int) -> HttpResponse:
    return _act(request, _own(request, organization), pk)


def _in_msp_portal(request: TenantRequest, customer: Customer) -> Place:
    held = request.customer_rights
    return Place(customer, request.msp, access.MANAGE in held, access.APPROVE in held)


def _own(request: PortalRequest, organization: Customer) -> Place:
    held = access.rights(request.user, organization)
    may_change = access.MANAGE in held
    if request.method == "POST" and not may_change:
        raise MissingRight(access.MANAGE, organization)
    return Place(organization, None, may_change, access.APPROVE in held)


def _list(request: PortalRequest, place: Place) -> HttpResponse:
    """The list, and beside it the look-up of a Reseller ID; what was found is registered by a second button."""
    if request.method == "POST":
        rate_limits.consume(request, "look_up")
    form = ResellerIdForm(data_of(request))
    found, status = None, (422 if form.is_bound else 200)
    if form.is_valid():
        try:
            found = _registered_or_found(request, place, form.cleaned_data["reseller_id"])
        except RuleBroken as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
            status = no.status
        else:
            status = 200
    if isinstance(found, ResellerCustomer):
        messages.success(request, f"{found.reseller_name} is a reseller of {place.customer} now.")
        return redirect(place.url())
    return render(request, "devices/resellers.html", _context(request, place, form, found), status=status)


def _registered_or_found(request: PortalRequest, place: Place, typed: str) -> ResellerCustomer | Found:
    if request.POST.get("act") == "register":
        return resellers.register(place.customer, typed, msp=place.msp, by=request.user)
    return resellers.look_up(typed, customer=place.customer, msp=place.msp, by=request.user)


def _context(request: PortalRequest, place: Place, form: ResellerIdForm, found: Found | None) -> dict[str, Any]:
    rows = list(ResellerCustomer.objects.filter(customer=place.customer).order_by("reseller_name", "pk"))
    states = {one: index for index, one in enumerate((State.PENDING, State.ACTIVE, State.INACTIVE))}
    rows.sort(key=lambda one: states[State(one.state)])
    approves = next((one for one in rows if str(one.pk) == request.GET.get("approves") and one.auto_approve), None)
    return place.context | {
        "form": form,
        "found": found,
        "rows": [(one, place.url(one.pk)) for one in rows],
        "approves": approves,
        "undo_url": place.url(approves.pk) if approves else "",
    }


def _needs_the_right(place: Place, act: str) -> None:
    """Letting uploads in without a click is approving them."""
    if act == "auto-approve" and not place.may_approve:
        raise MissingRight(access.APPROVE, place.msp or place.customer)


def _act(request: PortalRequest, place: Place, pk: int) -> HttpResponse:
    relation = get_object_or_404(ResellerCustomer, customer=place.customer, pk=pk)
    act = request.POST.get("act", "")
    _needs_the_right(place, act)
    try:
        if act == "remove":
            resellers.remove(relation, msp=place.msp, by=request.user)
        elif act in ACTS:
            resellers.approve_by_itself(relation, to=act == "auto-approve", msp=place.msp, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect(place.url())
    if act == "auto-approve":  # the page says it, with the button that undoes it
        return redirect(f"{place.url()}?approves={relation.pk}")
    if act in ACTS:
        messages.success(request, ACTS[act].format(reseller=relation.reseller_name, customer=place.customer))
    return redirect(place.url())
