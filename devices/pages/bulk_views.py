"""Pages that act on many devices: what the act does, to how many, and the one field that it needs."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest, data_of
from devices import bulk, inventory
from devices.inventory import Picked
from devices.pages.inventory_forms import DeleteForm, TagsForm
from devices.pages.places import Place, in_admin_portal, in_msp_portal
from rules.errors import RuleBroken
from tenants import access
from tenants.door import MissingRight, TenantRequest, for_customer, for_member
from tenants.models import Customer

NOBODY_TICKED = "Tick at least one device."


@require_http_methods(["GET", "POST"])
@for_customer
def customer_devices_tags(request: TenantRequest, customer: Customer) -> HttpResponse:
    return _tags(request, in_msp_portal(request, customer), customer)


@require_http_methods(["GET", "POST"])
@for_customer
def customer_devices_delete(request: TenantRequest, customer: Customer) -> HttpResponse:
    return _delete(request, in_msp_portal(request, customer), customer)


@require_http_methods(["GET", "POST"])
@for_member("customer")
def own_devices_tags(request: PortalRequest, organization: Customer) -> HttpResponse:
    return _tags(request, in_admin_portal(request, organization), organization)


@require_http_methods(["GET", "POST"])
@for_member("customer")
def own_devices_delete(request: PortalRequest, organization: Customer) -> HttpResponse:
    return _delete(request, in_admin_portal(request, organization), organization)


def _tags(request: PortalRequest, place: Place, customer: Customer) -> HttpResponse:
    _needs_the_right(place)
    picked, count = _picked(request, customer)
    if not count:
        return _nothing_picked(request, place)
    form, no = TagsForm(data_of(request)), None
    if form.is_valid():
        removes = request.POST.get("do") == "remove"
        tags: list[str] = form.cleaned_data["tags"]
        try:
            changed = (bulk.untag if removes else bulk.tag)(picked, tags, by=request.user)
        except RuleBroken as broken:
            no = broken
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            messages.success(request, _tagged(changed, removes=removes, tags=tags))
            return redirect(place.url("devices"))
    context = place.context() | {"form": form, "count": count, "in_use": inventory.tags_of(picked.devices())}
    return render(request, "devices/device_tags.html", context, status=_status(form, no))


def _delete(request: PortalRequest, place: Place, customer: Customer) -> HttpResponse:
    _needs_the_right(place)
    if not place.may_delete:
        raise MissingRight(access.DELETE, place.msp or customer)
    picked, count = _picked(request, customer)
    if not count:
        return _nothing_picked(request, place)
    form, no = DeleteForm(data_of(request), count=count), None
    if form.is_valid():
        try:
            gone = bulk.delete(picked, at_most=count, by=request.user)
        except RuleBroken as broken:
            no = broken
            form.add_error(None, str(no))
        else:
            messages.success(request, f"You deleted {gone:,} device{pluralize(gone)} of {customer}.")
            return redirect(place.url("devices"))
    context = place.context() | {"form": form, "count": count}
    return render(request, "devices/device_delete.html", context, status=_status(form, no))


def _picked(request: PortalRequest, customer: Customer) -> tuple[Picked, int]:
    """The devices that the address names, and how many there are: exactly, because the person confirms it."""
    picked = Picked.read(customer, request.GET)
    return picked, picked.devices().count()


def _nothing_picked(request: PortalRequest, place: Place) -> HttpResponse:
    ticked = "device" in request.GET or "all" in request.GET
    messages.error(request, bulk.GONE if ticked else NOBODY_TICKED)
    return redirect(place.url("devices"))


def _tagged(changed: int, *, removes: bool, tags: list[str]) -> str:
    devices = f"{changed:,} device{pluralize(changed)}"
    return f"You removed {', '.join(tags)} from {devices}." if removes else f"You tagged {devices}: {', '.join(tags)}."


def _needs_the_right(place: Place) -> None:
    if not place.may_change:
        assert place.customer  # noqa: S101  (only pages of one customer act)
        raise MissingRight(access.MANAGE, place.msp or place.customer)


def _status(form: Any, no: RuleBroken | None) -> int:
    return no.status if no else 422 if form.is_bound else 200
