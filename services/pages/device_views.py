"""The page of one device: what devices know of it, and how it stands in each service of its customer."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from devices.models import Device
from devices.pages.inventory_views import details
from devices.pages.places import Place, in_admin_portal, in_msp_portal
from services import modules
from services.models import Command, Enrollment, Move
from services.pages.console_lists import told
from tenants.door import TenantRequest, for_customer, for_member
from tenants.models import Customer, CustomerService

_MOVES_SHOWN = 20


@require_GET
@for_customer
def customer_device(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    return _page(request, in_msp_portal(request, customer), pk)


@require_GET
@for_member("customer")
def own_device(request: PortalRequest, organization: Customer, pk: int) -> HttpResponse:
    return _page(request, in_admin_portal(request, organization), pk)


def _page(request: PortalRequest, place: Place, pk: int) -> HttpResponse:
    context = details(place, pk)
    device: Device = context["device"]
    if device.state == Device.State.VERIFIED:
        context |= {"standings": _standings(device, place), "moves": _moves(device)}
    return render(request, "services/device.html", context)


def _standings(device: Device, place: Place) -> list[dict[str, Any]]:
    """How it stands in each service that its customer has. Three queries."""
    services = CustomerService.objects.filter(customer=device.customer_id).values_list("service", flat=True)
    enrolled = Enrollment.objects.filter(device=device, customer=device.customer_id).select_related("thing")
    own = {one.service: one for one in enrolled}
    waiting = Command.objects.filter(device=device, customer=device.customer_id, state__in=Command.OPEN)
    commands = list(waiting.order_by("pk").values_list("service", "action"))
    standings = []
    for service in sorted(services, key=list(modules.CONSOLES).index):
        console, enrollment = modules.of(service), own.get(service)
        values = told(enrollment.facts if enrollment else None, console)
        thing = enrollment.thing if enrollment else None
        standings.append({
            "console": console,
            "url": f"{place.url('console', console.slug)}?q={device.identifier}",
            "state": console.state(enrollment.state) if enrollment else console.first,
            "since": enrollment.since if enrollment else None,
            "thing": thing,
            "thing_url": place.url("thing", console.slug, thing.kind, thing.pk) if thing else "",
            "version": enrollment.thing_version if enrollment else None,
            "facts": [(label, value) for (_, label), value in zip(console.columns, values, strict=True) if value],
            "open": [_label(service, action) for of, action in commands if of == service],
            "swap_url": _swap_url(place, console, enrollment, device),
        })  # fmt: skip
    return standings


def _swap_url(place: Place, console: Any, enrollment: Enrollment | None, device: Device) -> str:
    possible = enrollment and console.swap and enrollment.state in console.swap.states and place.may_change
    return place.url("swap", console.slug, device.pk) if possible else ""


def _label(service: str, action: str) -> str:
    declared = modules.of(service).action(action)
    return declared.label if declared else action


def _moves(device: Device) -> list[dict[str, Any]]:
    """The newest changes of state in every service. One query."""
    newest = Move.objects.filter(customer=device.customer_id, device=device).order_by("-pk")[:_MOVES_SHOWN]
    found = []
    for move in newest:
        console = modules.of(move.service)
        after = console.state(move.state) if move.state else console.first
        found.append({"at": move.at, "service": console.name, "state": after, "why": _label(move.service, move.reason)})
    return found
