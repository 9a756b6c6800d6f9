"""What the tiles and charts of the MSP Dashboard count, for all customers of an MSP or for one. One query for all.

Counted when the page is made, and only what the person sees: the policies of every table hold here, too.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import JSONObject, Now, TruncWeek
from django.utils import timezone

from alerts.models import Alert, Recount, Severity
from devices.models import Approval, Device, Upload
from licensing.models import License
from onboarding.models import ManagementRequest
from portals import charts
from services.console import Console
from services.models import Enrollment
from services.modules import CONSOLES
from support.models import Ticket
from tenants import lists, names
from tenants.models import Customer, Msp, managed_by

TONES = {Severity.CRITICAL: "bad", Severity.WARNING: "warn", Severity.WAITING: "a"}
CUSTOMERS_SHOWN = 200
WEEKS = 8
LICENSES_SHOWN = 5
FULL_BAR_DAYS = 90
_LICENSE_KINDS = ("license_ending", "license_ended", "trial_ending", "seats_low", "seats_full")
_ENDED_KIND, _LOW_KINDS = "license_ended", ("seats_low", "seats_full")
_SECONDS_UNMARKED = 300
_ENDED_SHOWN = timedelta(days=30)
"""A license that ended stays in the card this long, unless another one took its place."""


@dataclass(frozen=True)
class LicenseRow:
    """A license as the card shows it."""

    customer: str
    kcs_id: str
    pk: int
    product: str
    ends_at: datetime
    seats: int
    used: int

    @property
    def days(self) -> int:
        """Days until the end, a begun one counted whole; 0 once it has ended."""
        return max(0, -(-(self.ends_at - timezone.now()) // timedelta(days=1)))

    @property
    def left(self) -> int:
        return self.seats - self.used

    @property
    def is_low(self) -> bool:
        return self.left * 10 <= self.seats

    @property
    def tone(self) -> str:
        """How near the end is (knox.md 7.5): the last week is critical, the last month a warning."""
        return "bad" if self.days <= 7 else "warn" if self.days <= 30 else "a"  # noqa: PLR2004

    @property
    def time(self) -> list[charts.Box]:
        return charts.parts([(self.tone, min(self.days, FULL_BAR_DAYS))], most=FULL_BAR_DAYS)

    @property
    def filling(self) -> list[charts.Box]:
        return charts.parts([("warn" if self.is_low else "a", self.used)], most=self.seats)


@dataclass(frozen=True)
class InService:
    """The devices of one service, by state."""

    console: Console
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def failed(self) -> int:
        return sum(self.counts.get(one.code, 0) for one in self.console.attention if one.tone == "bad")

    @property
    def other(self) -> int:
        return sum(self.counts.get(one.code, 0) for one in self.console.attention if one.tone != "bad")

    @property
    def by_tone(self) -> dict[str, int]:
        """How many are well, wait, and so on; the good ones first."""
        found = dict.fromkeys(("ok", "wait", "warn", "bad", "off"), 0)
        for state in self.console.states:
            found[state.tone] += self.counts.get(state.code, 0)
        return found

    @property
    def by_state(self) -> list[tuple[str, str, int]]:
        """Label, tone and count of each state that a device is in."""
        states = self.console.states
        return [(one.label, one.tone, self.counts[one.code]) for one in states if self.counts.get(one.code)]


@dataclass(frozen=True)
class Seats:
    """Seats bought and used, of the licenses of one service that run."""

    console: Console
    seats: int
    used: int

    @property
    def left(self) -> int:
        return self.seats - self.used

    @property
    def filling(self) -> list[charts.Box]:
        return charts.parts([("warn" if self.left * 10 <= self.seats else "a", self.used)], most=self.seats)


@dataclass(frozen=True)
class AtCustomer:
    """A customer and its alerts that nobody took on, by severity."""

    name: str
    kcs_id: str
    alerts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.alerts.values())

    @property
    def worst(self) -> Severity | None:
        return next((one for one in Severity if self.alerts.get(one)), None)

    @property
    def tone(self) -> str:
        return TONES[self.worst] if self.worst else "rest"


class Figures:
    """Read from one row of PostgreSQL, which is all that it needs."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row

    @property
    def alerts(self) -> dict[str, int]:
        """How many alerts are open: `all`, by severity, those about licenses, and those that people set aside."""
        return next(iter(self._row["alerts"]), {})

    @property
    def mark(self) -> str:
        """Another one as soon as an alert or its handling is another one, and after a few minutes in any case."""
        told = json.dumps([self._row["alerts"], self._row["marks"], int(time.time() // _SECONDS_UNMARKED)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def as_of(self) -> datetime | None:
        """The instant whose facts the alerts say."""
        return next(iter(self._row["as_of"]), None)

    @property
    def customers(self) -> list[AtCustomer]:
        """By name; of very many, those with the worst alerts."""
        found = [
            AtCustomer(one["name"], one["kcs_id"], {by["severity"]: by["count"] for by in one["alerts"]})
            for one in self._row["customers"]
        ]
        return sorted(found, key=lambda one: names.key(one.name))

    @property
    def devices(self) -> str:
        """How many verified devices there are, up to the cap."""
        count = len(self._row["devices"])
        return f"{lists.CAP:,}+" if count > lists.CAP else f"{count:,}"

    @property
    def services(self) -> list[InService]:
        counts: dict[str, dict[str, int]] = {service: {} for service in CONSOLES}
        for one in self._row["states"]:
            counts.get(one["service"], {})[one["state"]] = one["count"]
        return [InService(console, counts[service]) for service, console in CONSOLES.items()]

    @property
    def in_need(self) -> int:
        return sum(one.failed + one.other for one in self.services)

    @property
    def uploads(self) -> dict[str, int]:
        """Uploads of resellers that wait for a decision, and the devices in them."""
        return {"count": 0, "devices": 0, **next(iter(self._row["uploads"]), {})}

    @property
    def consents(self) -> tuple[int, datetime | None]:
        """Customers that have not answered, and when the first link ends."""
        found: dict[str, Any] = next(iter(self._row["consents"]), {"count": 0, "ends_at": None})
        return found["count"], _time(found["ends_at"])

    @property
    def tickets(self) -> dict[str, int]:
        """Tickets that are not closed, and how many of them Samsung works on."""
        return {"count": 0, "in_progress": 0, **next(iter(self._row["tickets"]), {})}

    @property
    def licenses(self) -> list[LicenseRow]:
        return [LicenseRow(**(one | {"ends_at": _time(one["ends_at"])})) for one in self._row["licenses"]]

    @property
    def seats(self) -> list[Seats]:
        """By service; a license for several services (Knox Suite) counts in each."""
        found = []
        for service, console in CONSOLES.items():
            own = [one for one in self._row["seats"] if service in one["services"].split()]
            if own:
                found.append(Seats(console, sum(one["seats"] for one in own), sum(one["used"] for one in own)))
        return found

    @property
    def lines(self) -> charts.Columns:
        series = [charts.Series("Added", "a"), charts.Series("Refused", "warn")]
        return charts.Columns(_weeks(self._row["lines"], "added", "errors"), series)

    @property
    def enrollments(self) -> charts.Columns:
        return charts.Columns(_weeks(self._row["enrolled"], "count"), [charts.Series("Enrolled", "a")])


def of(msp: Msp, customer: Customer | None, *, by_seats: bool = False) -> Figures:
    """Of one customer, or of all that the MSP manages and the person sees."""
    own = Q(customer=customer) if customer else managed_by(msp)
    parts = {
        "customers": _customers(msp),
        "devices": _devices(own),
        "states": _states(own),
        "uploads": _uploads(own),
        "consents": _consents(_of_msp(msp, customer)),
        "tickets": _tickets(Q(msp=msp, about=customer) if customer else Q(msp=msp)),
        "licenses": _licenses(own, by_seats=by_seats),
        "seats": _seats(own),
        "lines": _lines(own),
        "enrolled": _enrolled(own),
    }
    return _read(msp, _pulse(msp, customer) | parts)


def pulse(msp: Msp, customer: Customer | None) -> Figures:
    """Only the alerts, their mark and their stamp: what a page that is looked at asks for again and again."""
    return _read(msp, _pulse(msp, customer))


def _pulse(msp: Msp, customer: Customer | None) -> dict[str, QuerySet[Any]]:
    lasting = Alert.objects.filter(_of_msp(msp, customer), closed_at=None)
    return {"alerts": _alerts(lasting), "marks": _marks(lasting), "as_of": _as_of()}


def _read(msp: Msp, parts: dict[str, QuerySet[Any]]) -> Figures:
    columns = {f"found_{name}": ArraySubquery(rows) for name, rows in parts.items()}
    row: Any = Msp.objects.filter(pk=msp.pk).values(**columns).get()
    return Figures({name: row[f"found_{name}"] for name in parts})


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
        "kcs_id",
        alerts="urging",
    )[:CUSTOMERS_SHOWN]


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
    return _found(rows.order_by(*order), "pk", "ends_at", "seats", "used", **named)[:LICENSES_SHOWN]


def _seats(own: Q) -> QuerySet[Any]:
    running = License.objects.kept().filter(own, starts_at__lte=Now(), ends_at__gt=Now()).order_by()
    grouped = running.values("services").annotate(bought=Sum("seats"), taken=Sum("used"))
    return _found(grouped, "services", seats="bought", used="taken")


def _lines(own: Q) -> QuerySet[Any]:
    done = Upload.objects.filter(own, state=Upload.State.DONE, ended_at__gte=_first_week())
    counted = _by_week(done, "ended_at").annotate(good=Sum("added"), bad=Sum("errors"))
    return _found(counted, "week", added="good", errors="bad")


def _enrolled(own: Q) -> QuerySet[Any]:
    new = Enrollment.objects.filter(own, added_at__gte=_first_week())
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


def _first_week() -> datetime:
    """Monday of the oldest week shown, in the reader's zone."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def _weeks(rows: list[Mapping[str, Any]], *names: str) -> list[charts.Week]:
    """Every week up to this one, also those in which nothing happened."""
    first = _first_week().date()
    known = {date.fromisoformat(one["week"][:10]): tuple(int(one[name] or 0) for name in names) for one in rows}
    days = (first + timedelta(weeks=number) for number in range(WEEKS))
    return [charts.Week(day, known.get(day, (0,) * len(names))) for day in days]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
