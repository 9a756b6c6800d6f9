"""Deciding what resellers upload for a customer (FAQ Q6; knox.md 4.5): approve all, approve some, reject.

Runs as the customer's side: people of its MSP, or its own. The first decision counts; the second person is told.
"""

from collections.abc import Iterable
from functools import partial

from celery import current_app
from django.db import models, transaction
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Event, Side
from devices import approval_emails
from devices.models import Approval, Device, ResellerCustomer, Upload
from rules import reasons
from rules.errors import NothingHere, RuleBroken
from tenants import teams
from tenants.models import Customer, Management, Membership
from tenants.times import written

State = Approval.State
DECIDED = ("upload.approved", "upload.approved_some", "upload.approved_by_itself", "upload.rejected")


@transaction.atomic
def approve(approval: Approval, *, by: User) -> int:
    """Say yes to every device that still waits, in one statement. Returns how many."""
    approval = undecided(approval, by=by)
    count = _verify(approval)
    decide_approved(approval, devices=count, by=by)
    return count


def decide_approved(approval: Approval, *, devices: int, by: User) -> None:
    """The decision, once so many devices are approved: write it down, and tell the reseller."""
    _decide(approval, State.APPROVED, by=by)
    _trust(approval)
    record("upload.approved", approval, by=by, devices=devices)
    approval_emails.decided(approval)


def approve_block(approval: Approval, device_ids: list[int], *, by: User) -> int:
    """Say yes to these, without a line of history: they are a part of all (devices/bulk_approvals.py)."""
    return _verify(undecided(approval, by=by), pk__in=device_ids)


@transaction.atomic
def approve_some(approval: Approval, device_ids: Iterable[int], *, by: User) -> int:
    """Say yes to some devices of this approval. The rest waits; with the last one the upload is decided."""
    chosen = list(device_ids)
    if not chosen:
        raise RuleBroken("Tick at least one device.", field="device")
    approval = undecided(approval, by=by)
    count = _verify(approval, pk__in=chosen)
    if not count:
        raise RuleBroken("These devices do not wait any more. Nothing changed.", status=409)
    _trust(approval)
    record("upload.approved_some", approval, by=by, devices=count)
    if not waiting(approval).exists():
        _decide(approval, State.APPROVED, by=by)
        approval_emails.decided(approval)
    return count


@transaction.atomic
def reject(approval: Approval, *, by: User, reason: str) -> int:
    """Say no to every device that still waits: it is free again. Returns how many.

    Where some were approved before, they stay, and with them the upload counts as approved.
    """
    reason = reasons.given(reason)
    approval = undecided(approval, by=by)
    count, _ = waiting(approval).delete()
    approval.reason = reason
    kept = Device.objects.filter(approval=approval).exists()
    _decide(approval, State.APPROVED if kept else State.REJECTED, by=by)
    record("upload.rejected", approval, by=by, devices=count, reason=approval.reason)
    approval_emails.decided(approval)
    return count


@transaction.atomic
def approve_by_itself(approval: Approval) -> bool:
    """Approve without a click, if the customer's side wants that of this reseller now. Returns whether it did.

    The upload's own worker calls it, on behalf of the reseller, who could not. The worker has changed this row
    before, so the customer is not locked: that would turn the order of locks around.
    """
    with as_operator():
        approval = Approval.objects.select_for_update().get(pk=approval.pk)
        wanted = ResellerCustomer.objects.filter(
            customer=approval.customer_id,
            reseller=approval.reseller_id,
            state=ResellerCustomer.State.ACTIVE,
            auto_approve=True,
        )
        if approval.state != State.PENDING or not approval.is_complete or not wanted.exists():
            return False
        _verify(approval)
        _decide(approval, State.APPROVED, by=None)
        record("upload.approved_by_itself", approval, by=None, devices=approval.devices)
    return True


