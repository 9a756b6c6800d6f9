"""Things that a customer has in a service: added, changed, deleted, ended. Their forms check the settings; these verbs
check what only the customer's other rows can tell.

Everybody locks in one order: customer, devices by id, then the thing (services/engine.py).
"""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from devices.models import Device
from rules.errors import RuleBroken
from services import engine, fields, history
from services.console import Console, End, Kind
from services.models import Command, Enrollment, Thing, ThingVersion
from services.modules import of
from tenants import names, teams
from tenants.models import Customer
from tenants.times import written

LONGEST_KEY = 400
"""What the column holds; single letters can stand for whole phrases (tenants/names.py)."""


@transaction.atomic
def add(  # noqa: PLR0913  (each is a column)
    customer: Customer, console: Console, kind: Kind, *, name: str, settings: Mapping[str, Any], by: User
) -> Thing:
    """Give the customer a thing. Raises RuleBroken where the name is taken or the service is closed (409, 422, 403)."""
    customer = engine.opened(customer, console, by=by)
    plain = as_json(settings)
    if kind.check and (no := kind.check(plain, None)):
        raise RuleBroken(no)
    name = free_name(customer, console, kind, name)
    thing = Thing.objects.create(
        customer=customer, service=console.service, kind=kind.code, name=name, name_key=key(name), settings=plain,
        changed_by=by,
    )  # fmt: skip
    note_version(thing, by=by)
    record("service.thing_added", thing, by=by)
    return thing


@transaction.atomic
def change(thing: Thing, *, name: str, settings: Mapping[str, Any], seen: int, by: User) -> Thing:
    """Write other settings as the next version. `seen` is the version that the form was opened with.

    Raises RuleBroken: 409 where somebody else saved meanwhile (words.md edit.old) or the thing has ended.
    """
    console, kind = declared(thing)
    engine.opened(thing.customer, console, by=by)
    thing = locked(thing)
    plain = as_json(settings)
    _check_change(thing, kind, plain, seen=seen, by=by)
    name = free_name(thing.customer, console, kind, name, but=thing)
    if (name, plain) == (thing.name, thing.settings):
        return thing
    before, thing.name, thing.name_key, thing.settings = thing.name, name, key(name), plain
    save_version(thing, by=by)
    record("service.thing_changed", thing, by=by, before=before, version=thing.version)
    return thing


@transaction.atomic
def delete(thing: Thing, *, by: User) -> None:
    """Delete it with its versions. Raises RuleBroken (409) while devices have it or another thing names it."""
    console, kind = declared(thing)
    engine.opened(thing.customer, console, by=by)
    thing = locked(thing)
    if devices := Enrollment.objects.filter(customer=thing.customer_id, service=thing.service, thing=thing).count():
        have, them = ("device has", "it") if devices == 1 else ("devices have", "them")
        raise RuleBroken(
            f"{devices:,} {have} {thing}. Assign another {kind.label.lower()} to {them} or take it away. "
            "Then you can delete it.",
            status=409,
        )
    if name := _name_of_one_that_names(thing, console):
        raise RuleBroken(f"{name} uses {thing}. Change {name} first. Then you can delete it.", status=409)
    if thing.claims.exists():
        raise RuleBroken(f"Claims name {thing}, so it stays in the list.", status=409)
    record("service.thing_deleted", thing, by=by)
    thing.delete()


@transaction.atomic
def end(thing: Thing, *, by: User) -> int:
    """Cancel it for good. Its devices leave the states that the module says. Returns how many.

    Raises RuleBroken where this kind of thing is not cancelled, or it has ended (409).
    """
    console, kind = declared(thing)
    engine.opened(thing.customer, console, by=by)
    if kind.end is None:
        raise RuleBroken(f"A {kind.label.lower()} is not cancelled. Delete it instead.")
    devices = _locked_devices(thing)
    thing = locked(thing)
    _check_runs(thing, kind)
    moved = _let_go(thing, kind, kind.end, devices)
    thing.ended_at, thing.changed_by = timezone.now(), by
    thing.save(update_fields=["ended_at", "changed_by", "changed_at"])
    record("service.thing_ended", thing, by=by, devices=moved)
    return moved


def state_of(thing: Thing) -> str:
    """`cancelled`, what its kind tells from settings and time, or nothing where it has no states."""
    _, kind = declared(thing)
    if thing.ended_at:
        return "cancelled"
    return kind.state(thing.settings) if kind.state else ""


