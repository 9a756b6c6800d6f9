"""What Samsung may change about an MSP after its approval."""

from django.db import transaction

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