def who_decided(approval: Approval, *, reader: Side, msp_id: int | None) -> str:
    """Who decided: the person for the own side, for the other only which side it was (words.md 3, P)."""
    with as_operator():  # a customer's people may not read the history that its MSP writes
        found = Event.objects.about(approval).filter(verb__in=DECIDED).first()
    if found is None:  # the reseller took every device back, so there was nothing left to decide
        return approval.sender_name
    same = found.side == reader and (reader == Side.CUSTOMER or found.msp_id == msp_id)
    return found.actor_name if same else str(Side(found.side).label)


def side_of(person: User, customer: Customer | int) -> Side:
    """For whom this person decides: the customer itself, or its MSP."""
    own = Membership.objects.filter(user=person, customer=customer, state=Membership.State.ACTIVE)
    return Side.CUSTOMER if own.exists() else Side.MSP


def is_closed(person: User, customer: Customer | int) -> bool:
    """Whether this person acts for an MSP that Samsung has suspended: what was asked for before goes no further."""
    suspended = Management.objects.filter(customer=customer, ended_at=None).exclude(msp__suspended_at=None)
    return side_of(person, customer) == Side.MSP and suspended.exists()


def undecided(approval: Approval, *, by: User) -> Approval:
    """Lock the customer, then the approval, so that two decisions go one after the other."""
    Customer.objects.select_for_update(no_key=True).filter(pk=approval.customer_id).first()
    found = Approval.objects.select_for_update(of=("self",)).select_related("customer")
    locked = found.filter(pk=approval.pk, customer=approval.customer_id).first()
    if locked is None:  # management ended while the page was open
        raise NothingHere
    if locked.state != State.PENDING:
        raise _decided_already(locked, by)
    if not locked.is_complete:
        raise RuleBroken(
            f"The check of this upload is at {_percent(locked)}%. You can approve when it is done.", status=409
        )
    return locked


def _decided_already(approval: Approval, by: User) -> RuleBroken:
    who = who_decided(approval, reader=side_of(by, approval.customer_id), msp_id=teams.msp_of(approval.customer_id))
    return RuleBroken(
        f"{who} already {approval.state} upload {approval.upload_id} on "
        f"{written(approval.decided_at or approval.sent_at, by.zone)}. An upload has one decision. Nothing changed.",
        status=409,
    )


def _percent(approval: Approval) -> int:
    """How far the upload is; never 100 before its end."""
    with as_operator():  # a reseller's upload is its own
        upload = Upload.objects.only("added_to", "lines").get(pk=approval.upload_id)
    return min(upload.added_to * 100 // upload.lines, 99) if upload.lines else 0


def waiting(approval: Approval) -> models.QuerySet[Device]:
    return Device.objects.filter(approval=approval, customer=approval.customer_id, state=Device.State.PENDING)


def _verify(approval: Approval, **some: object) -> int:
    """One UPDATE, however many there are. What they get in services is given by a worker, after commit; where its task
    is lost, its clock finds the mark."""
    count = waiting(approval).filter(**some).update(state=Device.State.VERIFIED, modified_at=timezone.now())
    Approval.objects.filter(pk=approval.pk, customer=approval.customer_id).update(preferences_due=True)
    transaction.on_commit(partial(current_app.send_task, "services.tasks.apply_preferences"), robust=True)
    return count


def _decide(approval: Approval, state: State, *, by: User | None) -> None:
    approval.state, approval.decided_at, approval.decided_by = state, timezone.now(), by
    approval.save(update_fields=["state", "decided_at", "decided_by", "reason"])


def _trust(approval: Approval) -> None:
    """The first approval lets the reseller read the customer's name. One that was removed stays removed."""
    pending = ResellerCustomer.objects.filter(
        customer=approval.customer_id, reseller=approval.reseller_id, state=ResellerCustomer.State.PENDING
    )
    pending.update(state=ResellerCustomer.State.ACTIVE, registered_at=timezone.now())


def record(verb: str, approval: Approval, *, by: User | None, **detail: object) -> None:
    events.record(
        verb,
        approval,
        by=by,
        side=side_of(by, approval.customer_id) if by else Side.PORTAL,
        msp_id=teams.msp_of(approval.customer_id),
        customer_id=approval.customer_id,
        reseller_id=approval.reseller_id,
        upload=approval.upload_id,
        sender=approval.sender_name,
        **detail,
    )
