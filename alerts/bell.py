"""The bell: how many alerts are new to a person, and that they were looked at."""

from datetime import datetime

from django.db.models import Expression, Q

from accounts.models import User
from alerts.models import AlertQuerySet, Reader, Severity

CAP = 100
"""As many as the panel shows (knox.md 7.5); more read as `99+`."""


def unread(alerts: AlertQuerySet, *, user: User) -> int:
    """How many of them opened, or grew while critical, since the person looked; up to the cap. Two queries."""
    return new_to(alerts.urging(), seen_through=_seen_through(user))[:CAP].count()


def shown(count: int) -> str:
    """`7`, `99+`; empty for none."""
    return f"{CAP - 1}+" if count >= CAP else str(count or "")


def seen(user: User, *, through: datetime) -> None:
    """The person looked at a list whose newest change was at `through`. What came later stays new.

    Earlier than a look before: nothing changes, as an old page in another window may say it late.
    """
    reader, _ = Reader.objects.get_or_create(user=user)
    Reader.objects.filter(Q(seen_through=None) | Q(seen_through__lt=through), pk=reader.pk).update(seen_through=through)


def new_to(alerts: AlertQuerySet, *, seen_through: datetime | Expression | None) -> AlertQuerySet:
    """Those that a person who looked then has not read of."""
    if seen_through is None:
        return alerts
    grew = Q(severity=Severity.CRITICAL, changed_at__gt=seen_through)
    return alerts.filter(Q(since__gt=seen_through) | grew)


def newest(alerts: AlertQuerySet) -> datetime | None:
    """What `seen` is told when this list was on the screen."""
    return alerts.order_by("-changed_at").values_list("changed_at", flat=True).first()


def _seen_through(user: User) -> datetime | None:
    return Reader.objects.filter(user=user).values_list("seen_through", flat=True).first()
