"""Tagging very many devices, and taking tags away: a worker does it in blocks."""

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from devices import bulk_acts, picked_devices
from devices.bulk_acts import Outcome, Work
from devices.inventory import Picked, Some
from devices.models import BulkAct, Device
from tenants import access

WORKER = "devices.tasks.tag_many"


def ask(picked: Picked, tags: list[str], query: str, *, count: int, removes: bool, by: User) -> BulkAct:  # noqa: PLR0913
    """Let a worker do it. `query` is the address that picked them. Raises RuleBroken if one would get too many."""
    if not removes:
        picked_devices.check_room(picked.devices(), tags)
    return bulk_acts.ask(
        picked.customer,
        picked.devices(),
        total=count,
        label="Remove tags" if removes else "Add tags",
        right=access.MANAGE,
        worker=WORKER,
        params={"query": query, "tags": tags, "removes": removes},
        back=["devices"],
        by=by,
    )


def _devices(act: BulkAct) -> QuerySet[Device]:
    return Picked.read(act.customer, QueryDict(act.params["query"])).devices()


def _do(act: BulkAct, ids: list[int]) -> Outcome:
    devices, _ = picked_devices.locked(Some(act.customer, ids))
    tags, removes = act.params["tags"], act.params["removes"]
    same = devices.exclude(tags__overlap=tags) if removes else devices.filter(tags__contains=tags)
    numbers = [str(one) for one in same.order_by("pk")[: bulk_acts.NAMED]]
    outcome = Outcome((picked_devices.remove_tags if removes else picked_devices.add_tags)(devices, tags))
    if left := len(ids) - outcome.done:
        outcome.leave_out("same", "Had none of the tags" if removes else "Had the tags already", numbers, count=left)
    return outcome


def _end(act: BulkAct) -> None:
    verb = "device.untagged" if act.params["removes"] else "device.tagged"
    picked_devices.record(verb, act.customer, act.customer, act.done, by=act.by, tags=", ".join(act.params["tags"]))


WORK = Work(_devices, _do, _end)
