"""Approving an upload with very many devices: a worker says yes to them in blocks, and decides with the last one."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from devices import approvals, bulk_acts
from devices.bulk_acts import Outcome, Work
from devices.models import Approval, BulkAct, Device
from tenants import access

WORKER = "devices.tasks.approve_many"


@transaction.atomic
def ask(approval: Approval, *, by: User) -> BulkAct | None:
    """Let a worker approve all, if they are many; else None. Whoever asks again gets the act that runs.

    Raises RuleBroken where the upload cannot be decided now.
    """
    approval = approvals.undecided(approval, by=by)
    devices = approvals.waiting(approval)
    count = devices.count()
    if not bulk_acts.is_many(count):
        return None
    own = BulkAct.objects.filter(customer=approval.customer_id, worker=WORKER, state=BulkAct.State.RUNNING)
    return own.filter(params__approval=approval.pk).first() or bulk_acts.ask(
        approval.customer,
        devices,
        total=count,
        label=f"Approve upload {approval.upload_id}",
        right=access.APPROVE,
        worker=WORKER,
        params={"approval": approval.pk},
        back=["approvals"],
        by=by,
    )


def _approval(act: BulkAct) -> Approval:
    return Approval.objects.select_related("customer").get(pk=act.params["approval"], customer=act.customer)


def _devices(act: BulkAct) -> QuerySet[Device]:
    return approvals.waiting(_approval(act))


def _do(act: BulkAct, ids: list[int]) -> Outcome:
    return Outcome(approvals.approve_block(_approval(act), ids, by=act.by))


def _end(act: BulkAct) -> None:
    """All: the decision. Where it stopped, some are approved, and the rest waits."""
    fields: dict[str, Any] = {"devices": act.done, "by": act.by}
    if act.refusal:
        approvals.record("upload.approved_some", _approval(act), **fields)
    else:
        approvals.decide_approved(approvals.undecided(_approval(act), by=act.by), **fields)


WORK = Work(_devices, _do, _end)
