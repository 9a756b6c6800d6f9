"""Alerts as pages and letters show them: which ones, in which words, with the way to the screen that mends them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert, AlertQuerySet, Recount, Severity
from alerts.sources import FOR_CUSTOMERS, SOURCES, TOPICS, Page
from services import modules
from tenants import lists, times
from tenants.models import Customer, KnoxService, Msp

MSP, OWN = "msp", "customer"
"""The portals that show alerts: of the MSP, and of the customer's own people."""
PAGE_SIZE = 20
STATES = {"open": "Open", "acknowledged": "Acknowledged", "snoozed": "Snoozed", "closed": "History"}
SYMBOLS = {Severity.CRITICAL: "bad", Severity.WARNING: "warn", Severity.WAITING: "clock"}
_NEWEST, _LAST = lists.Order("since", descending=True), lists.Order("closed_at", descending=True)
_CSV_HEAD = (
    "Alert", "Details", "Severity", "Number", "Customer", "KCS Customer ID", "Since", "Closed", "Acknowledged by",
    "Assigned to", "Snoozed until",
)  # fmt: skip


def of_msp(msp: Msp) -> AlertQuerySet:
    """The alerts of the MSP's customers, as far as the person who asks may see them."""
    return Alert.objects.filter(msp=msp)


def of_customer(customer: Customer, *, msp: Msp | None) -> AlertQuerySet:
    """The alerts of one customer, as its MSP reads them; with None, as its own people do."""
    own = Alert.objects.filter(customer=customer)
    return own.filter(msp=msp) if msp else own.filter(kind__in=FOR_CUSTOMERS)


def as_of() -> datetime | None:
    """The instant whose facts the alerts say; None before the first count."""
    at: datetime | None = Recount.objects.aggregate(at=Max("started_at"))["at"]
    return at


class AlertList:
    """One reading of the address. Unknown values are left out rather than refused."""

    def __init__(self, query: QueryDict, *, user: User) -> None:
        self.query, self.user = query, user
        self.state = self._one_of("state", STATES) or "open"
        self.severity = self._one_of("severity", Severity.values)
        self.kind = self._one_of("kind", SOURCES)
        self.topic = self._one_of("topic", TOPICS)
        self.service = self._one_of("service", KnoxService.values)
        self.kcs_id = query.get("customer", "")[:10].replace("\x00", "")
        self.is_mine = query.get("assigned") == "me"

    def _one_of(self, name: str, known: Iterable[str]) -> str:
        value = self.query.get(name, "")
        return value if value in known else ""

    @property
    def is_filtered(self) -> bool:
        return any((self.severity, self.kind, self.topic, self.service, self.kcs_id, self.is_mine))

    @property
    def order(self) -> lists.Order:
        return _LAST if self.state == "closed" else _NEWEST

    def rows(self, base: AlertQuerySet) -> AlertQuerySet:
        """Those of `base` that the address asks for, with what their lines name."""
        sets = {"acknowledged": base.acknowledged, "snoozed": base.snoozed, "closed": base.closed}
        found = sets.get(self.state, base.urging)().filter(**self._conditions())
        return found.select_related("customer", "acknowledged_by", "assigned_to", "snoozed_by")

    def page(self, base: AlertQuerySet, *, size: int = PAGE_SIZE) -> lists.Page[Alert]:
        """The newest first; the page's `next` is the address of LOAD PREVIOUS."""
        return lists.page(self.rows(base).with_comments(), self.order, self.query, size=size)

    def chips(self) -> list[lists.Chip]:
        """The filters that the page does not show elsewhere: severity and customer are chosen there."""
        shown = {
            "topic": ("About", self.topic),
            "kind": ("Alert", SOURCES[self.kind].label if self.kind else ""),
            "service": ("Service", KnoxService(self.service).label if self.service else ""),
            "assigned": ("Assigned to", "Me" if self.is_mine else ""),
        }
        return lists.chips(self.query, shown)

    def _conditions(self) -> dict[str, Any]:
        found = {
            "severity": self.severity,
            "kind": self.kind,
            "service": self.service,
            "kind__in": [one.kind for one in SOURCES.values() if self.topic and one.topic == self.topic],
            "customer__kcs_id": self.kcs_id,
            "assigned_to": self.user if self.is_mine else None,
        }
        return {condition: value for condition, value in found.items() if value}


