"""What people do about alerts: take one on, give it to somebody, write about it, hide it for a while.

Nothing here closes an alert: that its cause is gone does. PostgreSQL lets only those change it who may change the
customer, on the side that manages (migration 0002); for a company that is no customer yet, those who may add some.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from alerts.models import FOREVER, Alert, AlertComment
from alerts.sources import SOURCES
from audit import events
from audit.models import Side
from rules.errors import RuleBroken
from tenants import access
from tenants.models import Customer

OVER = "This alert is over, because its cause is gone. You find it in the history."
NO_RIGHT = 'Your role does not include "Change customers". Your super admin can give it to you.'
LONGEST_SNOOZE = timedelta(days=365)
MORNING = 8
CHOICES = {
    "tomorrow": "Until tomorrow, 08:00",
    "week": "For 7 days",
    "grows": "Until the number grows",
}


class Reach(models.TextChoices):
    """What an act is about. Alerts are alike if they are of one kind, and of one service where they have one."""

    ONE = "one", "This alert"
    CUSTOMER = "customer", "All like it at this customer"
    ALL = "all", "All like it at every customer"


@dataclass(frozen=True)
class Tagged:
    """A reach in between: all like it at the customers that have this tag of the alert's customer."""

    tag: str


type Reached = Reach | Tagged


@transaction.atomic
def acknowledge(alert: Alert, *, by: User, reach: Reached = Reach.ONE) -> int:
    """Take it on: others read who is on it, and red numbers do not count it any more. Returns how many."""
    held = _held(alert, reach)
    free = [one for one in held if one.acknowledged_by_id is None]
    if reach == Reach.ONE and not free and held[0].acknowledged_by_id != by.pk:
        raise RuleBroken(f"{held[0].acknowledged_by} is on it already.", status=409)
    return _change(free, "alert.acknowledged", by=by, acknowledged_by=by, acknowledged_at=timezone.now())


@transaction.atomic
def undo(alert: Alert, *, by: User, reach: Reached = Reach.ONE) -> int:
    """Nobody is on it any more. Everybody who may handle it can say so."""
    held = [one for one in _held(alert, reach) if one.acknowledged_by_id]
    return _change(held, "alert.undone", by=by, acknowledged_by=None, acknowledged_at=None)


@transaction.atomic
def assign(alert: Alert, *, to: User | None, by: User, reach: Reached = Reach.ONE) -> int:
    """Give it to a colleague who may handle it, or to nobody."""
    held = _held(alert, reach)
    if to is None:
        return _change([one for one in held if one.assigned_to_id], "alert.assigned_to_nobody", by=by, assigned_to=None)
    if to not in assignable(alert):
        raise RuleBroken("This person cannot change this customer. Choose a colleague who can.", field="to")
    if len({one.customer_id for one in held}) > 1:
        theirs = {customer.pk for customer in Customer.objects.granted(to, access.MANAGE)}
        held = [one for one in held if one.customer_id in theirs or one.pk == alert.pk]
    return _change(held, "alert.assigned", by=by, what={"to": str(to)}, assigned_to=to)


def assignable(alert: Alert) -> list[User]:
    """Who may handle it: people of the MSP, or of the customer where it has none. One query."""
    if alert.customer_id is None:
        by_role = User.objects.filter(groups__role__msp=alert.msp_id, groups__role__rights__contains=["add_customers"])
        return list(by_role.distinct().order_by("first_name", "last_name", "pk"))
    return access.holders(access.MANAGE, of=alert.customer_id, msp=alert.msp_id)


@transaction.atomic
def comment(alert: Alert, *, text: str, by: User, reach: Reached = Reach.ONE) -> int:
    """Write something for the colleagues. Returns under how many alerts it stands."""
    text = text.strip()
    longest = AlertComment._meta.get_field("text").max_length or 0
    if not 0 < len(text) <= longest:
        raise RuleBroken(f"Write a comment of at most {longest:,} characters.", field="text")
    held = _held(alert, reach)
    AlertComment.objects.bulk_create(
        [AlertComment(alert=one, customer_id=one.customer_id, msp_id=one.msp_id, by=by, text=text) for one in held]
    )
    _record("alert.commented", held, by=by)
    return len(held)


