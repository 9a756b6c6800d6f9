"""The resellers of one customer, for its MSP and for its own people (knox.md 4.4): register, preferences, remove."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from devices import resellers
from devices.models import ResellerCustomer
from devices.pages.reseller_forms import ResellerIdForm
from devices.resellers import Found
from rules.errors import RuleBroken
from services import preferences
from services.pages.reseller_forms import PreferencesForm
from tenants import access, two_portals
from tenants.pages import answers
from tenants.two_portals import Place

State = ResellerCustomer.State
ACTS = {
    "auto-approve": "The portal now approves uploads of {reseller} by itself.",
    "by-hand": "Uploads of {reseller} wait for your approval from now on.",
    "remove": "You removed {reseller}. It can no longer upload for {customer}.",
}


@two_portals.in_both("GET", "POST")
def _list(request: PortalRequest, place: Place) -> HttpResponse:
    """The list, and beside it the look-up of a Reseller ID; what was found is registered by a second button."""
    if request.method == "POST":
        place.needs(access.MANAGE)
        rate_limits.consume(request, "look_up")
    form = ResellerIdForm(data_of(request))
    found, status = None, answers.status(form)
    if form.is_valid():
        try:
            found = _registered_or_found(request, place, form.cleaned_data["reseller_id"])
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            status = 200
    if isinstance(found, ResellerCustomer):
        messages.success(request, f"{found.reseller_name} is a reseller of {place.customer} now.")
        return redirect(_url(place))
    return render(request, "services/resellers.html", _context(request, place, form, found), status=status)


def _registered_or_found(request: PortalRequest, place: Place, typed: str) -> ResellerCustomer | Found:
    if request.POST.get("act") == "register":
        return resellers.register(place.customer, typed, msp=place.msp, by=request.user)
    return resellers.look_up(typed, customer=place.customer, msp=place.msp, by=request.user)


def _context(request: PortalRequest, place: Place, form: ResellerIdForm, found: Found | None) -> dict[str, Any]:
    rows = list(ResellerCustomer.objects.filter(customer=place.customer).order_by("reseller_name", "pk"))
    states = {one: index for index, one in enumerate((State.PENDING, State.ACTIVE, State.INACTIVE))}
    rows.sort(key=lambda one: states[State(one.state)])
    defaults = preferences.defaults(place.customer)
    approves = next((one for one in rows if str(one.pk) == request.GET.get("approves") and one.auto_approve), None)
    return place.context() | {
        "owner": place.customer,
        "may_change": place.may_change,
        "may_approve": access.APPROVE in place.rights,
        "list_url": _url(place),
        "form": form,
        "found": found,
        "rows": [(one, _url(place, one.pk), defaults.get(one.reseller_id)) for one in rows],
        "approves": approves,
        "undo_url": _url(place, approves.pk) if approves else "",
    }


def _url(place: Place, *reseller: object) -> str:
    plural = "" if reseller else "s"
    return place.url(f"customer-reseller{plural}", f"admin-portal-reseller{plural}", *reseller)


def _needs_the_right(place: Place, act: str) -> None:
    """Letting uploads in without a click is approving them."""
    place.needs(access.MANAGE)
    if act == "auto-approve":
        place.needs(access.APPROVE)


@two_portals.in_both("POST")
def _act(request: PortalRequest, place: Place, pk: int) -> HttpResponse:
    act = request.POST.get("act", "")
    _needs_the_right(place, act)
    relation = get_object_or_404(ResellerCustomer, customer=place.customer, pk=pk)
    try:
        if act == "remove":
            preferences.remove(relation, msp=place.msp, by=request.user)
        elif act in ACTS:
            resellers.approve_by_itself(relation, to=act == "auto-approve", msp=place.msp, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect(_url(place))
    if act == "auto-approve":  # the page says it, with the button that undoes it
        return redirect(f"{_url(place)}?approves={relation.pk}")
    if act in ACTS:
        messages.success(request, ACTS[act].format(reseller=relation.reseller_name, customer=place.customer))
    return redirect(_url(place))


@two_portals.in_both("GET", "POST")
def _preferences(request: PortalRequest, place: Place, pk: int) -> HttpResponse:
    """What new devices of one reseller get; who may let uploads in without a click decides that too."""
    _needs_the_right(place, "auto-approve")
    relation = get_object_or_404(ResellerCustomer, customer=place.customer, pk=pk)
    default = preferences.defaults(place.customer).get(relation.reseller_id)
    form = PreferencesForm(data_of(request), customer=place.customer, default=default)
    status = answers.status(form)
    if form.is_valid():
        try:
            preferences.set_default(relation, form.chosen, msp=place.msp, by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"You changed the preferences of {relation.reseller_name}.")
            return redirect(_url(place))
    context = place.context() | {"owner": place.customer, "row": relation, "form": form, "list_url": _url(place)}
    return render(request, "services/reseller_preferences.html", context, status=status)


customer_resellers, own_resellers = _list
customer_reseller, own_reseller = _act
customer_reseller_preferences, own_reseller_preferences = _preferences