@dataclass(frozen=True)
class Line:
    """One alert in words."""

    alert: Alert
    title: str
    text: str
    action: str
    """What the link says."""
    url: str
    customer_name: str
    kcs_id: str
    severity: Severity
    symbol: str


def lines(alerts: Iterable[Alert], *, portal: str = MSP) -> list[Line]:
    return [line(one, portal=portal) for one in alerts]


def line(alert: Alert, *, portal: str = MSP) -> Line:
    """The alert for the reader of that portal. Its customer must have been fetched with it."""
    source, words = SOURCES[alert.kind], _words(alert)
    severity = Severity(alert.severity)
    customer = alert.customer
    return Line(
        alert=alert,
        title=source.title.format_map(words),
        text=source.text.format_map(words),
        action=source.page.label,
        url=_url(source.page, alert, portal),
        customer_name=customer.name if customer else alert.facts.get("customer", ""),
        kcs_id=customer.kcs_id if customer else alert.facts.get("kcs_id", ""),
        severity=severity,
        symbol=SYMBOLS[severity],
    )


def csv_rows(rows: AlertQuerySet) -> Iterator[list[object]]:
    """The alerts as CSV, head first; times in UTC. `rows` come from AlertList.rows."""
    yield list(_CSV_HEAD)
    for alert in rows.order_by("-since", "-pk").iterator(chunk_size=2000):
        one = line(alert)
        yield [
            one.title, one.text, one.severity.label, alert.count, one.customer_name, one.kcs_id, alert.since,
            alert.closed_at, alert.acknowledged_by, alert.assigned_to,
            "it grows" if alert.is_snoozed_until_it_grows else alert.snoozed_until,
        ]  # fmt: skip


class _Number(int):
    """`{n}` is 1,204; `{n:device|devices}` the word that fits it."""

    def __format__(self, spec: str) -> str:
        if "|" not in spec:
            return f"{int(self):,}"
        one, many = spec.split("|")
        return one if self == 1 else many


class _Time(datetime):
    """`:day` and `:time` in the zone of the person; `:in` counts the days until it."""

    def __format__(self, spec: str) -> str:
        zone: Any = timezone.get_current_timezone()
        at = datetime.combine(self.date(), self.timetz())  # a plain one, which formats itself
        if spec != "in":
            return times.day(at, zone) if spec == "day" else times.written(at, zone)
        days = (at.astimezone(zone).date() - timezone.localdate(timezone=zone)).days
        return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days") if days >= 0 else "now"


class _Words(dict[str, Any]):
    """A fact that is not there is a dash: an alert of an older version of the portal is still shown."""

    def __missing__(self, name: str) -> "_Dash":
        return _Dash()


class _Dash(str):
    def __new__(cls) -> "_Dash":
        return super().__new__(cls, "–")

    def __format__(self, spec: str) -> str:
        return str(self)


def _words(alert: Alert) -> _Words:
    words = _Words({name: _typed(name, value) for name, value in alert.facts.items()})
    words["n"] = _Number(alert.count)
    console = modules.CONSOLES.get(alert.service)
    if suite := alert.facts.get("suite"):
        words["service"] = suite
    elif console:
        words["service"] = console.name
    elif alert.service:
        words["service"] = KnoxService(alert.service).label
    if console and (state := next((one for one in console.states if one.code == _state(alert)), None)):
        words |= {"state": state.label, "attention": state.attention}
    return words


def _typed(name: str, value: Any) -> Any:
    if name.endswith("_at"):
        return _Time.fromisoformat(value)
    return _Number(value) if isinstance(value, int) else value


def _state(alert: Alert) -> str:
    """Part of the fingerprint: kind:service:state:subject."""
    return alert.fingerprint.split(":")[2]


def _url(page: Page, alert: Alert, portal: str) -> str:
    """The address of the screen. One that needs a fact which is not there leads to the customer."""
    name = page.msp if portal == MSP else page.own
    kwargs = {arg: alert.subject_id if fact == "subject" else alert.facts.get(fact) for arg, fact in page.about.items()}
    if portal == MSP and not page.is_whole:
        kwargs["kcs_id"] = alert.customer.kcs_id if alert.customer else ""
    if page.is_console:
        kwargs["slug"] = modules.of(alert.service).slug
    state = _state(alert) if page.is_console else ""
    return reverse(name, kwargs=kwargs) + (f"?{urlencode({'state': state})}" if state else "")
