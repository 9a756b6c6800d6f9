"""What a person has not read of: the alerts of an email, daily or at once. An alert is in one email a severity."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from accounts import mail_choices
from accounts.models import User
from alerts import bell, feed, mail_topics
from alerts.models import Alert, AlertQuerySet, Reader, Severity, Told
from alerts.sources import FOR_CUSTOMERS
from rules import settings as rule
from tenants.models import Membership

_URGENCY = Case(*(When(severity=one, then=Value(one.rank)) for one in Severity), output_field=IntegerField())


@dataclass(frozen=True)
class News:
    """Alerts that are new to a person, the most urgent first."""

    lines: list[feed.Line]
    """As many as an email holds."""
    total: int
    customers: int
    is_of_msp: bool
    """For somebody who works for an MSP; else for the customer's own people."""

    @property
    def rest(self) -> int:
        return self.total - len(self.lines)


def reader(user: User) -> Reader:
    """The person's row, locked: two workers never write to the same person at once."""
    Reader.objects.get_or_create(user=user)
    return Reader.objects.select_for_update().get(pk=user.pk)


def take(user: User, *, channel: str, among: Iterable[str], only: Q | None = None) -> News | None:
    """What this channel tells the person now, and note that it was told. Acts as the person, whose `reader` is locked.

    `among` are the kinds of alerts that the channel tells of. None: nothing, or the person does not want it.
    """
    unwanted = mail_choices.unwanted(user)
    if channel in unwanted:
        return None
    kinds = [kind for kind in among if mail_topics.of(channel, kind) not in unwanted]
    msps, rows = _own(user)
    rows = bell.new_to(rows.filter(only or Q(), kind__in=kinds), user=user)
    before = Told.objects.filter(user=user, alert=OuterRef("pk"), severity=OuterRef("severity"))
    alerts = rows.exclude(Exists(before)).order_by(_URGENCY, "-since", "-pk")
    found = list(alerts.values_list("pk", "severity", "customer_id", "facts__kcs_id"))
    if not found:
        return None
    Told.objects.bulk_create([Told(user=user, alert_id=pk, severity=severity) for pk, severity, _, _ in found])
    first = [pk for pk, _, _, _ in found[: rule.number("alert_digest_lines")]]
    return News(
        lines=_lines(first, msps),
        total=len(found),
        customers=len({(customer, kcs_id) for _, _, customer, kcs_id in found}),
        is_of_msp=bool(msps),
    )


def _own(user: User) -> tuple[set[int], AlertQuerySet]:
    """The MSPs for which the person works; the alerts of their customers and of the person's own company.

    Beyond what the policies show: the people of a customer do not read what only its MSP is told, and those of a
    suspended MSP read by email no more of its customers than in the portal.
    """
    memberships = Membership.objects.filter(user=user, state=Membership.State.ACTIVE, msp__suspended_at=None)
    pairs = list(memberships.values_list("msp_id", "customer_id"))
    msps = {msp for msp, _ in pairs if msp}
    companies = {customer for _, customer in pairs if customer}
    own = Q(msp__in=msps) | Q(customer__in=companies, kind__in=FOR_CUSTOMERS)
    return msps, Alert.objects.urging().filter(own)


def _lines(keys: list[int], msps: set[int]) -> list[feed.Line]:
    found = Alert.objects.select_related("customer", "msp").in_bulk(keys)
    return [feed.line(one, portal=feed.MSP if one.msp_id in msps else feed.OWN) for one in (found[pk] for pk in keys)]
