"""A reseller takes devices out of Knox again: chosen ones, a list, or a whole upload (knox.md 4.2).

Only its own devices, and only at customers that have not removed it. Everything is one statement over a set, so a
large upload goes as quickly as a small one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from devices import identifiers, picked_devices, reseller_emails
from devices.files import Row
from devices.models import Approval, Device, ResellerCustomer, Upload
from devices.problems import PROBLEMS
from rules.errors import RuleBroken
from tenants import public_ids, teams
from tenants.models import Customer, Reseller

NOT_YOURS = "We did not find this device among the ones that you uploaded."
"""words.md line.delete: the same for a device of somebody else and for one that nobody has."""
KEPT = "The customer uses one of these devices in a service that keeps it. Ask the customer. Nothing changed."
_DELETE = """
WITH gone AS (DELETE FROM devices_device WHERE id IN ({chosen}) RETURNING customer_id, state)
SELECT customer_id, count(*), count(*) FILTER (WHERE state = 'verified') FROM gone GROUP BY customer_id
"""


class Refused(NamedTuple):
    """A line of a list of devices to delete that names none of the reseller's."""

    number: int
    typed: str
    sentence: str


@dataclass(frozen=True)
class Looked:
    """What a list of devices to delete means."""

    devices: list[int]
    refused: list[Refused]


class Gone(NamedTuple):
    """How many devices left one customer, and how many of them were approved."""

    customer_id: int
    devices: int
    verified: int


def own(reseller: Reseller) -> QuerySet[Device]:
    """The devices that the reseller may delete: its own, at customers that still work with it."""
    relations = ResellerCustomer.objects.filter(reseller=reseller).exclude(state=ResellerCustomer.State.INACTIVE)
    return Device.objects.filter(reseller=reseller, customer__in=relations.values("customer"))


def of_upload(upload: Upload, *, reseller: Reseller) -> QuerySet[Device]:
    return own(reseller).filter(approval__upload=upload)


def look(rows: Iterable[Row], *, reseller: Reseller) -> Looked:
    """The devices that the lines name, and why others name none. Where a line has a customer, it must be there."""
    read = [(row, *identifiers.read(row.id)) for row in rows]
    found = _found(reseller, [identifier for _, identifier, problem in read if not problem])
    kcs_ids = dict(ResellerCustomer.objects.filter(reseller=reseller).values_list("customer", "kcs_id"))
    chosen: dict[int, int] = {}
    refused = []
    for row, identifier, problem in read:
        device = found.get(identifier)
        if no := _refusal(row, problem, device, kcs_ids, chosen):
            refused.append(Refused(row.number, row.id, no))
        elif device:
            chosen[device[0]] = row.number
    return Looked(list(chosen), refused)


@transaction.atomic
def delete(devices: QuerySet[Device], *, reseller: Reseller, typed: str, by: User) -> int:
    """Delete these devices of `own`; returns how many. `typed` must be their number, as the page showed it.

    They leave Knox: the inventory of the customer, and every service. The customer's team is told by mail.
    """
    approvals = _locked(devices)
    if any(approval.upload.state in Upload.RUNNING for approval in approvals):
        raise RuleBroken("This upload is still in progress. Wait until it has ended.", status=409)
    count = devices.count()
    if not count:
        raise RuleBroken("These devices are gone already. Nothing changed.", status=409)
    if public_ids.clean(typed).replace(",", "") != str(count):
        raise RuleBroken(f"Type {count} exactly as shown, so that you do not delete other devices.", field="typed")
    gone = _deleted(devices)
    _close(approvals, reseller)
    for one in gone:
        _tell(one, reseller, by)
    return sum(one.devices for one in gone)


def _found(reseller: Reseller, named: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Of each identifier that is a device of the reseller's: the device and its customer. One query a column."""
    found: dict[str, tuple[int, int]] = {}
    for length, column in identifiers.COLUMNS.items():
        of_kind = [one for one in named if len(one) == length]
        if of_kind:
            rows = own(reseller).filter(**{f"{column}__in": of_kind}).values_list(column, "pk", "customer")
            found |= {identifier: (pk, customer) for identifier, pk, customer in rows}
    return found


def _refusal(
    row: Row, problem: str, device: tuple[int, int] | None, kcs_ids: dict[int, str], chosen: dict[int, int]
) -> str:
    """Why a line names no device to delete; empty if it does."""
    if row.problem or problem:
        return PROBLEMS[row.problem or problem].words(value=row.id, detail=row.detail)
    elsewhere = device and row.customer and public_ids.clean(row.customer) != kcs_ids.get(device[1])
    if device is None or elsewhere:
        return NOT_YOURS
    return f"Line {chosen[device[0]]} has the same device." if device[0] in chosen else ""


def _locked(devices: QuerySet[Device]) -> list[Approval]:
    """The approvals of these devices, so that nobody decides them meanwhile."""
    chosen = Approval.objects.filter(pk__in=devices.order_by().values("approval"))
    return list(chosen.select_for_update(of=("self",)).select_related("upload").order_by("pk"))


def _deleted(devices: QuerySet[Device]) -> list[Gone]:
    chosen, params = devices.order_by().values("pk").query.sql_with_params()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_DELETE.format(chosen=chosen), params)
            return [Gone(*row) for row in cursor.fetchall()]
    except IntegrityError as error:
        picked_devices.kept(error)  # a reseller does not read what the customer uses
        raise RuleBroken(KEPT, status=409) from None


def _close(approvals: list[Approval], reseller: Reseller) -> None:
    """Where no device waits any more there is nothing to decide. As after a no, an upload counts as approved where some
    of its devices were (`approvals.reject`)."""
    undecided = [approval.pk for approval in approvals if approval.state == Approval.State.PENDING]
    waiting = Device.objects.filter(approval__in=undecided, state=Device.State.PENDING).values("approval")
    kept = Exists(Device.objects.filter(approval=OuterRef("pk")))
    with as_operator():  # a reseller approves nothing: these were approved before
        Approval.objects.filter(pk__in=undecided).exclude(pk__in=waiting).update(
            state=Case(When(kept, then=Value(Approval.State.APPROVED)), default=Value(Approval.State.REJECTED)),
            decided_at=timezone.now(),
            reason=f"{reseller} deleted the devices that waited for a decision.",
        )


def _tell(gone: Gone, reseller: Reseller, by: User) -> None:
    """The customer's history and its team; beyond what the reseller sees, so as the operator."""
    with as_operator():
        customer = Customer.objects.get(pk=gone.customer_id)
        events.record(
            "reseller.deleted_devices",
            customer,
            by=by,
            side=Side.RESELLER,
            msp_id=teams.msp_of(customer),
            customer_id=customer.pk,
            reseller_id=reseller.pk,
            devices=gone.devices,
            reseller=reseller.name,
        )
        reseller_emails.devices_deleted(customer, reseller=reseller, devices=gone.devices, verified=gone.verified)
