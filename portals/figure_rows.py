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
from tenants import lists, together
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


def of(msp: Msp, customer: Customer | None, *, by_seats: bool) -> dict[str, Any]:
    """Rows of everything, by name; of the devices only how many, up to the cap. One query."""
    own = Q(customer=customer) if customer else managed_by(msp)
    rows = _pulse(msp, customer) | {
        "customers": _customers(msp),
        "states": _states(own),
        "uploads": _uploads(own),
        "consents": _consents(_of_msp(msp, customer)),
        "tickets": _tickets(Q(msp=msp, about=customer) if customer else Q(msp=msp) | _NOBODYS),
        "licenses": _licenses(own, by_seats=by_seats),
        "seats": _seats(own),
        "lines": _lines(own),
        "enrolled": _enrolled(own),
    }
    return together.read(rows=rows, sizes={"devices": _devices(own)})


def pulse(msp: Msp, customer: Customer | None) -> dict[str, Any]:
    """Rows of the alerts alone."""
    return together.read(rows=_pulse(msp, customer), sizes={})


def _pulse(msp: Msp, customer: Customer | None) -> dict[str, QuerySet[Any]]:
    lasting = Alert.objects.filter(_of_msp(msp, customer), closed_at=None)
    return {"alerts": _alerts(lasting), "marks": _marks(lasting), "as_of": _as_of()}


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
    return _told(
        lasting,
        all=Count("pk", filter=open_),
        snoozed=Count("pk", filter=snoozed),
        acknowledged=Count("pk", filter=~open_ & ~snoozed),
        licenses=Count("pk", filter=Q(kind__in=_LICENSE_KINDS)),
        ended=Count("pk", filter=Q(kind=_ENDED_KIND)),
        low=Count("pk", filter=Q(kind__in=_LOW_KINDS)),
        **by_severity,
    )


def _marks(lasting: QuerySet[Any]) -> QuerySet[Any]:
    """What changes with an alert and with what people do about it."""
    return _told(
        lasting,
        changed=Max("changed_at"),
        acknowledged=Max("acknowledged_at"),
        snoozed=Max("snoozed_until"),
        assigned=Sum("assigned_to"),
        newest=Max("pk"),
    )


def _as_of() -> QuerySet[Any]:
    return Recount.objects.order_by("-started_at").values("started_at")[:1]


def _customers(msp: Msp) -> QuerySet[Any]:
    urging = Alert.objects.urging().filter(msp=msp, customer=OuterRef("pk")).order_by()
    counted = urging.values("severity").annotate(count=Count("*"))
    by_severity = counted.values(found=JSONObject(severity="severity", count="count"))
    managed = Customer.objects.filter(managements__msp=msp, managements__ended_at=None)
    rows = managed.values("name", "name_key", "kcs_id", urging=ArraySubquery(by_severity))
    return rows.order_by("-urging", "name_key")[:_CUSTOMERS_SHOWN]


def _devices(own: Q) -> QuerySet[Any]:
    return Device.objects.filter(own, state=Device.State.VERIFIED).order_by().values("pk")[: lists.CAP + 1]


def _states(own: Q) -> QuerySet[Any]:
    return _told(Enrollment.objects.filter(own), "service", "state", count=Count("*"))


def _uploads(own: Q) -> QuerySet[Any]:
    pending = Approval.objects.filter(own, state=Approval.State.PENDING, is_complete=True, reseller__isnull=False)
    return _told(pending, count=Count("*"), bring=Sum("devices"))


def _consents(asked: Q) -> QuerySet[Any]:
    waiting = ManagementRequest.objects.filter(asked, state=ManagementRequest.State.OPEN)
    return _told(waiting, count=Count("*"), first_ends_at=Min("ends_at"))


def _tickets(own: Q) -> QuerySet[Any]:
    lasting = Ticket.objects.filter(own).exclude(state=Ticket.State.CLOSED)
    working = Count("pk", filter=Q(state=Ticket.State.IN_PROGRESS))
    return _told(lasting, count=Count("*"), in_progress=working)


def _licenses(own: Q, *, by_seats: bool) -> QuerySet[Any]:
    order: tuple[Any, ...]
    kept = License.objects.kept().filter(own, starts_at__lte=Now(), replaced_by=None)
    if by_seats:
        order, kept = (F("seats") - F("used"), "ends_at"), kept.filter(ends_at__gt=Now())
    else:
        order, kept = (F("ends_at"), "pk"), kept.filter(ends_at__gt=timezone.now() - _ENDED_SHOWN)
    names = {"customer_name": F("customer__name"), "kcs_id": F("customer__kcs_id"), "product_name": F("product__name")}
    return kept.order_by(*order).values("pk", "ends_at", "seats", "used", **names)[:_LICENSES_SHOWN]


def _seats(own: Q) -> QuerySet[Any]:
    running = License.objects.kept().filter(own, starts_at__lte=Now(), ends_at__gt=Now())
    return _told(running, "services", bought=Sum("seats"), taken=Sum("used"))


def _lines(own: Q) -> QuerySet[Any]:
    done = Upload.objects.filter(own, state=Upload.State.DONE, ended_at__gte=first_week())
    return _by_week(done, "ended_at", good=Sum("added"), bad=Sum("errors"))


def _enrolled(own: Q) -> QuerySet[Any]:
    new = Enrollment.objects.filter(own, added_at__gte=first_week())
    return _by_week(new, "added_at", count=Count("*"))


def _by_week(rows: QuerySet[Any], moment: str, **told: Any) -> QuerySet[Any]:
    """Grouped by week. The week is told as the earliest of its group: the group itself is sent as a parameter, and
    PostgreSQL does not see that the same stands in the row."""
    week = TruncWeek(moment)
    return _told(rows.annotate(group=week), "group", week=Min(week), **told)


def _told(rows: QuerySet[Any], *groups: str, **told: Any) -> QuerySet[Any]:
    """What is told of each group of rows; of all rows together where nothing groups them."""
    grouped = rows.order_by().values(*groups) if groups else rows.order_by().values(together=Value(1))
    found: QuerySet[Any] = grouped.annotate(**told)
    return found
