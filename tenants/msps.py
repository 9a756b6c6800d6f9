"""What may change about an MSP after its approval: by Samsung, and by its own super admin."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import events
from audit.models import Side
from rules import reasons
from rules.errors import RuleBroken
from tenants.models import Msp


@transaction.atomic
def authorize_knox_guard(msp: Msp, *, by: User) -> Msp:
    """Open Knox Guard for an MSP (knox.md 1.3). Runs as the operator."""
    msp = Msp.objects.select_for_update().get(pk=msp.pk)
    if msp.knox_guard:
        raise RuleBroken(f"Knox Guard is open for {msp} already. Nothing changed.", status=409)
    msp.knox_guard = True
    msp.save(update_fields=["knox_guard"])
    events.record("msp.knox_guard_opened", msp, by=by, side=Side.SAMSUNG, msp_id=msp.pk)
    return msp


def guard_closed(msp: Msp) -> str:
    """Why an MSP cannot use Knox Guard (words.md customer.guard); empty where Samsung opened it."""
    if msp.knox_guard:
        return ""
    return (
        f"Samsung opens Knox Guard for each MSP separately. Open a ticket and quote your MSP ID {msp.public_id}. "
        "You can add the other services now."
    )


@transaction.atomic
def suspend(msp: Msp, *, reason: str, by: User) -> Msp:
    """Close the MSP Portal to the MSP's people; its open requests cannot be approved. Runs as the operator."""
    reason = reasons.given(reason, missing="The people of the MSP read the reason. Write one or two sentences.")
    msp = Msp.objects.select_for_update().get(pk=msp.pk)
    if msp.suspended_at:
        raise RuleBroken(f"{msp} is suspended already. Nothing changed.", status=409)
    msp.suspended_at, msp.suspended_reason = timezone.now(), reason
    msp.save(update_fields=["suspended_at", "suspended_reason"])
    events.record("msp.suspended", msp, by=by, side=Side.SAMSUNG, msp_id=msp.pk, reason=msp.suspended_reason)
    return msp


@transaction.atomic
def resume(msp: Msp, *, by: User) -> Msp:
    """End a suspension: the MSP's people work as before. Runs as the operator."""
    msp = Msp.objects.select_for_update().get(pk=msp.pk)
    if not msp.suspended_at:
        raise RuleBroken(f"{msp} is not suspended. Nothing changed.", status=409)
    msp.suspended_at, msp.suspended_reason = None, ""
    msp.save(update_fields=["suspended_at", "suspended_reason"])
    events.record("msp.resumed", msp, by=by, side=Side.SAMSUNG, msp_id=msp.pk)
    return msp


@transaction.atomic
def change_support(msp: Msp, *, by: User, support_phone: str, support_email: str) -> Msp:
    """Where customers reach the MSP: they read it in requests, receipts and their own portal (knox.md 2.1)."""
    msp = Msp.objects.select_for_update().get(pk=msp.pk)
    new = {"support_phone": support_phone, "support_email": support_email}
    changed = [name for name, value in new.items() if value != getattr(msp, name)]
    if not changed:
        return msp
    msp.support_phone, msp.support_email = support_phone, support_email
    msp.save(update_fields=changed)
    words = " and ".join(name.replace("_", " ") for name in changed)
    events.record("msp.changed", msp, by=by, side=Side.MSP, msp_id=msp.pk, fields=words)
    return msp
