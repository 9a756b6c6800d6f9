"""Acts on devices in a service: who is affected and who is not, then everything in a few statements, for any number.

The same for every service: what is possible stands in its `Console`. Everybody locks in one order: customer, devices
by id, licenses by id (licensing/seats.py); then enrollments go with their devices.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from audit import events
from audit.models import Side
from devices.models import Device
from licensing import seats
from licensing.models import License, Seat
from rules.errors import RuleBroken
from services.console import Action, Acts, Console
from services.models import Enrollment, Thing
from tenants import teams
from tenants.models import Customer

GONE = "These devices are not there any more. Load the list again."


class Chosen(Protocol):
    """Whom an act is about: `devices.inventory.Picked` or `services.picking.Picked`."""

    @property
    def customer(self) -> Customer: ...

    def devices(self) -> QuerySet[Device]: ...


@dataclass(frozen=True)
class Preview:
    """Whom an action would affect. Shown before it is confirmed, and worked out again when it is done."""

    affected: int
    left_out: dict[str, int]
    """Per state in which the action is not possible: how many devices."""
    new_seats: int = 0


@dataclass(frozen=True)
class Wish:
    """What a person wants done besides the action itself."""

    thing: Thing | None = None
    license: License | None = None
    params: Mapping[str, Any] | None = None


def in_service(devices: QuerySet[Device], console: Console) -> QuerySet[Any]:
    """The devices with `in_state`, their state in the service; the first where they are not enrolled."""
    own = Enrollment.objects.filter(device=OuterRef("pk"), service=console.service)
    state = Coalesce(Subquery(own.values("state")), Value(console.first.code))
    return devices.annotate(in_state=state)


def standing(devices: QuerySet[Device], console: Console, states: Collection[str]) -> QuerySet[Device]:
    """Those of the devices that are in one of the states; without an enrollment they are in the first."""
    own = Enrollment.objects.filter(device=OuterRef("pk"), service=console.service)
    if console.first.code in states:
        return devices.filter(~Exists(own.exclude(state__in=states)))
    return devices.filter(Exists(own.filter(state__in=states)))


def possible(devices: QuerySet[Device], console: Console, action: Action) -> QuerySet[Device]:
    """Those on which the action is possible now."""
    return standing(devices, console, action.states)


def preview(picked: Chosen, console: Console, action: Action) -> Preview:
    """One query for the states, one for the seats that would be new."""
    counts = dict(in_service(picked.devices(), console).order_by().values_list("in_state").annotate(count=Count("pk")))
    affected = sum(count for state, count in counts.items() if state in action.states)
    left_out = {state: count for state, count in counts.items() if state not in action.states}
    fresh = 0
    if affected and action.seat == "take":
        fresh = possible(picked.devices(), console, action).exclude(pk__in=seated(picked.customer, console)).count()
    return Preview(affected, left_out, fresh)


def seated(customer: Customer, console: Console) -> QuerySet[Any]:
    """Keys of the customer's devices that have a seat which opens the service."""
    own = Seat.objects.filter(_opens(console), customer=customer)
    return own.values("device")


@transaction.atomic
def act(picked: Chosen, console: Console, action: Action, *, wish: Wish, by: User) -> int:
    """Do the action to those of the picked devices that can have it now. Returns how many. All or none.

    Raises RuleBroken where nothing is possible, a seat is missing, or the service is closed for the customer.
    """
    customer = lock(picked.customer)
    if no := console.obstacle(customer, teams.team(customer)[0]):
        raise RuleBroken(no, status=403)
    devices = _locked(picked, console, action)
    _check(customer, console, action, wish)
    acts = Acts(customer, devices, wish.thing, wish.params or {})
    if no := action.closed(customer) or action.check(acts):
        raise RuleBroken(no)
    _check_unique(console, action, acts)
    _seats(customer, console, action, devices, wish=wish, by=by)
    _move(customer, console, action, devices, wish=wish)
    _number(console, action, acts)
    action.then(acts)
    if action.is_command:
        _order(customer, console, action, devices, wish=wish, by=by)
    _record(customer, console, action, len(devices), wish=wish, by=by)
    return len(devices)


