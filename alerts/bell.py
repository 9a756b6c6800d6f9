"""The bell: how many alerts of an MSP are new to a person, and that they were looked at."""

from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from alerts.models import AlertQuerySet, Seen, Severity
from tenants.models import Msp

CAP = 100
"""As many as the panel shows (knox.md 7.5); more read as `99+`."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNER = Signer(salt="alerts.bell")


def shown(count: int) -> str:
    """`7`, `99+`; empty for none."""
    return f"{CAP - 1}+" if count >= CAP else str(count or "")


def seen(user: User, msp: Msp, *, through: datetime) -> None:
    """The person looked at a list of the MSP whose newest change was at `through`. What came later stays new.

    Earlier than a look before: nothing changes, as an old page in another window may say it late.
    """
    looked, _ = Seen.objects.get_or_create(user=user, msp=msp, defaults={"through": through})
    Seen.objects.filter(pk=looked.pk, through__lt=through).update(through=through)


def new_to(alerts: AlertQuerySet, *, user: User, msp: Msp | None = None) -> AlertQuerySet:
    """Those that opened, or grew while critical, since the person looked at their MSP's; `msp` where all are of one."""
    looked = Seen.objects.filter(user=user, msp=msp or OuterRef("msp")).values("through")
    alerts = alerts.alias(looked=Coalesce(Subquery(looked), _NEVER))
    return alerts.filter(Q(since__gt=F("looked")) | Q(severity=Severity.CRITICAL, changed_at__gt=F("looked")))


def newest(alerts: AlertQuerySet) -> datetime | None:
    """What `seen` is told when this list was on the screen."""
    return alerts.order_by("-changed_at").values_list("changed_at", flat=True).first()


def sealed(at: datetime) -> str:
    """The instant as a page sends it back: nobody else's."""
    return _SIGNER.sign(at.isoformat())


def opened(mark: str) -> datetime | None:
    """The instant in what a page sent back; None if it is not ours."""
    try:
        return datetime.fromisoformat(_SIGNER.unsign(mark))
    except BadSignature:
        return None