@transaction.atomic
def snooze(
    alert: Alert, *, until: datetime | None, by: User, until_grows: bool = False, reach: Reached = Reach.ONE
) -> int:
    """Hide it for everybody of this side. It comes back earlier if its severity gets worse.

    `until_grows`: also if its number grows; without `until`, only then.
    """
    now = timezone.now()
    if not (until_grows if until is None else now < until <= now + LONGEST_SNOOZE):
        raise RuleBroken("Choose a time to come, within a year.", field="until")
    end = until or FOREVER
    told = {"until": until.isoformat(timespec="minutes") if until else "its number grows"}
    return _change(
        _held(alert, reach), "alert.snoozed", by=by, what=told,
        snoozed_by=by, snoozed_until=end, snoozed_count=F("count") if until_grows else None,
    )  # fmt: skip


@transaction.atomic
def wake(alert: Alert, *, by: User, reach: Reached = Reach.ONE) -> int:
    """Show it again."""
    held = [one for one in _held(alert, reach) if one.is_snoozed]
    return _change(held, "alert.woken", by=by, snoozed_by=None, snoozed_until=None, snoozed_count=None)


def until(choice: str, *, now: datetime | None = None) -> tuple[datetime | None, bool]:
    """What a choice of CHOICES means in the zone of the person: `until` and `until_grows` of `snooze`."""
    local = timezone.localtime(now)
    tomorrow = (local + timedelta(days=1)).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    meanings: dict[str, Callable[[], tuple[datetime | None, bool]]] = {
        "tomorrow": lambda: (tomorrow, False),
        "week": lambda: (local + timedelta(days=7), False),
        "grows": lambda: (None, True),
    }
    if choice not in meanings:
        raise RuleBroken("Choose until when it is hidden.", field="until")
    return meanings[choice]()


def _held(alert: Alert, reach: Reached) -> list[Alert]:
    """Lock what the act is about, as far as this person may handle it, in the order of the keys (as counting does)."""
    rows = Alert.objects.lasting().filter(msp=alert.msp_id, **_which(alert, reach)).order_by("pk")
    # Without people joined: PostgreSQL would join those of before the lock to the row of after it.
    held = list(rows.select_for_update(of=("self",), no_key=True))
    if not any(one.pk == alert.pk for one in held):
        is_over = not Alert.objects.lasting().filter(pk=alert.pk).exists()
        raise RuleBroken(OVER, status=409) if is_over else RuleBroken(NO_RIGHT, status=403)
    return held


def _which(alert: Alert, reach: Reached) -> dict[str, Any]:
    """Conditions for the alerts that a reach is about, this one always among them."""
    alike: dict[str, Any] = {"kind": alert.kind, "service": alert.service}
    if isinstance(reach, Tagged):
        tagged = Customer.objects.filter(tags__contains=[reach.tag])
        if not tagged.filter(alerts=alert).exists():
            raise RuleBroken(f"The customer of this alert does not have the tag {reach.tag} any more.", status=409)
        return alike | {"customer__in": tagged}
    return {Reach.CUSTOMER: alike | {"customer": alert.customer_id}, Reach.ALL: alike}.get(reach, {"pk": alert.pk})


def _change(held: list[Alert], verb: str, *, by: User, what: dict[str, str] | None = None, **columns: Any) -> int:
    changed = Alert.objects.filter(pk__in=[one.pk for one in held]).update(**columns)
    if changed:
        _record(verb, held, by=by, **(what or {}))
    return changed


def _record(verb: str, held: list[Alert], *, by: User, **detail: str) -> None:
    """One line of history, of the customer where the act was about one."""
    first, customers = held[0], {one.customer_id for one in held}
    number = f"{len(held):,} alerts" if len(held) > 1 else "the alert"
    events.record(
        verb, first, by=by, side=Side.MSP if first.msp_id else Side.CUSTOMER, msp_id=first.msp_id,
        customer_id=first.customer_id if len(customers) == 1 else None,
        alerts=number, kind=SOURCES[first.kind].label, **detail,
    )  # fmt: skip
