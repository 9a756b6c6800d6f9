"""The devices that use a license: who has a seat, assign, release."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from devices.models import Device
from licensing import obstacles, offers, seats
from licensing.license_views import find, needs_manage
from licensing.models import License, Seat
from rules.errors import RuleBroken
from tenants import access, lists
from tenants.door import TenantRequest, for_customer
from tenants.models import Customer

_NEWEST = lists.Order("pk", descending=True)


@require_GET
@for_customer
def license_devices(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    license = find(customer, pk)
    rows = Seat.objects.filter(license=license).select_related("device__model")
    q = _typed(request)
    if q:
        rows = rows.filter(device__in=offers.matching(Device.objects.filter(customer=customer), q))
    may_change = access.MANAGE in request.customer_rights
    jointly = obstacles.of_the_msp(customer)
    context = {
        "customer": customer,
        "license": license,
        "q": q,
        "page": lists.page(rows, _NEWEST, request.GET),
        "may_change": may_change and not jointly,
        "jointly": jointly,
    }
    return render(request, "licensing/license_devices.html", context)


@require_http_methods(["GET", "POST"])
@for_customer
def license_assign(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    """Choose devices without a seat: ticked ones, or all that match. All or none of them."""
    needs_manage(request)
    license, q = find(customer, pk), _typed(request)
    offered = offers.matching(offers.devices_without_a_seat(license), q)
    refused: RuleBroken | None = None
    if request.method == "POST":
        try:
            return _assign(
                request, license, offered if "all" in request.POST else offered.filter(pk__in=_ticked(request))
            )
        except RuleBroken as no:
            refused = no
            license.refresh_from_db()
    context: dict[str, Any] = {
        "customer": customer,
        "license": license,
        "q": q,
        "page": lists.page(offered, _NEWEST, request.GET),
        "ticked": _ticked(request),
        "refused": refused,
        "jointly": obstacles.of_the_msp(customer),
        "may_order": "add_customers" in request.msp_rights,
    }
    return render(request, "licensing/license_assign.html", context, status=refused.status if refused else 200)


@require_POST
@for_customer
def license_release(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    license = find(customer, pk)
    try:
        _check_own(customer)
        devices = Device.objects.filter(customer=customer, pk__in=_ticked(request))
        freed = seats.release(license, devices, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
    else:
        what = "Choose the devices to release." if not freed else f"{_devices(freed)} {license.get_service_display()}."
        (messages.success if freed else messages.error)(request, what)
    return redirect("license-devices", customer.kcs_id, pk)


def _assign(request: TenantRequest, license: License, devices: Any) -> HttpResponse:
    _check_own(license.customer)
    taken = seats.take(license, devices, by=request.user)
    if not taken:
        raise RuleBroken("Choose the devices that need a seat.")
    enroll = "1 device enrolls" if taken == 1 else f"{taken:,} devices enroll"
    messages.success(request, f"{enroll} in {license.get_service_display()}.")
    return redirect("license-devices", license.customer.kcs_id, license.pk)


def _check_own(customer: Customer) -> None:
    if jointly := obstacles.of_the_msp(customer):
        raise RuleBroken(jointly, status=403)


def _devices(number: int) -> str:
    return "1 device leaves" if number == 1 else f"{number:,} devices leave"


def _typed(request: TenantRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get("q", "").replace("\x00", "").strip()[:60]


def _ticked(request: TenantRequest) -> list[int]:
    """At most a page of devices, by their ids; what is no id is left out."""
    typed = request.POST.getlist("device")[:1000]
    return [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 19]  # noqa: PLR2004  (of PostgreSQL's bigint)
