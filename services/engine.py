"""Acts on devices in a service: who is affected and who is not, then everything in a few statements, for any number.

The same for every service: what is possible stands in its `Console`. Everybody locks in one order: customer, devices
by id, licenses by id (licensing/seats.py); then enrollments go with their devices.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from audit.models import Side
from devices.approvals import side_of
from devices.inventory import Chosen
from devices.models import Device
from licensing.models import License
from rules.errors import RuleBroken
from services import commands, history, seating
from services.console import Action, Acts, Console
from services.models import Enrollment, Thing
from tenants import teams
from tenants.models import Customer

GONE = "These devices are not there any more. Load the list again."


@dataclass(frozen=True)
class Preview:
    """Whom an action would affect. Shown before it is confirmed, and worked out again when it is done."""

    affected: int
    left_out: dict[str, int]
    """Per state in which the action is not possible: how many devices."""
    new_seats: int = 0


@dataclass(frozen=True)
class Options:
    """What a person wants done besides the action itself."""

    thing: Thing | None = None
    license: License | None = None
    params: Mapping[str, Any] | None = None
    at_most: int | None = None
    """How many devices the person confirmed; None: nobody was asked for the number."""


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
        seated = seating.seated(picked.customer, console)
        fresh = possible(picked.devices(), console, action).exclude(pk__in=seated).count()
    return Preview(affected, left_out, fresh)


@transaction.atomic
def act(picked: Chosen, console: Console, action: Action, *, options: Options, by: User) -> int:
    """Do the action to those of the picked devices that can have it now, and write it down. Returns how many."""
    acts = do(picked, console, action, options=options, by=by)
    record(acts, console, action, devices=len(acts.devices), msp_id=teams.msp_of(acts.customer, person=by))
    return len(acts.devices)


@transaction.atomic
def do(picked: Chosen, console: Console, action: Action, *, options: Options, by: User | None) -> Acts:
    """The same without a line of history, for one of many blocks (services/bulk_actions.py). All or none. `by` is None
    where the portal acts by itself (services/preferences.py); it takes no seat, because nobody chose a license.

    Raises RuleBroken where nothing is possible (409), a seat is missing (422), what is chosen does not fit (422), or
    the service or the action is closed for the customer (403).
    """
    customer = opened(picked.customer, console, by=by)
    if no := action.closed(customer):
        raise RuleBroken(no, status=403)
    thing = chosen_thing(customer, console, action, options)
    acts = Acts(customer, _locked(picked, console, action), thing, options.params or {}, by)
    _check_confirmed(acts, options.at_most)
    if no := action.check(acts):
        raise RuleBroken(no)
    _check_unique(acts, console, action)
    seating.change(acts, console, action, license=options.license, by=by)
    _move(acts, console, action)
    action.then(acts)
    commands.send(acts, console, action, by=by)
    return acts


def opened(customer: Customer, console: Console, *, by: User | None) -> Customer:
    """The customer, locked; RuleBroken where Samsung removed the service (409), or it is closed for who acts (403)."""
    customer = lock(customer)
    if not customer.services.filter(service=console.service).exists():
        raise RuleBroken(f"{customer} does not have {console.name} any more. Nothing changed.", status=409)
    if no := obstacle(customer, console, by=by):
        raise RuleBroken(no, status=403)
    return customer


def obstacle(customer: Customer, console: Console, *, by: User | None) -> str:
    """Why the service is closed for who acts. What Samsung allows an MSP does not bind the customer's own people."""
    is_own = by is not None and side_of(by, customer) == Side.CUSTOMER
    return console.obstacle(None if is_own else teams.managing(customer))


