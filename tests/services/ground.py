"""What tests of services stand on: customers with a service, a license and devices, and things made by the verbs."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from accounts.acting import acting_as, as_operator
from devices.models import Device
from licensing.models import License
from rules.errors import RuleBroken
from services import engine, things
from services.console import Console
from services.engine import Options
from services.models import Command, Enrollment, Move, Thing
from services.modules import of
from tenants.models import Customer, KnoxService
from tests.licensing.ground import devices as more_devices
from tests.licensing.ground import entered, product, with_service
from tests.world import World

PRODUCTS = {"KC": "kc-dynamic", "KME": "suite", "KE": "ke", "KM": "km", "SC+": "care-adh", "KG": "kg"}
PROFILE = {"edition": "dynamic", "knox_version": "3.12", "allow_camera": True, "company": "Fjordline Freight"}


@dataclass(frozen=True)
class These:
    """Devices to act on, named one by one."""

    customer: Customer
    ids: list[int] = field(default_factory=list)

    def devices(self) -> QuerySet[Device]:
        return Device.objects.filter(customer=self.customer, pk__in=self.ids)


@dataclass
class Ground:
    """One customer in one service. What it does, Alice does."""

    world: World
    console: Console
    customer: Customer
    license: License
    devices: list[Device]

    @property
    def picked(self) -> These:
        return self.some(*self.devices)

    def some(self, *devices: Device) -> These:
        return These(self.customer, [one.pk for one in devices])

    def act(self, code: str, picked: Any = None, **options: Any) -> int:
        action = self.console.action(code)
        assert action, code
        with acting_as(self.world.alice):
            return engine.act(
                picked or self.picked, self.console, action,
                options=Options(**({"license": self.license} | options)), by=self.world.alice,
            )  # fmt: skip

    def thing(self, kind: str = "profile", name: str = "Kiosk", **settings: Any) -> Thing:
        return thing(self.world, self.customer, self.console, kind, name, **(settings or PROFILE))

    def states(self) -> list[str]:
        """Of its devices, in their order; the first state where there is no enrollment."""
        with as_operator():
            own = Enrollment.objects.filter(customer=self.customer, service=self.console.service)
            known = dict(own.values_list("device", "state"))
        return [known.get(one.pk, self.console.first.code) for one in self.devices]

    def force(self, state: str, *devices: Device, **fields: Any) -> None:
        """As a device's report or a clock leaves it."""
        with as_operator():
            for one in devices or self.devices:
                Enrollment.objects.update_or_create(
                    customer=self.customer, service=self.console.service, device_id=one.pk,
                    defaults={"state": state, **fields},
                )  # fmt: skip

    def enrollment(self, device: Device | None = None) -> Enrollment:
        with as_operator():
            own = Enrollment.objects.select_related("thing")
            return own.get(device=device or self.devices[0], service=self.console.service)

    def moves(self, device: Device | None = None) -> list[tuple[str, str, str]]:
        """Before, after and why, the oldest first."""
        with as_operator():
            own = Move.objects.filter(device=device or self.devices[0], service=self.console.service).order_by("pk")
            return list(own.values_list("before", "state", "reason"))

    def commands(self, device: Device | None = None) -> list[tuple[str, str]]:
        with as_operator():
            own = Command.objects.filter(device=device or self.devices[0], service=self.console.service)
            return list(own.order_by("pk").values_list("action", "state"))


def ground(
    world: World, service: str = "KC", *, devices: int = 2, customer: Customer | None = None, **license: Any
) -> Ground:
    """The first customer (or another of Aurora) with the service, a license of `seats` (10) and some devices."""
    code = license.pop("code", PRODUCTS[service])
    counted_under = KnoxService(product(code).service)
    customer = with_service(customer or world.first, KnoxService(service), counted_under)
    return Ground(
        world, of(service), customer, entered(world, customer, code, **license), more_devices(customer, devices)
    )


def thing(world: World, customer: Customer, console: Console, kind: str, name: str, **settings: Any) -> Thing:
    """By the verb; `settings` are the form's cleaned data."""
    declared = console.kind(kind)
    assert declared, kind
    with acting_as(world.alice):
        return things.add(customer, console, declared, name=name, settings=settings, by=world.alice)


def refused(ground: Ground, code: str, picked: Any = None, **options: Any) -> tuple[str, int]:
    with pytest.raises(RuleBroken) as no, transaction.atomic():
        ground.act(code, picked, **options)
    return str(no.value), no.value.status