def lock(customer: Customer) -> Customer:
    """The customer's row, for the acts that go one after the other."""
    return Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def _locked(picked: Chosen, console: Console, action: Action) -> list[int]:
    """The devices that can have it, locked by id."""
    devices = possible(picked.devices(), console, action).order_by("pk")
    found = list(devices.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    if not found:
        raise RuleBroken(_nothing(picked, console, action), status=409)
    return found


def _nothing(picked: Chosen, console: Console, action: Action) -> str:
    states = list(in_service(picked.devices(), console).order_by().values_list("in_state", flat=True).distinct()[:4])
    if not states:
        return GONE
    are = ", ".join(console.state(state).label for state in states)
    return f"{action.label} is not possible while a device is {are}. Nothing changed."


def _check(customer: Customer, console: Console, action: Action, wish: Wish) -> None:
    """What is chosen belongs to this customer and this service."""
    if action.assigns:
        thing = wish.thing
        if thing is None or (thing.customer_id, thing.service, thing.kind) != (
            customer.pk, console.service, action.assigns,
        ):  # fmt: skip
            raise RuleBroken(f"Choose what to assign in {console.name}.", field="thing")
        kind = console.kind(action.assigns)
        if thing.ended_at or (kind and kind.state and kind.state(thing.settings) == "expired"):
            raise RuleBroken(f"{thing} has ended. Choose another.", field="thing")
    if wish.license and wish.license.customer_id != customer.pk:
        raise RuleBroken("Choose a license of this customer.", field="license")


def _check_unique(console: Console, action: Action, acts: Acts) -> None:
    """A value that only one device of the customer may have. A unique index stands behind it (migration 0004)."""
    if not action.unique or len(acts.devices) > 1:  # for several, `_number` makes it unique
        return
    value = acts.params.get(action.unique)
    own = Enrollment.objects.of(acts.customer, console.service).exclude(device__in=acts.devices)
    taken = own.filter(**{f"facts__{action.unique}": value}).exclude(state=console.first.code)
    if other := taken.select_related("device").first():
        raise RuleBroken(f"{value} is already that of {other.device}. Type another.", field=action.unique)


_NUMBER = """
UPDATE services_enrollment e SET facts = jsonb_set(
    e.facts, ARRAY[%(name)s], to_jsonb((e.facts->>%(name)s) || '-' || coalesce(d.imei, d.meid, d.serial)))
  FROM devices_device d
 WHERE d.id = e.device_id AND e.customer_id = %(customer)s AND e.service = %(service)s
   AND e.device_id = ANY (%(devices)s::bigint[])
"""


def _number(console: Console, action: Action, acts: Acts) -> None:
    """What one device alone may have gets the device's number behind it, where several get it at once."""
    if action.unique and len(acts.devices) > 1:
        values = {"name": action.unique, "customer": acts.customer.pk, "service": console.service}
        with connection.cursor() as cursor:
            cursor.execute(_NUMBER, values | {"devices": acts.devices})


def _seats(  # noqa: PLR0913
    customer: Customer, console: Console, action: Action, devices: list[int], *, wish: Wish, by: User
) -> None:
    if action.seat == "take":
        fresh = Device.objects.filter(customer=customer, pk__in=devices).exclude(pk__in=seated(customer, console))
        if fresh.exists():
            seats.take(_license(console, wish), fresh, by=by)
    elif action.seat == "free":
        _free(customer, console, devices, by=by)


def _license(console: Console, wish: Wish) -> License:
    if wish.license is None:
        raise RuleBroken(
            f"Each device needs a seat in {console.name}. Choose a license, or enter a license key first.",
            field="license",
        )
    if console.service not in wish.license.services.split():
        raise RuleBroken(f"{wish.license} is not for {console.name}. Choose another.", field="license")
    return wish.license


def _free(customer: Customer, console: Console, devices: list[int], *, by: User) -> None:
    """Give back the seats of this service. A seat that opens more services than this one stays while one is used."""
    held = Seat.objects.filter(_opens(console), customer=customer, device__in=devices)
    others = Enrollment.objects.filter(customer=customer, device=OuterRef("device")).exclude(service=console.service)
    alone = held.filter(services=console.service) | held.exclude(services=console.service).filter(~Exists(others))
    for license in License.objects.filter(pk__in=alone.values("license")).order_by("pk"):
        ids = list(alone.filter(license=license).values_list("device", flat=True))
        seats.release(license, Device.objects.filter(pk__in=ids), by=by)


def _opens(console: Console) -> Q:
    """Seats of licenses that open the service; a suite opens more than one."""
    return Q(services__regex=rf"(^| ){re.escape(console.service)}( |$)")


_ENROLL = """
INSERT INTO services_enrollment AS e (customer_id, device_id, service, state, thing_id, facts)
SELECT %(customer)s, id, %(service)s, %(state)s, %(thing)s, %(facts)s FROM unnest(%(devices)s::bigint[]) AS id
ON CONFLICT (device_id, service) DO UPDATE SET
    state = EXCLUDED.state, facts = e.facts || EXCLUDED.facts,
    thing_id = CASE WHEN %(clears)s THEN NULL ELSE coalesce(EXCLUDED.thing_id, e.thing_id) END,
    thing_version = CASE WHEN %(clears)s THEN NULL ELSE e.thing_version END
"""
_FACTS = """
UPDATE services_enrollment SET facts = facts || %(facts)s
 WHERE customer_id = %(customer)s AND service = %(service)s AND device_id = ANY (%(devices)s::bigint[])
"""
_COMMAND = """
INSERT INTO services_command (customer_id, device_id, service, action, params, state, detail, by_id)
SELECT %(customer)s, id, %(service)s, %(action)s, %(params)s, 'waiting', '', %(by)s
  FROM unnest(%(devices)s::bigint[]) AS id
"""
_SUPERSEDED = """
UPDATE services_command SET state = 'cancelled', answered_at = now(), detail = %(detail)s
 WHERE customer_id = %(customer)s AND service = %(service)s AND device_id = ANY (%(devices)s::bigint[])
   AND state IN ('waiting', 'sent')
"""


def _move(customer: Customer, console: Console, action: Action, devices: list[int], *, wish: Wish) -> None:
    """The state that the portal gives by itself, what is assigned, and what stays known."""
    facts = {name: (wish.params or {}).get(name) for name in action.keeps}
    values: dict[str, Any] = {
        "customer": customer.pk,
        "service": console.service,
        "state": action.now,
        "thing": wish.thing.pk if wish.thing and action.assigns else None,
        "facts": json.dumps(facts, cls=DjangoJSONEncoder),
        "clears": action.clears,
        "devices": devices,
    }
    because(action.code)
    with connection.cursor() as cursor:
        if action.now == console.first.code:
            Enrollment.objects.filter(customer=customer, service=console.service, device__in=devices).delete()
        elif action.now:
            cursor.execute(_ENROLL, values)
        elif facts:
            cursor.execute(_FACTS, values)


def because(reason: str) -> None:
    """Name the reason that the trigger writes beside each change of state, until the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.move_reason', %s, true)", [reason])


def _order(  # noqa: PLR0913
    customer: Customer, console: Console, action: Action, devices: list[int], *, wish: Wish, by: User
) -> None:
    """A command for each device. What waited for it in this service is cancelled: the newest wish counts."""
    params = dict(wish.params or {})
    if wish.thing and action.assigns:
        params |= {action.assigns: wish.thing.name, "version": wish.thing.version, "settings": wish.thing.settings}
    values: dict[str, Any] = {
        "customer": customer.pk,
        "service": console.service,
        "action": action.code,
        "params": json.dumps(params, cls=DjangoJSONEncoder),
        "devices": devices,
        "by": by.pk,
        "detail": f"{action.label} came after it",
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDED, values)
        cursor.execute(_COMMAND, values)


def _record(  # noqa: PLR0913
    customer: Customer, console: Console, action: Action, count: int, *, wish: Wish, by: User
) -> None:
    msp_id = teams.msp_of(customer, person=by)
    detail = {"to": str(wish.thing)} if wish.thing else {}
    events.record(
        "service.acted", customer, by=by, side=Side.MSP if msp_id else Side.CUSTOMER, msp_id=msp_id,
        customer_id=customer.pk, service=console.name, action=action.label, devices=count, **detail,
    )  # fmt: skip
