"""The letters about alerts, and about what waits for Samsung (words.md 4.2: digest.daily, queue.digest)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts import mail_choices
from accounts.models import User
from alerts.feed import Line
from alerts.mail_topics import CRITICAL
from alerts.news import News
from mail import outbox
from tenants import access
from tenants.models import Membership
from tenants.numbers import counted
from tenants.times import day, written


@dataclass(frozen=True)
class Waiting:
    """Things of one kind that wait for a decision of Samsung."""

    name: str
    count: int
    oldest: datetime


def alerts(user: User, news: News, *, topic: str) -> None:
    """Daily, or critical ones at once: one alert alone in full, several as a list. Acts as the person."""
    top, works_for = news.lines[0], _organizations(user)
    is_alone = topic == CRITICAL and news.total == 1
    outbox.write(
        "alerts/email/critical" if is_alone else "alerts/email/digest",
        to=user.email,
        name=user.first_name,
        why=f"you work for {' and '.join(str(one) for one in works_for)}",
        about=[*access.companies(*works_for), *(line.kcs_id for line in news.lines)],
        context={
            "top": top,
            "alerts": counted(news.total, "critical alert" if topic == CRITICAL else "alert"),
            "place": top.customer_name if news.customers == 1 else counted(news.customers, "customer"),
            "is_of_one": news.customers == 1,
            "lines": [(line, written(line.alert.since, user.zone)) for line in news.lines],
            "rest": f"{news.rest:,}" if news.rest else "",
            "is_of_msp": news.is_of_msp,
            "button_url": settings.PORTAL_URL + (top.url if is_alone else _first_page(news)),
        },
        between=_between(top) if news.customers == 1 else None,
        stop=mail_choices.stop_token(user, topic),
    )


def queue(user: User, waiting: Sequence[Waiting], *, topic: str) -> None:
    outbox.write(
        "alerts/email/queue",
        to=user.email,
        name=user.first_name,
        why="you decide for Samsung",
        about=[],
        context={
            "counts": " and ".join(counted(one.count, one.name) for one in waiting),
            "is_one": sum(one.count for one in waiting) == 1,
            "oldest": day(min(one.oldest for one in waiting), user.zone),
            "lines": [_line(one, user) for one in waiting],
            "button_url": settings.PORTAL_URL + reverse("samsung-dashboard"),
        },
        stop=mail_choices.stop_token(user, topic),
    )


def _line(one: Waiting, user: User) -> dict[str, Any]:
    return {"counted": counted(one.count, one.name), "is_one": one.count == 1, "oldest": written(one.oldest, user.zone)}


def _first_page(news: News) -> str:
    return reverse("msp-dashboard" if news.is_of_msp else "admin-portal-home")


def _organizations(user: User) -> list[access.Organization]:
    """Where the person works, as far as it has to do with customers."""
    memberships = Membership.objects.filter(user=user, state=Membership.State.ACTIVE).order_by("pk")
    found = [membership.msp or membership.customer for membership in memberships.select_related("msp", "customer")]
    return [one for one in found if one]


def _between(line: Line) -> tuple[str, str] | None:
    msp = line.alert.msp
    return (msp.public_id, line.kcs_id) if msp and line.kcs_id else None
