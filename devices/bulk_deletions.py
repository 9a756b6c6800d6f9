"""Deleting very many devices: a worker does it in blocks. A device that a service keeps is left out, and named."""

from collections import defaultdict

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from devices import bulk_acts, picked_devices
from devices.bulk_acts import Outcome, Work
from devices.inventory import Picked, Some
from devices.models import BulkAct, Device
from rules.errors import RuleBroken
from tenants import access

WORKER = "devices.tasks.delete_many"


def ask(picked: Picked, query: str, *, count: int, by: User) -> BulkAct:
    """Let a worker do it. `query` is the address that picked them, `count` the number that the person confirmed."""
    return bulk_acts.ask(
        picked.customer,
        picked.devices(),
        total=count,
        label="Delete devices",
        right=access.DELETE,
        worker=WORKER,
        params={"query": query},
        back=["devices"],
        by=by,
    )


def _devices(act: BulkAct) -> QuerySet[Device]:
    return Picked.read(act.customer, QueryDict(act.params["query"])).devices()


def _do(act: BulkAct, ids: list[int]) -> Outcome:
    """Raises RuleBroken where more match by now than the person confirmed."""
    if act.seen + len(ids) > act.total:
        raise RuleBroken(f"More devices match by now than the {act.total:,} that you confirmed, so it stopped here.")
    block = Some(act.customer, ids)
    picked_devices.locked(block)
    kept: dict[str, list[str]] = defaultdict(list)
    outcome = Outcome(_delete(block, kept))
    for why, numbers in kept.items():
        outcome.leave_out(why, why, numbers, count=len(numbers), tone="")
    return outcome


def _delete(block: Some, kept: dict[str, list[str]]) -> int:
    """How many went. Where one is kept, each half by itself, down to the one, whose number is noted by the reason."""
    devices, middle = block.devices(), len(block.ids) // 2
    try:
        with transaction.atomic():
            return devices.delete()[0]
    except IntegrityError as error:
        why = picked_devices.kept(error).removesuffix(" Nothing changed.")  # true of one act at once
    if not middle:
        kept[why].append(str(devices.get()))
        return 0
    return sum(_delete(Some(block.customer, half), kept) for half in (block.ids[:middle], block.ids[middle:]))


def _end(act: BulkAct) -> None:
    picked_devices.record("device.deleted", act.customer, act.customer, act.done, by=act.by)


WORK = Work(_devices, _do, _end)
