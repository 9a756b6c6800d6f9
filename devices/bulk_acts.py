"""Acts on more devices than a request waits for: asked for by a person, done by a worker, a block at a time.

A block is one transaction on behalf of the person: its right is looked at again, the row is locked, and the act goes on
only if it stands where this worker believes. So of two workers one goes on, and one that follows a crash does nothing
twice. What was done stays; the page says how many, and who could not have it and why.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.models import User
from devices import approvals
from devices.models import BulkAct, Device
from devices.tries import TRIES, Hopeless, Overtaken, begin
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import access
from tenants.models import Customer

log = logging.getLogger(__name__)
State = BulkAct.State

BLOCK = 10_000
"""Devices in one transaction: about a second's work in a service with seats and commands."""
NAMED = 5
LOST = "The person who asked may not do this for the customer any more, so it stopped here."
CRASHED = "We could not go on. Do it again for the devices that are left. If it happens again, open a ticket."


@dataclass
class Outcome:
    """What one block did."""

    done: int = 0
    left_out: dict[str, dict[str, Any]] = field(default_factory=dict)

    def leave_out(self, key: str, label: str, numbers: list[str], *, count: int, tone: str = "off") -> None:
        """Note why some could not have it. A whole sentence as `label` has no tone: it is no state."""
        self.left_out[key] = {"label": label, "tone": tone, "count": count, "first": numbers[:NAMED]}


@dataclass(frozen=True)
class Work:
    """How one kind of act is done. Each of the three runs on behalf of the person, in a transaction."""

    devices: Callable[[BulkAct], QuerySet[Device]]
    """Whom the act is about, as the rows are now."""
    do: Callable[[BulkAct, list[int]], Outcome]
    """The act for these keys, without a line of history."""
    end: Callable[[BulkAct], None]
    """The line of history, once, where anything was done; where the act stopped, it runs as the operator."""


def is_many(devices: int) -> bool:
    """Whether a worker does it."""
    return devices > rule.number("act_at_once")


@transaction.atomic
def ask(  # noqa: PLR0913  (each is a column)
    customer: Customer,
    devices: QuerySet[Device],
    *,
    total: int,
    label: str,
    right: str,
    worker: str,
    params: dict[str, Any],
    back: list[str],
    by: User,
) -> BulkAct:
    """Let a worker do it after commit. Without a broker the clock asks for it."""
    until = devices.order_by().aggregate(last=Max("pk"))["last"] or 0
    act = BulkAct.objects.create(
        customer=customer, by=by, label=label, right=right, worker=worker, params=params, back=back, total=total,
        until=until,
    )  # fmt: skip
    transaction.on_commit(partial(current_app.send_task, worker, [act.pk]), robust=True)
    return act


def run(pk: int, work: Work) -> None:
    """Go on from where the last worker stood, to the end."""
    try:
        act = _begun(pk)
        while act is not None and act.is_running:
            act = _block(act, work)
    except Overtaken:
        log.info("bulk act %s goes on elsewhere", pk)
    except RuleBroken as no:
        _stop(pk, work, str(no))
    except Hopeless:
        _stop(pk, work, CRASHED)
    except Exception:
        _stop(pk, work, CRASHED, tries=TRIES)
        raise


def _begun(pk: int) -> BulkAct | None:
    """The act, with one more try, if it runs. Whose it is: the worker is nobody yet."""
    with as_operator():
        act = BulkAct.objects.select_related("by", "customer").filter(pk=pk, state=State.RUNNING).first()
        if act:
            begin(act)
        return act


def _block(before: BulkAct, work: Work) -> BulkAct:
    with acting_as(before.by), transaction.atomic():
        _check_may(before)
        act = _locked(before)
        ahead = work.devices(act).filter(pk__gt=act.cursor, pk__lte=act.until).order_by("pk")
        ids = list(ahead.values_list("pk", flat=True)[:BLOCK])
        if ids:
            _count(act, work.do(act, ids), ids)
        act.tries = 0
        if len(ids) < BLOCK:
            act.seen = act.total  # some may have gone meanwhile
            _end(act, State.DONE, work)
        act.save()
    return act


def _check_may(act: BulkAct) -> None:
    """Rights may have gone since, and so may the MSP's."""
    if approvals.is_closed(act.by, act.customer) or act.right not in access.rights(act.by, act.customer):
        raise RuleBroken(LOST)


def _locked(before: BulkAct) -> BulkAct:
    found = BulkAct.objects.select_for_update(of=("self",), no_key=True).select_related("by", "customer")
    act = found.filter(pk=before.pk, state=State.RUNNING, cursor=before.cursor).first()
    if act is None:
        raise Overtaken
    return act


def _count(act: BulkAct, outcome: Outcome, ids: list[int]) -> None:
    act.cursor, act.seen, act.done = ids[-1], act.seen + len(ids), act.done + outcome.done
    for key, new in outcome.left_out.items():
        known = act.left_out.setdefault(key, new | {"count": 0})
        known["count"] += new["count"]
        known["first"] = [*known["first"], *(one for one in new["first"] if one not in known["first"])][:NAMED]


def _end(act: BulkAct, state: State, work: Work) -> None:
    if act.done:
        work.end(act)
    act.state, act.ended_at, act.params = state, timezone.now(), {}


def _stop(pk: int, work: Work, sentence: str, *, tries: int = 0) -> None:
    """It cannot go on: with `tries`, if there were so many. The blocks before stay, and so does what the page and the
    history say of them."""
    with as_operator():
        found = BulkAct.objects.select_for_update(of=("self",), no_key=True).select_related("by", "customer")
        act = found.filter(pk=pk, state=State.RUNNING, tries__gte=tries).first()
        if act:
            act.refusal = sentence
            _end(act, State.STOPPED, work)
            act.save()
