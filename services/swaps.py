"""Another device takes a device's place in a service: a Care+ swap, an exchange in Knox Guard (knox.md 6.5, 6.6).

The new one is approved at once and takes thing, seat and facts, so coverage goes on where it was. The old one leaves
the service and stays in the inventory.
"""

from dataclasses import dataclass

from django.db import transaction

from accounts.acting import as_operator
from accounts.models import User
from devices import inventory, singles
from devices.models import Device, DeviceModel, Upload
from licensing import seats
from licensing.models import License
from rules.errors import RuleBroken
from services import engine, history, seating
from services.console import Console, Swap
from services.models import Command, Enrollment
from tenants.models import Customer, Msp


@dataclass(frozen=True)
class Preview:
    """What a swap would do, before anything changes."""

    enrollment: Enrollment
    identifier: str
    """The new device's, as it will be stored."""
    model: str
    is_new: bool
    """It is not in the inventory yet, and comes in with the swap."""


def preview(device: Device, console: Console, to_identifier: str, *, model: str = "", by: User) -> Preview:
    """Raises RuleBroken where the swap is not possible. Changes nothing."""
    enrollment = _enrollment(device, console)
    known = _known(enrollment, console, to_identifier)
    if known:
        return Preview(enrollment, str(known), str(known.model), is_new=False)
    line = singles.check(_upload(device.customer, by), to_identifier, model=model)
    return Preview(enrollment, line.identifier, str(DeviceModel.objects.get(pk=line.model_id or 0)), is_new=True)


@transaction.atomic
def swap(device: Device, console: Console, to_identifier: str, *, model: str = "", by: User) -> Device:
    """Put another device in this one's place; returns the new one. Raises RuleBroken.

    `model` is the code of its model, for a MEID or a serial number, which do not tell it.
    """
    customer = engine.opened(device.customer, console, by=by)
    list(Device.objects.filter(pk=device.pk).select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    enrollment = _enrollment(device, console)
    new = _known(enrollment, console, to_identifier) or _added(customer, to_identifier, model=model, by=by)
    engine.because("swap")
    _cancel_commands(device, console)
    license = _license(device, console)
    enrollment.delete()
    _enroll(new, console, enrollment, before=device)
    if license:
        seats.release(license, [device], by=by)
        seats.take(license, [new], by=by)
    _send(new, console, enrollment, by=by)
    _record(device, new, console, by=by)
    return new


def obstacle(device: Device, console: Console, msp: Msp | None) -> str:
    """Why this device cannot be swapped now; empty where it can. `msp`: whose person asks."""
    try:
        _enrollment(device, console)
    except RuleBroken as no:
        return str(no)
    return console.obstacle(msp)


def possible(console: Console) -> Swap:
    """How this service swaps. Raises RuleBroken (404) where it does not."""
    if console.swap is None:
        raise RuleBroken(f"{console.name} has no swap of devices.", status=404)
    return console.swap


def _enrollment(device: Device, console: Console) -> Enrollment:
    how = possible(console)
    own = Enrollment.objects.of(device.customer, console.service).filter(device=device)
    enrollment = own.select_related("thing", "device__model").first()
    state = enrollment.state if enrollment else console.first.code
    if enrollment is None or state not in how.states:
        states = " or ".join(one.label for one in console.states if one.code in how.states)
        raise RuleBroken(
            f"{device} is {console.state(state).label} in {console.name}. {how.label} needs a device that is {states}.",
            status=409,
        )
    return enrollment


def _known(enrollment: Enrollment, console: Console, typed: str) -> Device | None:
    """The new device, where the customer has it already and the service does not."""
    own = Device.objects.filter(customer=enrollment.customer_id, state=Device.State.VERIFIED).select_related("model")
    device = own.filter(inventory.by_number(typed)).first()
    if device is None:
        return None
    if device.pk == enrollment.device_id:
        raise RuleBroken("This is the number of the device itself. Type that of the new one.", field="device")
    other = Enrollment.objects.filter(device=device, service=console.service).exclude(state=console.first.code).first()
    if other:
        label = console.state(other.state).label
        raise RuleBroken(f"{device} is {label} in {console.name} already. Choose another device.", field="device")
    return device


def _upload(customer: Customer, by: User) -> Upload:
    """What the new device comes in with, as if its number were uploaded."""
    return Upload(
        channel=Upload.Channel.MSP, customer=customer, target=customer, uploaded_by=by, file_name="Swap",
        add_at_once=True,
    )  # fmt: skip


def _added(customer: Customer, typed: str, *, model: str, by: User) -> Device:
    upload = _upload(customer, by)
    line = singles.check(upload, typed, model=model)
    with as_operator():  # devices are added by the worker's role alone; the check ran in the person's
        return singles.add(upload, line)


def _license(device: Device, console: Console) -> License | None:
    seat = seating.of(console).filter(device=device, customer=device.customer_id)
    found = seat.select_related("license").first()
    return found.license if found else None


def _cancel_commands(device: Device, console: Console) -> None:
    waiting = Command.objects.filter(customer=device.customer_id, device=device, service=console.service)
    waiting.filter(state__in=Command.OPEN).cancel("Another device took its place")


def _enroll(new: Device, console: Console, old: Enrollment, *, before: Device) -> None:
    values = {
        "customer_id": old.customer_id,
        "state": possible(console).now or old.state,
        "thing_id": old.thing_id,
        "thing_version": None,
        "facts": old.facts | {"in_place_of": str(before)},
    }
    Enrollment.objects.update_or_create(device=new, service=console.service, defaults=values)


def _send(new: Device, console: Console, old: Enrollment, *, by: User) -> None:
    """With what the old device was told and kept: until when it is paid, its networks, the days without one."""
    if action := possible(console).action:
        told = [name for one in console.actions if one.is_command for name in one.keeps]
        params = {name: old.facts[name] for name in told if old.facts.get(name) is not None}
        Command.objects.create(
            customer_id=new.customer_id, device=new, service=console.service, action=action, params=params, by=by
        )


def _record(old: Device, new: Device, console: Console, *, by: User) -> None:
    name = console.name
    history.record("service.device_swapped", old, customer_id=old.customer_id, by=by, service=name, new=str(new))
