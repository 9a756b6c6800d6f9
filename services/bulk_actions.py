"""An action on very many devices of a service: what the request checks at once, and what the worker does in blocks."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict

from accounts.models import User
from devices import bulk_acts
from devices.bulk_acts import NAMED, Outcome, Work
from devices.inventory import Some
from devices.models import BulkAct, Device
from licensing.models import License
from rules.errors import RuleBroken
from services import engine, modules, seating
from services.console import Action, Acts, Console
from services.engine import Options, Preview
from services.models import Thing
from services.picking import Picked
from tenants import access, teams
from tenants.models import Customer
from tenants.numbers import counted

WORKER = "services.tasks.act_on_many"


def ask(  # noqa: PLR0913  (what engine.act gets, with what the person saw)
    picked: Picked, console: Console, action: Action, preview: Preview, query: str, *, options: Options, by: User
) -> BulkAct:
    """Let a worker do it. `query` is the address that picked them.

    Raises RuleBroken for what would hold of every block: no such thing, a value for one device alone, too few seats.
    """
    thing = engine.chosen_thing(picked.customer, console, action, options)
    params = dict(options.params or {})
    if action.unique and params.get(action.unique):
        raise RuleBroken(f"{params[action.unique]} is for one device. Choose one device.", field=action.unique)
    if console.takes_seat(action, thing.settings if thing else None):
        _check_seats(picked.customer, console, preview, options)
    return bulk_acts.ask(
        picked.customer,
        picked.devices(),
        total=preview.affected + sum(preview.left_out.values()),
        label=f"{action.label} in {console.name}",
        right=access.MANAGE,
        worker=WORKER,
        params={
            "service": console.service, "action": action.code, "query": query, "params": params,
            "msp": teams.msp_of(picked.customer, person=by),
            "thing": thing.pk if thing else None, "license": options.license.pk if options.license else None,
            "at_most": options.at_most,
        },
        back=["console", console.slug],
        by=by,
    )  # fmt: skip


def _check_seats(customer: Customer, console: Console, preview: Preview, options: Options) -> None:
    if not preview.new_seats:
        return
    license = seating.chosen_license(customer, console, options.license)
    if license.left < preview.new_seats:
        raise RuleBroken(
            f"{license} has {counted(license.left, 'seat')} left, and {preview.new_seats:,} devices need one. Choose "
            "fewer devices, or add seats first.",
            field="license",
        )


def _declared(act: BulkAct) -> tuple[Console, Action]:
    console = modules.of(act.params["service"])
    action = console.action(act.params["action"])
    assert action  # noqa: S101  (asked for by its code)
    return console, action


def _devices(act: BulkAct) -> QuerySet[Device]:
    console, _ = _declared(act)
    return Picked.read(act.customer, console, QueryDict(act.params["query"])).devices()


def _do(act: BulkAct, ids: list[int]) -> Outcome:
    console, action = _declared(act)
    block, outcome = Some(act.customer, ids), Outcome()
    _leave_out(block, console, action, outcome)
    possible = len(ids) - sum(one["count"] for one in outcome.left_out.values())
    _check_confirmed(act, possible)
    if possible:
        outcome.done = len(engine.do(block, console, action, options=_options(act), by=act.by).devices)
    return outcome


def _check_confirmed(act: BulkAct, possible: int) -> None:
    """Of a dangerous action: since the person confirmed, more devices may match, or be in a state for it."""
    at_most = act.params.get("at_most")  # acts that were asked for before there was one go on
    if at_most is not None and act.done + possible > at_most:
        raise RuleBroken(f"More devices can have it now than the {at_most:,} that you confirmed, so it stopped here.")


def _leave_out(block: Some, console: Console, action: Action, outcome: Outcome) -> None:
    """Devices in states in which the action is not possible, by state."""
    out = engine.in_service(block.devices(), console).exclude(in_state__in=action.states).order_by("pk")
    named: dict[str, list[str]] = {}
    for state, number in out.values_list("in_state", Coalesce("imei", "meid", "serial")):
        named.setdefault(state, []).append(number)
    for code, numbers in named.items():
        state = console.state(code)
        outcome.leave_out(code, state.label, numbers[:NAMED], count=len(numbers), tone=state.tone)


def _options(act: BulkAct) -> Options:
    """What was chosen, as it is now; what has gone since is refused by the engine."""
    own = {"customer": act.customer}
    return Options(
        Thing.objects.filter(pk=act.params["thing"], **own).first() if act.params["thing"] else None,
        License.objects.filter(pk=act.params["license"], **own).first() if act.params["license"] else None,
        act.params["params"],
    )


def _end(act: BulkAct) -> None:
    console, action = _declared(act)
    options: Any = _options(act)
    acts = Acts(act.customer, [], options.thing, by=act.by)
    engine.record(acts, console, action, devices=act.done, msp_id=act.params["msp"])  # as it was when the person asked


WORK = Work(_devices, _do, _end)
