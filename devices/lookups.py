"""What the check of an upload asks the database: models, customers with their region, devices that Knox has.

All but the models lies beyond what a sender may see, so it is asked as the operator, in functions that hand back
no more than the sender may read.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.acting import as_operator
from devices.identifiers import COLUMNS
from devices.line_sentences import customer_names
from devices.models import DeviceModel, ResellerCustomer, Tac, Upload
from tenants import public_ids
from tenants.models import Customer, Management
from tenants.regions import region_of
from tenants.times import day


class Model(NamedTuple):
    id: int
    code: str
    name: str
    region: str


class Target(NamedTuple):
    """Whom a line is for, and which devices may go there; or why none may."""

    customer_id: int | None
    region: str = ""
    is_managed: bool = False
    """The sender is its MSP."""
    problem: str = ""
    detail: str = ""


class Known(NamedTuple):
    """A device that Knox has already, as far as the sender may read it."""

    customer_id: int
    is_mine: bool
    """This sender brought it there."""
    day: str
    holder: str
    """Where it is, if the sender may know: an MSP's by its KCS Customer ID (devices/line_sentences.py). Empty:
    somewhere."""

    def problem(self, customer_id: int | None) -> tuple[str, str]:
        """The problem of a line that brings it to this customer, and its detail."""
        if self.customer_id == customer_id:
            return ("same", self.day) if self.is_mine else ("known", "")
        return ("own", self.holder) if self.holder else ("known", "")


def models(tacs: Collection[str], codes: Collection[str]) -> tuple[dict[str, Model], dict[str, Model]]:
    """The models of these TACs, and those of these codes."""
    columns = ("pk", "code", "name", "region")
    rows = Tac.objects.filter(tac__in=tacs).values_list("tac", *(f"model__{column}" for column in columns))
    by_tac = {tac: Model(*model) for tac, *model in rows} if tacs else {}
    found = DeviceModel.objects.filter(code__in=codes).values_list(*columns) if codes else ()
    return by_tac, {model.code: model for model in (Model(*row) for row in found)}


def targets(upload: Upload, typed: Collection[str]) -> dict[str, Target]:
    """For each KCS Customer ID as it was typed, whom it means. An empty one means the upload's customer."""
    reachable = _reachable(upload, {public_ids.clean(one) for one in typed})
    only = upload.customer_id or upload.target_id
    return {one: _target(reachable, one, only) for one in typed}


def _target(reachable: dict[str, Target], typed: str, only: int | None) -> Target:
    cleaned = public_ids.clean(typed)
    target = reachable.get(cleaned)
    if target and (only is None or target.customer_id == only):
        return target
    kind = public_ids.kind_of(cleaned)
    if kind and kind is not public_ids.Kind.CUSTOMER:
        return Target(None, problem="other_id", detail=f"{cleaned} is {kind.words}")
    return Target(None, problem="customer", detail=typed.strip()[:40] or "–")


def _reachable(upload: Upload, kcs_ids: Collection[str]) -> dict[str, Target]:
    """The customers to whom the sender may upload now, by KCS Customer ID; the upload's own one also by ``""``."""
    only = upload.customer_id or upload.target_id
    if upload.reseller_id is None:
        mine = dict(Customer.objects.filter(pk=only).values_list("kcs_id", "pk")) if only else {}
    else:
        relations = ResellerCustomer.objects.filter(reseller=upload.reseller_id).exclude(
            state=ResellerCustomer.State.INACTIVE
        )
        chosen = relations.filter(customer=only) if only else relations.filter(kcs_id__in=kcs_ids)
        mine = dict(chosen.values_list("kcs_id", "customer_id"))
    regions = _regions(mine.values())
    reachable = {
        kcs_id: Target(pk, regions[pk][0], is_managed=regions[pk][1] and upload.reseller_id is None)
        for kcs_id, pk in mine.items()
    }
    if only and reachable:
        reachable[""] = next(iter(reachable.values()))
    return reachable


def _regions(customers: Iterable[int]) -> dict[int, tuple[str, bool]]:
    """Of each customer, the region of the devices that it can have, and whether an MSP manages it (FAQ Q15)."""
    with as_operator():
        found = Customer.objects.filter(pk__in=list(customers)).values_list("pk", "country")
        running = Management.objects.filter(customer__in=list(customers), ended_at=None)
        managed = dict(running.values_list("customer_id", "msp__region"))
        return {pk: (managed.get(pk) or region_of(str(country)) or "", pk in managed) for pk, country in found}


UTC = ZoneInfo("UTC")
# Three indexes, one a kind; sorted lookups in each, and never a walk through all devices there are.
_PLANNER = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
_PLANNER_AGAIN = "SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on"
_KNOWN = """
SELECT d.{column}, d.customer_id, d.reseller_id, d.added_at, c.kcs_id
  FROM devices_device d JOIN tenants_customer c ON c.id = d.customer_id WHERE d.{column} = ANY (%s::text[])
"""


def known(upload: Upload, identifiers: Sequence[str]) -> dict[str, Known]:
    """Those of the identifiers that Knox has already, pending ones included."""
    found: dict[str, tuple[Any, ...]] = {}
    for length, column in COLUMNS.items():
        of_kind = [one for one in identifiers if len(one) == length]
        if of_kind:
            found |= {row[0]: row[1:] for row in _known(column, of_kind)}
    own = _own(upload, {row[3] for row in found.values()}) if found else set()
    return {one: _as_read(upload, own, row) for one, row in found.items()}


def _known(column: str, identifiers: Sequence[str]) -> list[tuple[Any, ...]]:
    with as_operator(), connection.cursor() as cursor:
        cursor.execute(_PLANNER)
        cursor.execute(_KNOWN.format(column=column), ["{" + ",".join(identifiers) + "}"])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute(_PLANNER_AGAIN)
        return found


def _own(upload: Upload, kcs_ids: Collection[str]) -> Collection[str]:
    """Those of the customers that the MSP may see, asked behind its own wall. Nobody else reads where a device is."""
    return customer_names(upload, kcs_ids) if upload.channel == Upload.Channel.MSP else ()


def _as_read(upload: Upload, own: Collection[str], row: tuple[Any, ...]) -> Known:
    """A reseller reads where it sent a device itself; an MSP, at which of its customers a device is."""
    customer_id, reseller_id, added_at, kcs_id = row
    zone = upload.uploaded_by.zone if upload.uploaded_by else UTC
    is_mine = reseller_id == upload.reseller_id
    holder = kcs_id if kcs_id in own else ""
    if upload.reseller_id and is_mine:
        holder = f"the KCS Customer ID {kcs_id}"
    return Known(customer_id, is_mine, day(added_at, zone), holder)
