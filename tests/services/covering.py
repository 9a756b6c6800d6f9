"""What tests of Care+ and Knox Guard stand on: devices that came in, acts on them, and what devices answer."""

from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from accounts.acting import acting_as, as_operator
from accounts.models import User
from devices.models import Device
from licensing import keys
from licensing.models import License, Seat
from services import agents, answers, claims, codes, engine, modules, things
from services.engine import Options
from services.models import Claim, Enrollment, Thing
from services.picking import Picked
from tenants.models import Customer, KnoxService
from tests import world as cast
from tests.devices import sending
from tests.licensing import ground
from tests.world import World

CARE, GUARD = modules.of(KnoxService.CARE), modules.of(KnoxService.GUARD)
NORMAL = {"services": [KnoxService.CONFIGURE, KnoxService.GUARD], "tenant_type": "normal"}
PAYG = NORMAL | {"tenant_type": "payg"}
TERMS: dict[str, Any] = {
    "benefit": "adh", "months": "24", "eligible_days": "30", "claim_limit": None, "country": "", "files_claims": "",
}  # fmt: skip


def devices(
    world: World, customer: Customer, count: int = 1, *, first: int = 0, by: User | None = None
) -> list[Device]:
    """Verified, with IMEIs that are right."""
    wanted = sending.imeis(count, first=first)
    sending.added(by or world.alice, wanted, customer=customer)
    with as_operator():
        return list(Device.objects.filter(imei__in=wanted).select_related("customer", "model").order_by("pk"))


def cared(world: World, customer: Customer | None = None, *, by: User | None = None) -> tuple[Customer, License]:
    """The first customer, or this one, with Care+, and a license of ten seats."""
    customer = ground.with_service(customer or world.first, KnoxService.CARE)
    typed = ground.sold(world, "care-adh")
    with acting_as(by or world.alice):
        return customer, keys.enter(customer, typed, by=by or world.alice, name="Care")


def guarded(world: World, **fields: Any) -> tuple[Customer, License]:
    """Another customer of Aurora with Knox Guard, and a license of ten seats."""
    customer = cast.customer(world.aurora, world.alice, "Pay Later", **(NORMAL | fields))
    return customer, ground.entered(world, customer, "kg", name="Guard")


def plan(world: World, customer: Customer, *, name: str = "Gold", by: User | None = None, **terms: Any) -> Thing:
    kind = CARE.kind("plan")
    assert kind
    with acting_as(by or world.alice):
        return things.add(customer, CARE, kind, name=name, settings=TERMS | terms, by=by or world.alice)


def act(console: Any, code: str, *chosen: Device, by: User, **options: Any) -> int:
    action = console.action(code)
    query = MultiValueDict({"device": [str(one.pk) for one in chosen]})
    with acting_as(by):
        return engine.act(
            Picked.read(chosen[0].customer, console, query), console, action, options=Options(**options), by=by
        )


def covered(
    world: World, customer: Customer | None = None, *, first: int = 0, by: User | None = None, **terms: Any
) -> tuple[Device, Thing]:
    """A device that a plan covers, Active."""
    customer, license = cared(world, customer, by=by)
    (device,) = devices(world, customer, first=first, by=by)
    thing = plan(world, customer, by=by, **terms)
    cover(world, device, thing, license, by=by)
    return device, thing


def cover(world: World, device: Device, thing: Thing, license: License, *, by: User | None = None) -> None:
    by = by or world.alice
    act(CARE, "approve", device, by=by, params={"eula_on": timezone.localdate()})
    act(CARE, "assign", device, by=by, thing=thing, license=license)
    answer(world, device, by=by)


def claim(world: World, customer: Customer | None = None, *, by: User | None = None) -> Claim:
    """An open claim of this customer; the same one each time."""
    customer, by = customer or world.first, by or world.alice
    with acting_as(by):
        if found := Claim.objects.filter(customer=customer, state="open").select_related("device").first():
            return found
    # Beside the tens, where tests of lists begin: in a new database the key of a customer is one digit.
    device, _ = covered(world, customer, first=customer.pk * 10 + 5, by=by)
    with acting_as(by):
        return claims.open(customer, device=str(device), reference="R-1", reason="Glass broke", by=by)


def answer(world: World, device: Device, state: str = "done", *, by: User | None = None) -> None:
    """The device starts, fetches what waits for it and does it."""
    secret = started(world, device, by=by)
    told = agents.check_in(secret)
    answers.report(secret, answers=[{"id": one["id"], "state": state} for one in told.commands])


def event(world: World, device: Device, code: str, *, service: str = "KM") -> answers.Said:
    """The device starts, and says something unasked."""
    told = {"id": str(uuid4()), "service": service, "code": code, "at": "2026-11-28T05:00:00+01:00"}
    return answers.report(started(world, device), events=[told])


def started(world: World, device: Device, *, by: User | None = None) -> str:
    """The secret of the device's agent, which has enrolled."""
    secret = f"secret of {device.pk}"
    with acting_as(by or world.alice):
        code = codes.of(device.customer, by=by or world.alice)
    agents.enroll(code, identifier=str(device), secret=secret)
    return secret


def enrollment(device: Device, console: Any) -> Enrollment | None:
    with as_operator():
        return Enrollment.objects.filter(device=device, service=console.service).select_related("thing").first()


def state(device: Device, console: Any) -> str:
    found = enrollment(device, console)
    return found.state if found else console.first.code


def facts(device: Device, console: Any) -> dict[str, Any]:
    found = enrollment(device, console)
    return found.facts if found else {}


def seats(license: License) -> list[int]:
    """Keys of the devices that use it."""
    with as_operator():
        return list(Seat.objects.filter(license=license).order_by("device").values_list("device", flat=True))
