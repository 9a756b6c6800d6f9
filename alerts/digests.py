"""The daily email: what is new, at the hour that each person chose, in that person's zone (words.md digest.daily).

It may be asked as often as one likes and killed at any time: that the day was thought of, what was told and the email
are one commit. A run that comes late sends the email late; a day has one, also where the clocks are put back.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from accounts import mail_choices
from accounts.acting import acting_as, as_operator
from accounts.models import SAMSUNG_ADMINS, User
from alerts import emails, mail_topics, news
from alerts.mail_topics import DIGEST, QUEUE
from alerts.sources import SOURCES
from onboarding.models import Application
from support.models import Ticket
from tenants.models import Membership


def due() -> list[int]:
    """Whose hour has come today and who got nothing yet today."""
    now = timezone.now()
    with as_operator():
        people = _people()
        zones = people.order_by().values_list("time_zone", flat=True).distinct()
        hours = [_hour_has_come(zone, now.astimezone(ZoneInfo(zone))) for zone in zones]
        return (
            list(people.filter(Q(*hours, _connector=Q.OR)).order_by("pk").values_list("pk", flat=True)) if hours else []
        )


@transaction.atomic
def send(user_id: int) -> None:
    """One person's emails of today, unless another worker wrote them."""
    user = User.objects.get(pk=user_id)
    reader, local = news.reader(user), timezone.now().astimezone(user.zone)
    if local.hour < user.digest_hour or (reader.digest_day and reader.digest_day >= local.date()):
        return
    reader.digest_day = local.date()
    reader.save(update_fields=["digest_day"])
    _tell_of_alerts(user)
    if user.is_samsung_admin and QUEUE not in mail_choices.unwanted(user):
        _tell_of_queue(user)


def _people() -> QuerySet[User]:
    """Who can get a daily email: those with a membership at an MSP or a customer, and Samsung's."""
    memberships = Membership.objects.filter(state=Membership.State.ACTIVE).exclude(msp=None, customer=None)
    works = Q(pk__in=memberships.values("user")) | Q(groups__name=SAMSUNG_ADMINS)
    return User.objects.filter(works, is_active=True).distinct()


def _hour_has_come(zone: str, local: datetime) -> Q:
    fresh = Q(alert_reader=None) | Q(alert_reader__digest_day=None) | Q(alert_reader__digest_day__lt=local.date())
    return Q(time_zone=zone, digest_hour__lte=local.hour) & fresh


def _tell_of_alerts(user: User) -> None:
    with acting_as(user), timezone.override(user.zone):
        if found := news.take(user, channel=DIGEST, among=SOURCES):
            emails.alerts(user, found, topic=DIGEST)


def _tell_of_queue(user: User) -> None:
    with as_operator():
        tickets = Ticket.objects.filter(state=Ticket.State.OPEN)
        submitted = Application.objects.filter(state=Application.State.SUBMITTED)
        queues = [("ticket", tickets, "opened_at"), ("application", submitted, "submitted_at")]
        waiting = [
            emails.Waiting(name, found["count"], found["first"])
            for name, rows, since in queues
            if (found := rows.aggregate(count=Count("*"), first=Min(since)))["count"]
        ]
    if waiting:
        emails.queue(user, waiting, topic=mail_topics.QUEUE)
