"""Pages that act on many devices: what the act does, to how many, and the one field that it needs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import PortalRequest, data_of
from devices import bulk_acts, bulk_deletions, bulk_tags, inventory, picked_devices
from devices.inventory import Picked
from devices.pages import places
from devices.pages.inventory_forms import DeleteForm, TagsForm
from devices.pages.places import DevicePlace
from rules.errors import RuleBroken
from tenants import access, two_portals
from tenants.models import Customer
from tenants.numbers import counted
from tenants.pages import answers

NOBODY_TICKED = "Tick at least one device."


@two_portals.in_both("GET", "POST")
def _tags(request: PortalRequest, portal: two_portals.Place) -> HttpResponse:
    portal.needs(access.MANAGE)
    place = places.of(portal)
    picked, count = _picked(request, portal.customer)
    if not count:
        return _nothing_picked(request, place)
    form = TagsForm(data_of(request))
    status = answers.status(form)
    if form.is_valid():
        try:
            return _tag(request, place, picked, count, form.cleaned_data["tags"])
        except RuleBroken as no:
            status = answers.refuse(form, no)
    context = place.context() | {"form": form, "count": count, "in_use": inventory.tags_of(picked.devices())}
    return render(request, "devices/device_tags.html", context, status=status)


def _tag(request: PortalRequest, place: DevicePlace, picked: Picked, count: int, tags: list[str]) -> HttpResponse:
    """At once, or by a worker, where nobody waits for so many. Raises RuleBroken."""
    removes = request.POST.get("do") == "remove"
    if bulk_acts.is_many(count):
        query = request.GET.urlencode()
        asked = bulk_tags.ask(picked, tags, query, count=count, removes=removes, by=request.user)
        return redirect(place.url("bulk-act", asked.pk))
    changed = (picked_devices.untag if removes else picked_devices.tag)(picked, tags, by=request.user)
    messages.success(request, _tagged(changed, removes=removes, tags=tags))
    return redirect(place.url("devices"))


@two_portals.in_both("GET", "POST")
def _delete(request: PortalRequest, portal: two_portals.Place) -> HttpResponse:
    portal.needs(access.MANAGE)
    portal.needs(access.DELETE)
    place = places.of(portal)
    picked, count = _picked(request, portal.customer)
    if not count:
        return _nothing_picked(request, place)
    form = DeleteForm(data_of(request), count=count)
    status = answers.status(form)
    if form.is_valid():
        try:
            return _delete_all(request, place, picked, count)
        except RuleBroken as no:
            status = answers.refuse(form, no)
    context = place.context() | {"form": form, "count": count}
    return render(request, "devices/device_delete.html", context, status=status)


def _delete_all(request: PortalRequest, place: DevicePlace, picked: Picked, count: int) -> HttpResponse:
    """At once, or by a worker, as tags. Raises RuleBroken."""
    if bulk_acts.is_many(count):
        asked = bulk_deletions.ask(picked, request.GET.urlencode(), count=count, by=request.user)
        return redirect(place.url("bulk-act", asked.pk))
    gone = picked_devices.delete(picked, at_most=count, by=request.user)
    messages.success(request, f"You deleted {counted(gone, 'device')} of {picked.customer}.")
    return redirect(place.url("devices"))


def _picked(request: PortalRequest, customer: Customer) -> tuple[Picked, int]:
    """The devices that the address names, and how many there are: exactly, because the person confirms it."""
    picked = Picked.read(customer, request.GET)
    return picked, picked.devices().count()


def _nothing_picked(request: PortalRequest, place: DevicePlace) -> HttpResponse:
    ticked = "device" in request.GET or "all" in request.GET
    messages.error(request, picked_devices.GONE if ticked else NOBODY_TICKED)
    return redirect(place.url("devices"))


def _tagged(changed: int, *, removes: bool, tags: list[str]) -> str:
    devices = counted(changed, "device")
    return f"You removed {', '.join(tags)} from {devices}." if removes else f"You tagged {devices}: {', '.join(tags)}."


customer_devices_tags, own_devices_tags = _tags
customer_devices_delete, own_devices_delete = _delete