def lock(customer: Customer) -> Customer:
    """The customer's row, for the acts that go one after the other."""
    return Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def _locked(picked: Chosen, console: Console, action: Action) -> list[int]:
    """The devices that can have it, locked by id. A report may have moved one meanwhile, so its enrollment is locked
    and looked at again."""
    devices = possible(picked.devices(), console, action).order_by("pk")
    found = list(devices.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    own = Enrollment.objects.filter(device__in=found, service=console.service).order_by("device")
    states = own.select_for_update(no_key=True).values_list("device_id", "state")
    moved = {device for device, state in states if state not in action.states}
    if moved:
        found = [device for device in found if device not in moved]
    if not found:
        raise RuleBroken(_nothing(picked, console, action), status=409)
    return found


def _check_confirmed(acts: Acts, at_most: int | None) -> None:
    """Of a dangerous action. The filters may match more devices by now, or more of them are in a state for it."""
    if at_most is not None and len(acts.devices) > at_most:
        raise RuleBroken(
            f"{len(acts.devices):,} devices can have it now, and you confirmed {at_most:,}. Nothing changed.",
            status=409,
        )


def _nothing(picked: Chosen, console: Console, action: Action) -> str:
    states = list(in_service(picked.devices(), console).order_by().values_list("in_state", flat=True).distinct()[:4])
    if not states:
        return GONE
    are = ", ".join(console.state(state).label for state in states)
    return f"{action.label} is not possible while a device is {are}. Nothing changed."


def chosen_thing(customer: Customer, console: Console, action: Action, options: Options) -> Thing | None:
    """What is assigned, as it is now. Raises RuleBroken where it is not one of this customer and service, or ended."""
    if not action.assigns:
        return None
    own = Thing.objects.filter(customer=customer, service=console.service, kind=action.assigns)
    thing = own.filter(pk=options.thing.pk).first() if options.thing else None
    if thing is None:
        raise RuleBroken(f"Choose what to assign in {console.name}.", field="thing")
    kind = console.kind(action.assigns)
    if thing.ended_at or (kind and kind.state and kind.state(thing.settings) == "expired"):
        raise RuleBroken(f"{thing} has ended. Choose another.", field="thing")
    return thing


def _check_unique(acts: Acts, console: Console, action: Action) -> None:
    """A value that is one device's own, like an approval ID. The customer is locked, so nobody gives it meanwhile."""
    value = acts.params.get(action.unique) if action.unique else None
    if not value:
        return
    if len(acts.devices) > 1:
        raise RuleBroken(f"{value} is for one device. Choose one device.", field=action.unique)
    own = Enrollment.objects.of(acts.customer, console.service).filter(**{f"facts__{action.unique}": value})
    if other := own.exclude(device__in=acts.devices).select_related("device").first():
        raise RuleBroken(f"{other.device} has {value}. Give this device another.", status=409, field=action.unique)


_ENROLL = """
INSERT INTO services_enrollment AS e (customer_id, device_id, service, state, thing_id, facts)
SELECT %(customer)s, id, %(service)s, %(state)s, %(thing)s, %(facts)s FROM unnest(%(devices)s::bigint[]) AS id
ON CONFLICT (device_id, service) DO UPDATE SET
    state = EXCLUDED.state, facts = e.facts || EXCLUDED.facts,
    thing_id = CASE WHEN %(clears)s THEN NULL ELSE coalesce(EXCLUDED.thing_id, e.thing_id) END,
    thing_version = CASE WHEN NOT %(clears)s AND coalesce(EXCLUDED.thing_id, e.thing_id) = e.thing_id
                         THEN e.thing_version END
"""
_KEEP = """
UPDATE services_enrollment SET facts = facts || %(facts)s,
    thing_id = CASE WHEN %(clears)s THEN NULL ELSE coalesce(%(thing)s, thing_id) END,
    thing_version = CASE WHEN NOT %(clears)s AND coalesce(%(thing)s, thing_id) = thing_id THEN thing_version END
 WHERE customer_id = %(customer)s AND service = %(service)s AND device_id = ANY (%(devices)s::bigint[])
"""


def _move(acts: Acts, console: Console, action: Action) -> None:
    """The state that the portal gives by itself, what is assigned, and what stays known."""
    facts = {name: acts.params.get(name) for name in action.keeps}
    values: dict[str, Any] = {
        "customer": acts.customer.pk,
        "service": console.service,
        "state": action.now,
        "thing": acts.thing.pk if acts.thing else None,
        "facts": json.dumps(facts, cls=DjangoJSONEncoder),
        "clears": action.clears,
        "devices": acts.devices,
    }
    because(action.code)
    if action.now == console.first.code:
        Enrollment.objects.of(acts.customer, console.service).filter(device__in=acts.devices).delete()
    elif action.now or facts or acts.thing or action.clears:
        with connection.cursor() as cursor:
            cursor.execute(_ENROLL if action.now else _KEEP, values)


def because(reason: str) -> None:
    """Name the reason that the trigger writes beside each change of state, until the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.move_reason', %s, true)", [reason])


def record(acts: Acts, console: Console, action: Action, *, devices: int, msp_id: int | None) -> None:
    """The line of history. `msp_id` is the MSP for which the person acted; None: for the customer itself."""
    detail = {"to": str(acts.thing)} if acts.thing else {}
    history.record_for(
        msp_id, "service.acted", acts.customer, customer_id=acts.customer.pk, by=acts.by,
        service=console.name, action=action.label, devices=devices, **detail,
    )  # fmt: skip
