"""The page of one device: what devices know of it, and how it stands in each service of its customer."""

from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import PortalRequest
from devices.models import Device
from devices.pages import places
from devices.pages.inventory_views import details
from devices.pages.places import DevicePlace
from services import agents, modules
from services.console import Console
from services.models import Command, Enrollment, Move
from services.pages.console_lists import because, told
from tenants import access, together, two_portals
from tenants.models import CustomerService
from tenants.pages import answers

_MOVES_SHOWN = 20


@two_portals.in_both("POST")
def _allow_agent(request: PortalRequest, portal: two_portals.Place, pk: int) -> HttpResponse:
    """For a phone that lost its secret: the next one that enrolls with its number speaks for it."""
    portal.needs(access.MANAGE)
    place = places.of(portal)
    device = get_object_or_404(place.devices().select_related("customer"), pk=pk)
    with answers.outcome(request, f"The next phone that enrolls as {device} with your code speaks for it."):
        agents.allow_replacing(device, by=request.user)
    return redirect(place.url("device", device.pk))


@two_portals.in_both("GET")
def _page(request: PortalRequest, portal: two_portals.Place, pk: int) -> HttpResponse:
    place = places.of(portal)
    context = details(place, pk)
    device: Device = context["device"]
    if device.state == Device.State.VERIFIED:
        moves, waiting = _history(device)
        context |= {
            "standings": _standings(device, place, waiting),
            "moves": moves,
            "agent_url": place.url("device-agent", device.pk) if place.may_change else "",
        }
    return render(request, "services/device.html", context)


def _standings(device: Device, place: DevicePlace, waiting: dict[str, list[str]]) -> list[dict[str, Any]]:
    """How it stands in each service that its customer has. One query."""
    own = Enrollment.objects.filter(device=device, customer=device.customer_id, service=OuterRef("service"))
    told_of = JSONObject(
        state="state", since="since", facts="facts", version="thing_version", thing="thing_id",
        name="thing__name", kind="thing__kind", newest="thing__version",
    )  # fmt: skip
    services = CustomerService.objects.filter(customer=device.customer_id)
    found = services.annotate(own=Subquery(own.values(told=told_of))).values_list("service", "own")
    order = list(modules.CONSOLES)
    return [
        _standing(modules.of(service), stands or {}, device, place) | {"open": waiting.get(service, [])}
        for service, stands in sorted(found, key=lambda row: order.index(row[0]))
    ]


def _standing(console: Console, stands: dict[str, Any], device: Device, place: DevicePlace) -> dict[str, Any]:
    values = told(stands.get("facts"), console)
    state = console.standing(stands["state"], stands["facts"]) if stands else console.first
    swaps = stands and console.swap and state.code in console.swap.states and place.may_change
    has_thing = stands.get("thing")
    return {
        "console": console,
        "url": f"{place.url('console', console.slug)}?q={device.identifier}",
        "state": state,
        "since": datetime.fromisoformat(stands["since"]) if stands else None,
        "thing": stands if has_thing else None,
        "thing_url": place.url("thing", console.slug, stands["kind"], has_thing) if has_thing else "",
        "facts": [(label, value) for (_, label), value in zip(console.columns, values, strict=True) if value],
        "swap_url": place.url("swap", console.slug, device.pk) if swaps else "",
    }


def _label(service: str, action: str) -> str:
    declared = modules.of(service).action(action)
    return declared.label if declared else action.replace("_", " ")


def _history(device: Device) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """The newest changes of state, and by service the actions that wait for it. One query for both."""
    own = {"customer": device.customer_id, "device": device}
    moves = Move.objects.filter(**own).order_by("-pk").values("service", "reason", "state", "at")
    commands = Command.objects.filter(**own, state__in=Command.OPEN).order_by("-pk").values("service", "action")
    found = together.read(rows={"moves": moves[:_MOVES_SHOWN], "commands": commands[:_MOVES_SHOWN]}, sizes={})
    waiting: dict[str, list[str]] = {}
    for one in found["commands"]:
        waiting.setdefault(one["service"], []).append(_label(one["service"], one["action"]))
    changes = (_change(**move) for move in found["moves"])
    return sorted(changes, key=itemgetter("at"), reverse=True), waiting


def _change(service: str, reason: str, state: str, at: str) -> dict[str, Any]:
    console = modules.of(service)
    after = console.state(state) if state else console.first
    return {
        "at": datetime.fromisoformat(at),
        "service": console.name,
        "state": after,
        "why": because(console, reason),
    }


customer_device, own_device = _page
customer_device_agent, own_device_agent = _allow_agent
