"""What the tiles and charts of the MSP Dashboard say, for all customers of an MSP or for one.

`portals/figure_rows.py` counts them, in one query for all.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from alerts.models import Severity
from portals import charts, figure_rows
from services.console import Console
from services.modules import CONSOLES
from tenants import lists
from tenants.models import Customer, Msp

_TONES = {Severity.CRITICAL: "bad", Severity.WARNING: "warn", Severity.WAITING: "a"}
FULL_BAR_DAYS = 90
_SECONDS_UNMARKED = 300


@dataclass(frozen=True)
class LicenseRow:
    """A license as the card shows it."""

    customer_name: str
    kcs_id: str
    product_name: str
    pk: int
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

    @cached_property
    def total(self) -> int:
        return sum(self.alerts.values())

    @property
    def worst(self) -> Severity | None:
        return next((one for one in Severity if self.alerts.get(one)), None)

    @cached_property
    def tone(self) -> str:
        return _TONES[self.worst] if self.worst else "rest"


class Figures:
    """Read from the rows of each part, which is all that it needs."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._rows = rows

    @property
    def alerts(self) -> dict[str, int]:
        """How many alerts are open: `all`, by severity, those about licenses, and those that people set aside."""
        return next(iter(self._rows["alerts"]), {})

    @property
    def mark(self) -> str:
        """Another one as soon as an alert or its handling is another one, and after a few minutes in any case."""
        told = json.dumps([self._rows["alerts"], self._rows["marks"], int(time.time() // _SECONDS_UNMARKED)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def newest(self) -> datetime | None:
        """When the newest change of an alert was."""
        found: dict[str, Any] = next(iter(self._rows["marks"]), {"changed": None})
        return _time(found["changed"])

    @property
    def as_of(self) -> datetime | None:
        """The instant whose facts the alerts say."""
        return next((_time(one["started_at"]) for one in self._rows["as_of"]), None)

    @cached_property
    def customers(self) -> list[AtCustomer]:
        """By name; of very many, those with the worst alerts."""
        return [
            AtCustomer(one["name"], one["kcs_id"], {by["severity"]: by["count"] for by in one["urging"]})
            for one in sorted(self._rows["customers"], key=itemgetter("name_key"))
        ]

    @property
    def devices(self) -> str:
        """How many verified devices there are, up to the cap."""
        return lists.capped(self._rows["devices"])

    @cached_property
    def services(self) -> list[InService]:
        counts: dict[str, dict[str, int]] = {service: {} for service in CONSOLES}
        for one in self._rows["states"]:
            counts.get(one["service"], {})[one["state"]] = one["count"]
        return [InService(console, counts[service]) for service, console in CONSOLES.items()]

    @property
    def in_need(self) -> int:
        return sum(one.failed + one.other for one in self.services)

    @property
    def uploads(self) -> dict[str, int]:
        """Uploads of resellers that wait for a decision, and the devices in them."""
        return next(iter(self._rows["uploads"]), {"count": 0, "bring": 0})

    @property
    def consents(self) -> tuple[int, datetime | None]:
        """Customers that have not answered, and when the first link ends."""
        found: dict[str, Any] = next(iter(self._rows["consents"]), {"count": 0, "first_ends_at": None})
        return found["count"], _time(found["first_ends_at"])

    @property
    def tickets(self) -> dict[str, int]:
        """Tickets that are not closed, and how many of them Samsung works on."""
        return next(iter(self._rows["tickets"]), {"count": 0, "in_progress": 0})

    @property
    def licenses(self) -> list[LicenseRow]:
        return [LicenseRow(**(one | {"ends_at": _time(one["ends_at"])})) for one in self._rows["licenses"]]

    @property
    def seats(self) -> list[Seats]:
        """By service; a license for several services (Knox Suite) counts in each."""
        found = []
        for service, console in CONSOLES.items():
            own = [one for one in self._rows["seats"] if service in one["services"].split()]
            if own:
                found.append(Seats(console, sum(one["bought"] for one in own), sum(one["taken"] for one in own)))
        return found

    @property
    def lines(self) -> charts.Columns:
        series = [charts.Series("Added", "a"), charts.Series("Refused", "warn")]
        return charts.Columns(_weeks(self._rows["lines"], "good", "bad"), series)

    @property
    def enrollments(self) -> charts.Columns:
        return charts.Columns(_weeks(self._rows["enrolled"], "count"), [charts.Series("Enrolled", "a")])


def of(msp: Msp, customer: Customer | None, *, by_seats: bool = False) -> Figures:
    """Of one customer, or of all that the MSP manages and the person sees."""
    return Figures(figure_rows.of(msp, customer, by_seats=by_seats))


def pulse(msp: Msp, customer: Customer | None) -> Figures:
    """Only the alerts, their mark and their stamp: what a page that is looked at asks for again and again."""
    return Figures(figure_rows.pulse(msp, customer))


def _weeks(rows: list[dict[str, Any]], *names: str) -> list[charts.Week]:
    """Every week up to this one, also those in which nothing happened."""
    first = figure_rows.first_week().date()
    known = {date.fromisoformat(one["week"][:10]): tuple(int(one[name] or 0) for name in names) for one in rows}
    days = (first + timedelta(weeks=number) for number in range(figure_rows.WEEKS))
    return [charts.Week(day, known.get(day, (0,) * len(names))) for day in days]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
