"""What tests of Care+ and Knox Guard stand on: devices that came in, acts on them, and what devices answer."""

from typing import Any

from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from accounts.acting import acting_as, as_operator
from accounts.models import User
from devices.models import Device
from licensing.models import License, Seat
from services import agents, answers, engine, modules, things
from services.engine import Wish
from services.models import Enrollment, Thing
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


def devices(world: World, customer: Customer, count: int = 1, *, first: int = 0) -> list[Device]:
    """Verified, with IMEIs that are right."""
    sending.added(world.alice, sending.imeis(count, first=first), customer=customer)
    wanted = sending.imeis(count, first=first)
    with as_operator():
        return list(Device.objects.filter(imei__in=wanted).select_related("customer", "model").order_by("pk"))


def cared(world: World) -> tuple[Customer, License]:
    """The first customer with Care+, and a license of ten seats."""
    customer = ground.with_service(world.first, KnoxService.CARE)
    return customer, ground.entered(world, customer, "care-adh", name="Care")


def guarded(world: World, **fields: Any) -> tuple[Customer, License]:
    """Another customer of Aurora with Knox Guard, and a license of ten seats."""
    customer = cast.customer(world.aurora, world.alice, "Pay Later", **(NORMAL | fields))
    return customer, ground.entered(world, customer, "kg", name="Guard")


def plan(world: World, customer: Customer, *, name: str = "Gold", **terms: Any) -> Thing:
    kind = CARE.kind("plan")
    assert kind
    with acting_as(world.alice):
        return things.add(customer, CARE, kind, name=name, settings=TERMS | terms, by=world.alice)


def act(console: Any, code: str, *chosen: Device, by: User, **wish: Any) -> int:
    action = console.action(code)
    query = MultiValueDict({"device": [str(one.pk) for one in chosen]})
    with acting_as(by):
        return engine.act(Picked.read(chosen[0].customer, console, query), console, action, wish=Wish(**wish), by=by)


def covered(world: World, *, first: int = 0, **terms: Any) -> tuple[Device, Thing]:
    """A device of the first customer that a plan covers, Active."""
    customer, license = cared(world)
    (device,) = devices(world, customer, first=first)
    thing = plan(world, customer, **terms)
    cover(world, device, thing, license)
    return device, thing


def cover(world: World, device: Device, thing: Thing, license: License) -> None:
    act(CARE, "approve", device, by=world.alice, params={"eula_on": timezone.localdate()})
    act(CARE, "assign", device, by=world.alice, thing=thing, license=license)
    answer(world, device)


def answer(world: World, device: Device, state: str = "done") -> None:
    """The device starts, fetches what waits for it and does it."""
    secret = f"secret of {device.pk}"
    with acting_as(world.alice):
        code = agents.code_of(device.customer, by=world.alice)
    agents.enroll(code, identifier=str(device), secret=secret)
    told = agents.check_in(secret)
    answers.report(secret, answers=[{"id": one["id"], "state": state} for one in told.commands])


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
