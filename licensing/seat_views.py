"""The devices that use a license: who has a seat, assign, release. The same in both portals (licensing/places.py)."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import PortalRequest
from devices import bulk_acts
from devices.models import Device
from licensing import bulk_seats, offers, seats
from licensing.license_views import find
from licensing.models import License, Seat
from licensing.places import LicensePlace, in_both
from rules.errors import RuleBroken
from tenants import lists

_NEWEST = lists.Order("pk", descending=True)


@in_both("GET")
def _devices(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    license = find(place.customer, pk)
    rows = Seat.objects.filter(license=license).select_related("device__model")
    q = _typed(request)
    if q:
        rows = rows.filter(device__in=offers.matching(Device.objects.filter(customer=place.customer), q))
    context = place.context(license) | {"q": q, "page": lists.page(rows, _NEWEST, request.GET)}
    return render(request, "licensing/license_devices.html", context)


@in_both("GET", "POST")
def _assign(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    """Choose devices without a seat: ticked ones, or all that match."""
    place.needs_right()
    license, q = find(place.customer, pk), _typed(request)
    offered = offers.matching(offers.devices_without_a_seat(license), q)
    refused: RuleBroken | None = None
    if request.method == "POST":
        try:
            return (_take_all if "all" in request.POST else _take_ticked)(request, place, license, offered)
        except RuleBroken as no:
            refused = no
            license.refresh_from_db()
    context: dict[str, Any] = {
        "q": q,
        "page": lists.page(offered, _NEWEST, request.GET),
        "ticked": _ticked(request),
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "licensing/license_assign.html", place.context(license) | context, status=status)


@in_both("POST")
def _release(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    license = find(place.customer, pk)
    try:
        _check_own(place)
        devices = Device.objects.filter(customer=place.customer, pk__in=_ticked(request))
        freed = seats.release(license, devices, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
    else:
        leave = "1 device leaves" if freed == 1 else f"{freed:,} devices leave"
        what = f"{leave} {license.get_service_display()}." if freed else "Choose the devices to release."
        (messages.success if freed else messages.error)(request, what)
    return redirect(place.license_url(license, "devices"))


def _take_ticked(
    request: PortalRequest, place: LicensePlace, license: License, offered: QuerySet[Device]
) -> HttpResponse:
    return _take(request, place, license, offered.filter(pk__in=_ticked(request)))


def _take_all(request: PortalRequest, place: LicensePlace, license: License, offered: QuerySet[Device]) -> HttpResponse:
    """All that match; very many in the background."""
    count = offered.count()
    if not bulk_acts.is_many(count):
        return _take(request, place, license, offered)
    _check_own(place)
    asked = bulk_seats.ask(license, offered, _typed(request), count=count, by=request.user)
    return redirect(place.portal.url("customer-bulk-act", "admin-portal-bulk-act", asked.pk))


def _take(request: PortalRequest, place: LicensePlace, license: License, devices: QuerySet[Device]) -> HttpResponse:
    _check_own(place)
    taken = seats.take(license, devices, by=request.user)
    if not taken:
        raise RuleBroken("Choose the devices that need a seat.")
    enroll = "1 device enrolls" if taken == 1 else f"{taken:,} devices enroll"
    messages.success(request, f"{enroll} in {license.get_service_display()}.")
    return redirect(place.license_url(license, "devices"))


def _check_own(place: LicensePlace) -> None:
    if place.jointly:
        raise RuleBroken(place.jointly, status=403)


def _typed(request: PortalRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get("q", "").replace("\x00", "").strip()[:60]


def _ticked(request: PortalRequest) -> list[int]:
    """At most a page of devices, by their ids; what is no id is left out."""
    return lists.keys(request.POST.getlist("device")[: lists.CAP])


license_devices, company_license_devices = _devices
license_assign, company_license_assign = _assign
license_release, company_license_release = _release
