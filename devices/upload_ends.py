"""How an upload ends: done, failed or cancelled. What came in stays, what nobody needs goes, and people are told."""

from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import events
from audit.models import Side
from devices import approval_emails, approvals, upload_emails
from devices.models import Approval, GoodLines, ResellerCustomer, Upload, UploadContent, UploadLine
from tenants import teams

State = Upload.State


def done(upload: Upload) -> None:
    """Every line is a device or has a reason why not."""
    _end(upload, State.DONE)
    record("upload.done", upload, by=upload.uploaded_by, added=upload.added, errors=upload.errors)
    upload_emails.result(upload)


def fail(upload: Upload, sentence: str, *, is_lost: bool = False) -> None:
    """The file as a whole cannot be used, or not any more: `is_lost`, because the sender lost the customer."""
    upload.refusal = sentence
    _end(upload, State.FAILED)
    record("upload.failed", upload, by=upload.uploaded_by, reason=sentence)
    upload_emails.failed(upload, opens=not is_lost)


def cancel(upload: Upload, *, by: User) -> None:
    """Somebody stops it."""
    _end(upload, State.CANCELLED)
    record("upload.cancelled", upload, by=by, added=upload.added)


def record(verb: str, upload: Upload, *, by: User | None, **detail: Any) -> None:
    """Into the history of the side that sent it: a customer and its MSP, or a reseller, whose business it is alone."""
    customer = upload.customer_id
    side = Side.RESELLER if customer is None else approvals.side_of(by, customer) if by else Side.PORTAL
    msp = teams.msp_of(customer, person=by) if customer else None
    events.record(
        verb, upload, by=by, side=side, msp_id=msp, customer_id=customer, reseller_id=upload.reseller_id, **detail
    )


def tidy(upload: Upload) -> None:
    """Throw away the lines that became devices. The others stay as the report."""
    GoodLines.objects.filter(upload=upload).delete()
    gone = UploadLine.objects.filter(upload=upload)
    if upload.state == State.DONE or upload.added:
        gone = gone.filter(problem="")
    gone._raw_delete(gone.db)


def _end(upload: Upload, state: State) -> None:
    upload.state, upload.ended_at = state, timezone.now()
    upload.save()
    UploadContent.objects.filter(upload=upload).delete()
    for approval in Approval.objects.filter(upload=upload, is_complete=False).order_by("customer_id"):
        _complete(approval)
    transaction.on_commit(partial(current_app.send_task, "devices.tasks.tidy", [upload.pk]), robust=True)


def _complete(approval: Approval) -> None:
    """Now it can be decided: by itself, or by people who are told."""
    approval.is_complete = True
    approval.save(update_fields=["is_complete"])
    if approval.reseller_id is None:
        return
    if not approval.devices:
        _close(approval)
    elif not approvals.approve_by_itself(approval):
        approval_emails.received(approval)
    relation = ResellerCustomer.objects.filter(customer=approval.customer_id, reseller=approval.reseller_id)
    relation.update(last_uploaded_at=timezone.now())


def _close(approval: Approval) -> None:
    """Nothing came of it for this customer, so nobody has to decide about it."""
    approval.state, approval.decided_at = Approval.State.REJECTED, timezone.now()
    approval.reason = "No device of this upload was added."
    approval.save(update_fields=["state", "decided_at", "reason"])
