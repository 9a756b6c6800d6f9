"""The queries of the MSP Dashboard's tiles and charts: what each counts, for all customers of an MSP or for one.

Counted when the page is made, and only what the person sees: the policies of every table hold here, too.
`portals/figures.py` says what the rows mean.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import JSONObject, Now, TruncWeek
from django.utils import timezone

from alerts.models import Alert, Recount, Severity
from devices.models import Approval, Device, Upload
from licensing.models import License
from onboarding.models import ManagementRequest
from services.models import Enrollment
from support.models import Ticket
from tenants import lists
from tenants.models import ORGANIZATIONS, Customer, Msp, managed_by

WEEKS = 8
_CUSTOMERS_SHOWN = 200
_LICENSES_SHOWN = 5
_LICENSE_KINDS = ("license_ending", "license_ended", "trial_ending", "seats_low", "seats_full")
_ENDED_KIND, _LOW_KINDS = "license_ended", ("seats_low", "seats_full")
_NOBODYS = Q(**{f"{column}__isnull": True for column in ORGANIZATIONS})
"""What the person asked Samsung before there was an organization: in the list of tickets, too."""
_ENDED_SHOWN = timedelta(days=30)
"""A license that ended stays in the card this long, unless another one took its place."""

type Parts = dict[str, QuerySet[Any]]


def of(msp: Msp, customer: Customer | None, *, by_seats: bool) -> Parts:
    """Rows of everything, by name."""
    own = Q(customer=customer) if customer else managed_by(msp)
    return pulse(msp, customer) | {
        "customers": _customers(msp),
        "devices": _devices(own),
        "states": _states(own),
        "uploads": _uploads(own),
        "consents": _consents(_of_msp(msp, customer)),
        "tickets": _tickets(Q(msp=msp, about=customer) if customer else Q(msp=msp) | _NOBODYS),
        "licenses": _licenses(own, by_seats=by_seats),
        "seats": _seats(own),
        "lines": _lines(own),
        "enrolled": _enrolled(own),
    }


def pulse(msp: Msp, customer: Customer | None) -> Parts:
    """Rows of the alerts alone."""
    lasting = Alert.objects.filter(_of_msp(msp, customer), closed_at=None)
    return {"alerts": _alerts(lasting), "marks": _marks(lasting), "as_of": _as_of()}


def read(msp: Msp, parts: Parts) -> dict[str, Any]:
    """The rows of each part, in one query."""
    columns = {f"found_{name}": ArraySubquery(rows) for name, rows in parts.items()}
    row: Any = Msp.objects.filter(pk=msp.pk).values(**columns).get()
    return {name: row[f"found_{name}"] for name in parts}


def first_week() -> datetime:
    """Monday of the oldest week shown, in the reader's zone."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def _of_msp(msp: Msp, customer: Customer | None) -> Q:
    return Q(msp=msp, customer=customer) if customer else Q(msp=msp)


def _alerts(lasting: QuerySet[Any]) -> QuerySet[Any]:
    now = timezone.now()
    snoozed = Q(snoozed_until__gt=now)
    open_ = ~Q(snoozed_until__gt=now, snoozed_until__isnull=False) & Q(acknowledged_at=None)
    by_severity = {one.value: Count("pk", filter=open_ & Q(severity=one)) for one in Severity}
    counted = _all(lasting).annotate(
        open=Count("pk", filter=open_),
        aside=Count("pk", filter=snoozed),
        taken=Count("pk", filter=~open_ & ~snoozed),
        of_licenses=Count("pk", filter=Q(kind__in=_LICENSE_KINDS)),
        of_ended=Count("pk", filter=Q(kind=_ENDED_KIND)),
        of_low=Count("pk", filter=Q(kind__in=_LOW_KINDS)),
        **by_severity,
    )
    named = {"all": "open", "snoozed": "aside", "acknowledged": "taken"}
    return _found(counted, *Severity.values, **named, licenses="of_licenses", ended="of_ended", low="of_low")


def _marks(lasting: QuerySet[Any]) -> QuerySet[Any]:
    """What changes with an alert and with what people do about it."""
    counted = _all(lasting).annotate(
        changed=Max("changed_at"),
        acknowledged=Max("acknowledged_at"),
        snoozed=Max("snoozed_until"),
        assigned=Sum("assigned_to"),
        newest=Max("pk"),
    )
    return _found(counted, "changed", "acknowledged", "snoozed", "assigned", "newest")


