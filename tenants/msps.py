"""What Samsung may change about an MSP after its approval."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import events
from audit.models import Side
from tenants.models import Msp


@transaction.atomic
def authorize_knox_guard(msp: Msp, *, by: User) -> Msp:
    """Open Knox Guard for an MSP (knox.md 1.3). Runs as the operator."""
    msp = Msp.objects.select_for_update().get(pk=msp.pk)
    msp.knox_guard = True
    msp.save(update_fields=["knox_guard"])
    events.record("msp.knox_guard_opened", msp, by=by, side=Side.SAMSUNG, msp_id=msp.pk)
    return msp


@transaction.atomic
def suspend(msp: Msp, *, reason: str, by: User) -> Msp:
    """Stop an MSP from coming to new customers: its open requests cannot be approved. Runs as the operator."""
    msp = Msp.objects.select_for_update().get(pk=msp.pk)
    msp.suspended_at = timezone.now()
    msp.save(update_fields=["suspended_at"])
    events.record("msp.suspended", msp, by=by, side=Side.SAMSUNG, msp_id=msp.pk, reason=reason)
    return msp
