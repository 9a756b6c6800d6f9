"""What time does to devices in services: states that end by themselves, licenses that ended, seats that went.

Each step takes what is due now, so it may run as often as one likes, twice at once, and be killed at any time. It
runs as the operator, a few statements for any number of devices, in batches that commit.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from accounts.acting import as_operator
from devices.models import Device
from licensing import seats
from rules import settings as rule
from services import commands, engine, seating
from services.console import Clock, Console
from services.models import Agent, Command, Enrollment, Move, Thing
from services.modules import CONSOLES
from tenants.due import each

BATCH = 10_000
"""Devices in one transaction."""
SEAT_WENT, ENDED, RENEWED, SPOKE = "the seat went", "the license ended", "the license runs again", "spoke again"

type Change = Callable[[QuerySet[Enrollment]], None]


def run(now: datetime | None = None) -> int:
    """Everything that is due in every service. Returns how many devices changed their state."""
    now = now or timezone.now()
    return each(CONSOLES, lambda service: _run(CONSOLES[service], now))


def speaks(secret: bytes) -> None:
    """The device whose agent has this secret (SHA-256) reports: it is locked, as everybody locks it first, and is not
    silent any more."""
    with as_operator():
        device = Device.objects.select_for_update(of=("self",), no_key=True).filter(agent__secret=secret).first()
        for console in CONSOLES.values():
            for clock in console.clocks:
                if device and clock.silent:
                    silent = _of(console).filter(state=clock.to, device=device)
                    _batch(console, silent, _back(console, clock.to), SPOKE, frees=False)


def unseated(console: Console) -> QuerySet[Enrollment]:
    """Enrollments that need a seat and have none (any more)."""
    held = seating.of(console).filter(device=OuterRef("device"))
    return _licensed(console).filter(~Exists(held))


def _run(console: Console, now: datetime) -> int:
    moved = 0
    if console.unlicensed:
        moved += _all(console, unseated(console), _to(console, console.unlicensed), SEAT_WENT)
    if console.grace:
        moved += _all(console, _in_grace(console, now), _to(console, console.grace), ENDED)
        moved += _all(console, _out_of_grace(console, now), _back(console, console.grace), RENEWED)
    for clock in console.clocks:
        due, reason = _due(console, clock, now)
        change = _to(console, clock.to, ends=clock.frees or bool(clock.until), but=_told(console, clock))
        moved += _all(console, due, change, reason, frees=clock.frees)
        if clock.silent:
            moved += _all(console, _spoke(console, clock), _back(console, clock.to), SPOKE)
    # Devices report themselves into the first state, but only this ends the enrollment.
    _all(console, _of(console).filter(state=console.first.code), _to(console, console.first.code), "left the service")
    return moved


def _told(console: Console, clock: Clock) -> list[str]:
    """Codes of the actions that tell a device of this end itself (Complete): one that was offline hears it later."""
    return [one.code for one in console.actions if one.now in clock.states and not one.changes_state_by_answer]


def _due(console: Console, clock: Clock, now: datetime) -> tuple[QuerySet[Enrollment], str]:
    """What the clock moves now, and the reason that the history tells."""
    rows = _of(console).filter(state__in=clock.states)
    if clock.fact:
        return _come(rows, "facts", clock.fact, now), "its time had come"
    if clock.until:
        things = Thing.objects.filter(service=console.service)
        return rows.filter(thing__in=_come(things, "settings", clock.until, now)), "its time had come"
    after = clock.after or timedelta(days=rule.number(clock.setting))
    if not clock.silent:
        return rows.filter(since__lte=now - after), f"after {_long(after)}"
    seen = Agent.objects.filter(device=OuterRef("device")).values("seen_at")
    silent = rows.alias(seen=Coalesce(Subquery(seen), F("since"))).filter(seen__lte=now - after)
    return silent, f"silent for {_long(after)}"


def _come(rows: QuerySet[Any], column: str, name: str, now: datetime) -> QuerySet[Any]:
    """Those whose instant of this name has come; what is none never comes. Days begin at 00:00 UTC."""
    told = KT(f"{column}__{name}")
    is_one = Func(told, Value("timestamptz"), function="pg_input_is_valid", output_field=BooleanField())
    instant = Case(When(is_one, then=Cast(told, DateTimeField())))
    found: QuerySet[Any] = rows.alias(instant=instant).filter(instant__lte=now)
    return found


def _long(after: timedelta) -> str:
    return f"{after.days} days" if after.days else f"{after}"


def _all(console: Console, due: QuerySet[Enrollment], change: Change, reason: str, *, frees: bool = False) -> int:
    moved = batch = _batch(console, due, change, reason, frees=frees)
    while batch == BATCH:
        batch = _batch(console, due, change, reason, frees=frees)
        moved += batch
    return moved


def _batch(console: Console, due: QuerySet[Enrollment], change: Change, reason: str, *, frees: bool) -> int:
    """Devices first, by id, then their enrollments, licenses last: as everybody locks (services/engine.py).

    Looked at again once they are locked: another run or a person may have been faster.
    """
    with as_operator():
        some = Device.objects.filter(pk__in=due.order_by().values("device")[:BATCH]).order_by("pk")
        devices = list(some.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        still = due.filter(device__in=devices).order_by("device").select_for_update(of=("self",), no_key=True)
        found = list(still.values_list("device_id", flat=True))
        if not found:
            return 0
        engine.because(reason)
        change(_of(console).filter(device__in=found))
        if frees:
            with seats.because("ended"):
                seating.freed(console).filter(device__in=found).delete()
        return len(found)


def _to(console: Console, state: str, *, ends: bool = False, but: Collection[str] = ()) -> Change:
    """Into the state; out of the service, where that is the first one. Commands of devices that leave it, or that lose
    their seat, are cancelled, but for the actions `but`. In grace what a device has fetched already it does anyway, and
    tells."""
    open_ones: Collection[Command.State] = (
        Command.OPEN if ends or state in (console.first.code, console.unlicensed) else ()
    )
    if state == console.grace:
        open_ones = (Command.State.WAITING,)

    def change(rows: QuerySet[Enrollment]) -> None:
        if open_ones:
            _cancel(console, rows, open_ones, but)
        if state == console.first.code:
            rows.delete()
        else:
            rows.update(state=state)

    return change


def _spoke(console: Console, clock: Clock) -> QuerySet[Enrollment]:
    """Devices that were silent and have checked in since."""
    return _of(console).filter(state=clock.to, device__agent__seen_at__gt=F("since"))


def _back(console: Console, state: str) -> Change:
    """Into the state before this one, which the history tells. What it waits for there is told again."""
    own = Move.objects.filter(customer=OuterRef("customer"), device=OuterRef("device"), service=console.service)
    former = Subquery(own.filter(state=state).order_by("-pk").values("before")[:1])

    def change(rows: QuerySet[Enrollment]) -> None:
        found = list(rows.values_list("device_id", flat=True))
        rows.update(state=Coalesce(former, F("state")))
        commands.send_again(console, found)

    return change


def _cancel(
    console: Console, rows: QuerySet[Enrollment], states: Collection[Command.State], but: Collection[str]
) -> None:
    waiting = Command.objects.filter(device__in=rows.values("device"), service=console.service, state__in=states)
    waiting.exclude(action__in=but).cancel("The state of the device changed meanwhile")


def _of(console: Console) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(service=console.service)


def _licensed(console: Console) -> QuerySet[Enrollment]:
    """Those whose state, and whose thing, need a seat."""
    rows = _of(console)
    if not console.unlicensed:
        return rows.none()
    for kind in console.kinds:
        if kind.seat_if is not None:
            rows = rows.filter(thing__kind=kind.code, thing__settings__contains=dict(kind.seat_if))
    return rows.exclude(state__in={console.first.code, console.unlicensed, *console.seatless})


def _in_grace(console: Console, now: datetime) -> QuerySet[Enrollment]:
    """Their license has ended and still holds their seat (knox.md 5.4)."""
    held = seating.of(console).filter(device=OuterRef("device"))
    kept = held.filter(license__product__has_grace=True)
    return _licensed(console).exclude(state=console.grace).filter(Exists(kept), ~Exists(held.filter(seating.runs(now))))


def _out_of_grace(console: Console, now: datetime) -> QuerySet[Enrollment]:
    """The license was extended, or the devices have moved to one that runs."""
    held = seating.of(console).filter(device=OuterRef("device"))
    return _of(console).filter(Exists(held.filter(seating.runs(now))), state=console.grace)
