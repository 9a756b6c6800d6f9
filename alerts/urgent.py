"""Critical alerts by email at once. Those that come together are one email, and a storm is a few."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.models import User
from alerts import emails, mail_topics, news
from alerts.mail_topics import CRITICAL
from alerts.models import Alert, AlertQuerySet, Severity
from rules import settings as rule
from tenants.models import Membership

KINDS = [kind for kind, _ in mail_topics.AT_ONCE]


def due() -> tuple[list[int], datetime | None]:
    """Who works where critical alerts are newer than this person was told of, and how far the newest goes.

    Whether the person sees the customer is not asked here: the policies say so when the email is written. Counting
    goes one run after another, so nothing that is older than the newest is still to come.
    """
    with as_operator():
        fresh = _fresh()
        newest = {"msp": _newest(fresh, "msp"), "customer": _newest(fresh, "customer")}
        memberships = Membership.objects.filter(state=Membership.State.ACTIVE, user__is_active=True).filter(
            Q(msp__in=newest["msp"]) | Q(customer__in=newest["customer"])
        )
        rows = memberships.values_list("user_id", "msp_id", "customer_id", "user__alert_reader__told_through")
        people = {
            user
            for user, msp, customer, through in rows
            if through is None or through < (newest["msp"].get(msp) or newest["customer"][customer])
        }
    return sorted(people), max([*newest["msp"].values(), *newest["customer"].values()], default=None)


@transaction.atomic
def tell(user_id: int, *, through: datetime) -> None:
    """One person's email, unless there was one a moment ago: then the next run asks again."""
    user, now = User.objects.get(pk=user_id), timezone.now()
    reader = news.reader(user)
    if reader.told_at and reader.told_at > now - timedelta(minutes=rule.number("alert_at_once_minutes")):
        return
    fresh = Q(severity=Severity.CRITICAL, changed_at__gt=_horizon())
    with acting_as(user), timezone.override(user.zone):
        if found := news.take(user, channel=CRITICAL, among=KINDS, only=fresh):
            emails.alerts(user, found, topic=CRITICAL)
            reader.told_at = now
    reader.told_through = through
    reader.save(update_fields=["told_through", "told_at"])


def _fresh() -> AlertQuerySet:
    return Alert.objects.urging().filter(severity=Severity.CRITICAL, kind__in=KINDS, changed_at__gt=_horizon())


def _horizon() -> datetime:
    return timezone.now() - timedelta(hours=rule.number("alert_at_once_hours"))


def _newest(fresh: AlertQuerySet, column: str) -> dict[int, datetime]:
    """The newest change at each organization."""
    rows = fresh.exclude(**{column: None}).order_by().values_list(column)
    return dict(rows.annotate(at=Max("changed_at")))
