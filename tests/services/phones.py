"""A device's side of the agent protocol, as tests speak it."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils.datastructures import MultiValueDict

from accounts.acting import acting_as, as_operator
from devices.models import Device, EnrollmentCode, ResellerCustomer
from services import engine, modules
from services.engine import Options
from services.models import Claim, Command, Enrollment, Preference, Thing
from services.picking import Picked
from tenants.models import Customer, KnoxService
from tests.licensing import ground
from tests.services.ground import PROFILE, thing
from tests.world import World

CONFIGURE = modules.of(KnoxService.CONFIGURE)


@dataclass
class Phone:
    identifier: str
    code: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    def post(self, name: str, body: Any, **head: str) -> Any:
        head = {"Authorization": f"Bearer {self.secret}"} | head
        raw = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.post(f"/agent/v1/{name}", raw, content_type="application/json", headers=head)

    def enroll(self, **more: str) -> Any:
        told = {"code": self.code, "identifier": self.identifier, "secret": self.secret}
        return self.post("enroll", told | more)

    def commands(self) -> list[dict[str, Any]]:
        answer = self.post("checkin", {})
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["commands"]
        return found

    def report(self, **parts: Any) -> dict[str, Any]:
        answer = self.post("report", parts)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def answer(self, command: int, state: str = "done", **more: str) -> dict[str, Any]:
        return self.report(answers=[{"id": command, "state": state, **more}])

    def event(self, code: str, *, key: str = "", service: str = "KC") -> dict[str, Any]:
        told = {"id": key or str(uuid4()), "service": service, "code": code, "at": "2026-11-28T05:00:00+01:00"}
        return self.report(events=[told])


def act(world: World, device: Device, action: str, **options: Any) -> None:
    """A person does this to one device in Knox Configure."""
    with acting_as(world.alice):
        picked = Picked.read(device.customer, CONFIGURE, _query(device))
        declared = CONFIGURE.action(action)
        assert declared
        engine.act(picked, CONFIGURE, declared, options=Options(**options), by=world.alice)


def _query(device: Device) -> Any:
    return MultiValueDict({"device": [str(device.pk)]})


def profile(world: World, customer: Customer, name: str = "Drivers") -> Thing:
    with as_operator():
        return Thing.objects.create(
            customer=customer, service=KnoxService.CONFIGURE, kind="profile", name=name, name_key=name.lower(),
            settings={"edition": "dynamic"}, version=3, changed_by=world.alice,
        )  # fmt: skip


def assigned(world: World, customer: Customer | None = None) -> tuple[Device, Phone]:
    """A device with a profile assigned in Knox Configure, and its phone, which has not started yet."""
    customer = customer or world.first
    (device,) = ground.devices(customer, 1)
    license = ground.entered(world, customer)
    act(world, device, "assign", thing=profile(world, customer, f"Drivers {device.pk}"), license=license)
    with as_operator():
        code = EnrollmentCode.objects.get(customer=customer).code
    return device, Phone(device.identifier, code)


def configured(world: World, customer: Customer | None = None) -> tuple[Device, Phone]:
    """The phone enrolled and did what it was told."""
    device, phone = assigned(world, customer)
    phone.enroll()
    (command,) = phone.commands()
    phone.answer(command["id"])
    return device, phone


def state(device: Device) -> str:
    with as_operator():
        return Enrollment.objects.get(device=device, service=KnoxService.CONFIGURE).state


def newest(device: Device) -> Command:
    with as_operator():
        return Command.objects.filter(device=device).latest("pk")


def told(answer: Any) -> tuple[int, str]:
    """The status of an answer, and its sentence."""
    return answer.status_code, answer.json().get("sentence", "")


def everything(world: World) -> None:
    """A row in every table of services, of the first customer."""
    device, phone = configured(world)
    phone.event("error")
    plan = thing(world, world.first, modules.of(KnoxService.CONFIGURE), "profile", "Plan", **PROFILE)
    with as_operator():
        whose = {"customer": world.first, "reseller": world.reseller}
        named = {"kcs_id": world.first.kcs_id, "reseller_name": "Resell"}
        ResellerCustomer.objects.get_or_create(**whose, defaults=named)
        Preference.objects.create(**whose, service=KnoxService.CONFIGURE, thing=plan)
        Claim.objects.create(
            customer=world.first, device=device, plan=plan, reference="A", reason="B", opened_by=world.alice
        )
