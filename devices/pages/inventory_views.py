"""The inventory: devices of one customer, of all customers of an MSP, and of a customer's own people."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.acting import acting_as
from accounts.http import PortalRequest
from accounts.models import User
from audit.models import Side
from devices import inventory
from devices.models import Approval, Device, DeviceModel
from devices.pages import device_facts
from devices.pages.bulk_act_list import started
from devices.pages.inventory_list import CHOSEN, Inventory
from devices.pages.places import DevicePlace, all_of_msp, of
from rules import settings as rule
from tenants import exports, lists, two_portals
from tenants.door import TenantRequest, for_msp
from tenants.pages import answers

_MODELS_OFFERED = 300


@require_GET
@for_msp()
def all_devices(request: TenantRequest) -> HttpResponse:
    return _list(request, all_of_msp(request))


@require_GET
@for_msp()
def all_devices_export(request: TenantRequest) -> HttpResponseBase:
    return _export(request, all_of_msp(request))


@two_portals.in_both("GET")
def _devices(request: PortalRequest, portal: two_portals.Place) -> HttpResponse:
    return _list(request, of(portal))


@two_portals.in_both("GET")
def _devices_export(request: PortalRequest, portal: two_portals.Place) -> HttpResponseBase:
    return _export(request, of(portal))


customer_devices, own_devices = _devices
customer_devices_export, own_devices_export = _devices_export


def _list(request: PortalRequest, place: DevicePlace) -> HttpResponse:
    if "col" in request.GET:
        request.session[CHOSEN] = request.GET.getlist("col")[:20]
    devices = place.devices()
    listed = Inventory(request.GET, of_all=place.customer is None, kept=request.session.get(CHOSEN))
    page = listed.page(devices)
    background = started(place.portal, "devices") if place.portal else []
    if not page.rows and not listed.filters and "after" not in request.GET:
        waiting = devices.filter(state=Device.State.PENDING).exists()
        return render(
            request, "devices/devices_none.html", place.context() | {"background": background, "waiting": waiting}
        )
    listed.resellers = inventory.resellers(place.own)
    context = place.context() | {
        "listed": listed,
        "filters": listed.filters,
        "page": page,
        "background": background,
        "models": DeviceModel.objects.order_by("name_key", "pk").values("code", "name")[:_MODELS_OFFERED],
        "csv_url": f"{place.url('devices-export')}?{request.GET.urlencode()}",
        "export_url": place.url("devices-export"),
        "tags_url": place.url("devices-tags") if place.customer else "",
        "delete_url": place.url("devices-delete") if place.customer else "",
    }
    return answers.listed(request, "devices/devices.html", context)


def details(place: DevicePlace, pk: int) -> dict[str, Any]:
    """What the page of one device shows; a higher app adds to it and answers (services/pages/device_views.py).

    Raises Http404 for a device of somebody else.
    """
    device = get_object_or_404(place.devices().select_related("model", "customer", "approval"), pk=pk)
    one = f"?device={device.pk}"
    return place.context() | {
        "device": device,
        "facts": device_facts.of(device, reader=place.side, msp=place.msp),
        "review_url": _review_url(place, device.approval),
        "tags_url": place.url("devices-tags") + one,
        "delete_url": place.url("devices-delete") + one,
    }


def _review_url(place: DevicePlace, approval: Approval) -> str:
    """The page of the upload: a reseller's where it was decided, its own where it was sent."""
    if place.customer and place.side == Side.MSP:
        kcs_id = place.customer.kcs_id
        if approval.reseller_id is None:
            return reverse("upload", args=[kcs_id, approval.upload_id])
        return reverse("approval", args=[kcs_id, approval.pk])
    return reverse("admin-portal-approval", args=[approval.pk]) if approval.reseller_id else ""


def _export(request: PortalRequest, place: DevicePlace) -> HttpResponseBase:
    """CSV of the ticked rows, or of all that the list shows. What is long is made by the worker and mailed.

    The Knox Admin Portal streams it whole: it is the file of one company for its own people, and an export that
    waits for its download belongs to an MSP.
    """
    rows = _rows(request, place)
    limit = rule.number("export_limit")
    if place.msp and rows.order_by()[: limit + 1].count() > limit:
        params: dict[str, object] = {
            "query": request.GET.urlencode(),
            "customer": place.customer.pk if place.customer else None,
        }
        export = exports.request(
            "devices", maker="portals.tasks.export_devices", params=params, msp=place.msp, by=request.user
        )
        return redirect("export", export.pk)
    name = f"devices-{place.customer.kcs_id}" if place.customer else "devices"
    return answers.streamed(name, _file(request.user, rows, customers=place.customer is None))


def _rows(request: PortalRequest, place: DevicePlace) -> QuerySet[Any]:
    listed = Inventory(request.GET, of_all=place.customer is None)
    ticked = lists.keys(request.GET.getlist("device"))
    devices = place.devices()
    rows = devices.filter(pk__in=ticked) if ticked and "all" not in request.GET else listed.rows(devices)
    return rows.order_by(*listed.sorting.order.by())


def _file(person: User, rows: QuerySet[Any], *, customers: bool) -> Iterator[str]:
    """Runs after the request's own transaction, so it opens its own, on behalf of the same person."""
    with acting_as(person), transaction.atomic():
        yield from exports.lines(inventory.csv_rows(rows, customers=customers))