def declared(thing: Thing) -> tuple[Console, Kind]:
    """What the module says about it."""
    console = of(thing.service)
    kind = console.kind(thing.kind)
    if kind is None:
        raise LookupError(f"{console.name} declares no kind {thing.kind}")
    return console, kind


def locked(thing: Thing) -> Thing:
    found = Thing.objects.select_for_update(of=("self",), no_key=True).filter(pk=thing.pk).first()
    if found is None:
        raise RuleBroken(f"{thing} was deleted meanwhile. Load the list again.", status=409)
    return found


def as_json(settings: Mapping[str, Any]) -> dict[str, Any]:
    """As they are read back from the database: a date is its text."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(settings), cls=DjangoJSONEncoder))
    return plain


def key(name: str) -> str:
    return names.key(name)[:LONGEST_KEY].rstrip()


def free_name(customer: Customer, console: Console, kind: Kind, name: str, *, but: Thing | None = None) -> str:
    """The name as it is kept. Raises RuleBroken where another thing of the kind has it; case and accents count not."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("Enter a name.", field="name")
    same = Thing.objects.filter(customer=customer, service=console.service, kind=kind.code, name_key=key(name))
    others = same.exclude(pk=but.pk) if but else same
    if found := others.first():
        raise RuleBroken(f"{customer} has {found} already. Choose another name.", status=409, field="name")
    return name


def save_version(thing: Thing, *, by: User) -> None:
    """Write what was set on it as its next version."""
    thing.version += 1
    thing.changed_by = by
    thing.save()
    note_version(thing, by=by)


def note_version(thing: Thing, *, by: User) -> None:
    ThingVersion.objects.create(
        customer_id=thing.customer_id, thing=thing, version=thing.version, settings=thing.settings, by=by
    )


def record(verb: str, thing: Thing, *, by: User, **detail: Any) -> None:
    console, kind = declared(thing)
    named = {"service": console.name, "kind": kind.label.lower()}
    history.record(verb, thing, customer_id=thing.customer_id, by=by, **named, **detail)


def _check_change(thing: Thing, kind: Kind, settings: dict[str, Any], *, seen: int, by: User) -> None:
    if thing.version != seen:
        raise RuleBroken(
            f"{teams.colleague(thing.changed_by_id, of=by)} saved other changes at "
            f"{written(thing.changed_at, by.zone)}. Your text is still below. Compare it and save again.",
            status=409,
        )
    _check_runs(thing, kind)
    if kind.check and (no := kind.check(settings, thing.settings)):
        raise RuleBroken(no)


def _check_runs(thing: Thing, kind: Kind) -> None:
    if thing.ended_at or (kind.state and kind.state(thing.settings) == "expired"):
        raise RuleBroken(f"{thing} has ended. Add another {kind.label.lower()}.", status=409)


def _name_of_one_that_names(thing: Thing, console: Console) -> str:
    """The first other thing whose settings name this one."""
    others = Thing.objects.filter(customer=thing.customer_id, service=thing.service)
    for kind in console.kinds:
        holds = Q()
        for name, field in kind.form.base_fields.items():
            if getattr(field, "of_kind", "") == thing.kind:
                value = [thing.pk] if isinstance(field, fields.SomeThings) else thing.pk
                holds |= Q(**{f"settings__{name}__contains": value})
        if holds and (found := others.filter(holds, kind=kind.code).first()):
            return str(found)
    return ""


def _locked_devices(thing: Thing) -> list[int]:
    own = Enrollment.objects.filter(customer=thing.customer_id, service=thing.service, thing=thing.pk)
    devices = Device.objects.filter(customer=thing.customer_id, pk__in=own.values("device")).order_by("pk")
    return list(devices.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def _let_go(thing: Thing, kind: Kind, how: End, devices: list[int]) -> int:
    """Cancel what still waits for these devices, and move those that are under way. One that has its command and cannot
    be stopped any more tells how that ended."""
    console, _ = declared(thing)
    brings = [one.code for one in console.actions if one.assigns == kind.code or one.code == kind.pushes]
    own = {"customer": thing.customer_id, "service": thing.service}
    rows = Enrollment.objects.filter(**own, device__in=devices, thing=thing)
    stopped = rows.filter(state__in={*how.states, how.to}).values("device")
    commands = Command.objects.filter(**own, device__in=devices, action__in=brings)
    open_ones = Q(state=Command.State.WAITING) | Q(state=Command.State.SENT, device__in=stopped)
    commands.filter(open_ones).cancel(f"{thing} was cancelled")
    engine.because("ended")
    return rows.filter(state__in=how.states).update(state=how.to)
