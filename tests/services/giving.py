"""Resellers of a customer, and what their devices get in Knox Mobile Enrollment."""

from typing import Any

from django.db import transaction

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import resellers
from devices.models import Device, ResellerCustomer
from services import preferences, things
from services.models import Enrollment, Thing
from tenants.models import Customer, Reseller
from tests.services.making import have
from tests.services.typed import cleaned
from tests.world import World


def profile(world: World, customer: Customer, name: str = "Store phones", **settings: str) -> Thing:
    """A profile of the customer, by the person who may add it; without a word it needs no seat."""
    have(customer, preferences.CONSOLE)
    console, kind = preferences.CONSOLE, preferences.CONSOLE.kind("profile")
    assert kind
    with acting_as(side(world, customer)["by"]):
        filled = cleaned(console.service, kind) | settings
        return things.add(customer, console, kind, name=name, settings=filled, by=side(world, customer)["by"])


def side(world: World, customer: Customer) -> dict[str, Any]:
    """Who decides for the customer."""
    is_own = customer == world.contoso
    return {"by": world.carl if is_own else world.alice, "msp": None if is_own else world.aurora}


def registered(world: World, customer: Customer, reseller: Reseller | None = None) -> ResellerCustomer:
    """Rita's company at the customer, or another."""
    whose = side(world, customer)
    with acting_as(whose["by"]), transaction.atomic():
        return resellers.register(customer, (reseller or world.reseller).public_id, **whose)


def prefer(world: World, relation: ResellerCustomer, thing: Thing | None) -> None:
    with acting_as(world.alice), transaction.atomic():
        preferences.set_default(relation, thing, by=world.alice, msp=world.aurora)


def given(approval: object) -> list[tuple[str, str]]:
    """The devices of an approval: their state in the service, and what they got."""
    with as_operator():
        devices = Device.objects.filter(approval=approval).values("pk")
        own = Enrollment.objects.filter(device__in=devices, service=preferences.CONSOLE.service).order_by("device")
        return [(one.state, str(one.thing)) for one in own.select_related("thing")]


def told() -> list[str]:
    """What the activity log says that the portal gave, or did not."""
    with as_operator():
        own = Event.objects.filter(verb__in=("service.given", "service.not_given")).order_by("pk")
        return [one.sentence for one in own]