def _as_of() -> QuerySet[Any]:
    return Recount.objects.order_by("-started_at").values("started_at")[:1]


def _customers(msp: Msp) -> QuerySet[Any]:
    urging = Alert.objects.urging().filter(msp=msp, customer=OuterRef("pk")).order_by()
    by_severity = _found(urging.values("severity").annotate(count=Count("*")), "severity", "count")
    managed = Customer.objects.filter(managements__msp=msp, managements__ended_at=None)
    return _found(
        managed.annotate(urging=ArraySubquery(by_severity)).order_by("-urging", "name_key"),
        "name",
        "name_key",
        "kcs_id",
        alerts="urging",
    )[:_CUSTOMERS_SHOWN]


def _devices(own: Q) -> QuerySet[Any]:
    return Device.objects.filter(own, state=Device.State.VERIFIED).order_by().values("pk")[: lists.CAP + 1]


def _states(own: Q) -> QuerySet[Any]:
    grouped = Enrollment.objects.filter(own).order_by().values("service", "state").annotate(count=Count("*"))
    return _found(grouped, "service", "state", "count")


def _uploads(own: Q) -> QuerySet[Any]:
    pending = Approval.objects.filter(own, state=Approval.State.PENDING, is_complete=True, reseller__isnull=False)
    return _found(_all(pending).annotate(count=Count("*"), brings=Sum("devices")), "count", devices="brings")


def _consents(asked: Q) -> QuerySet[Any]:
    waiting = ManagementRequest.objects.filter(asked, state=ManagementRequest.State.OPEN)
    return _found(_all(waiting).annotate(count=Count("*"), first=Min("ends_at")), "count", ends_at="first")


def _tickets(own: Q) -> QuerySet[Any]:
    lasting = Ticket.objects.filter(own).exclude(state=Ticket.State.CLOSED)
    working = Count("pk", filter=Q(state=Ticket.State.IN_PROGRESS))
    return _found(_all(lasting).annotate(count=Count("*"), working=working), "count", in_progress="working")


def _licenses(own: Q, *, by_seats: bool) -> QuerySet[Any]:
    order: tuple[Any, ...]
    kept = License.objects.kept().filter(own, starts_at__lte=Now(), replaced_by=None)
    if by_seats:
        order, kept = (F("seats") - F("used"), "ends_at"), kept.filter(ends_at__gt=Now())
    else:
        order, kept = (F("ends_at"), "pk"), kept.filter(ends_at__gt=timezone.now() - _ENDED_SHOWN)
    rows = kept.annotate(name_of=F("customer__name"), kcs=F("customer__kcs_id"), product_name=F("product__name"))
    named = {"customer": "name_of", "kcs_id": "kcs", "product": "product_name"}
    return _found(rows.order_by(*order), "pk", "ends_at", "seats", "used", **named)[:_LICENSES_SHOWN]


def _seats(own: Q) -> QuerySet[Any]:
    running = License.objects.kept().filter(own, starts_at__lte=Now(), ends_at__gt=Now()).order_by()
    grouped = running.values("services").annotate(bought=Sum("seats"), taken=Sum("used"))
    return _found(grouped, "services", seats="bought", used="taken")


def _lines(own: Q) -> QuerySet[Any]:
    done = Upload.objects.filter(own, state=Upload.State.DONE, ended_at__gte=first_week())
    counted = _by_week(done, "ended_at").annotate(good=Sum("added"), bad=Sum("errors"))
    return _found(counted, "week", added="good", errors="bad")


def _enrolled(own: Q) -> QuerySet[Any]:
    new = Enrollment.objects.filter(own, added_at__gte=first_week())
    return _found(_by_week(new, "added_at").annotate(count=Count("*")), "week", "count")


def _by_week(rows: QuerySet[Any], moment: str) -> QuerySet[Any]:
    """Grouped by week. The week is told as the earliest of its group: the group itself is sent as a parameter, and
    PostgreSQL does not see that the same stands in the row."""
    week = TruncWeek(moment)
    grouped: QuerySet[Any] = rows.order_by().values(group=week).annotate(week=Min(week))
    return grouped


def _all(rows: QuerySet[Any]) -> QuerySet[Any]:
    """One group of all rows."""
    return rows.order_by().values(all=Value(1))


def _found(rows: QuerySet[Any], *same: str, **named: str) -> QuerySet[Any]:
    return rows.values(found=JSONObject(**{name: name for name in same}, **named))
