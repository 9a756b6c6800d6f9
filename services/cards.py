"""The services of a customer in short: how many devices are in each, how many need somebody, how its license stands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Sum
from django.db.models.functions import Now

from devices.models import Device
from licensing.models import License
from services import modules
from services.console import Console
from services.models import Enrollment
from tenants import lists, together
from tenants.models import Customer, CustomerService, Msp


@dataclass(frozen=True)
class Card:
    """One service of one customer. `end` is the last day of its licenses, None without one."""

    row: CustomerService
    console: Console
    obstacle: str
    devices: int
    attention: int
    seats: int
    used: int
    end: date | None

    @property
    def left(self) -> int:
        return self.seats - self.used


def of(customer: Customer, rows: list[CustomerService], *, msp: Msp | None) -> tuple[list[Card], str]:
    """A card a service, in the order of `rows`, and how many devices the customer has. One query for all counts."""
    counts = _counts(customer)
    return [_card(row, customer, msp, counts) for row in rows], lists.capped(counts["devices"])


def _counts(customer: Customer) -> dict[str, Any]:
    """Devices by service and `state`, running licenses by their services, and all verified `devices`."""
    enrolled = Enrollment.objects.filter(customer=customer).order_by().values("service", "state")
    running = License.objects.kept().filter(customer=customer, starts_at__lte=Now(), ends_at__gt=Now()).order_by()
    bought = running.values("services").annotate(bought=Sum("seats"), taken=Sum("used"), end=Max("ends_at"))
    devices = Device.objects.filter(customer=customer, state=Device.State.VERIFIED).order_by().values("pk")
    return together.read(
        rows={"states": enrolled.annotate(count=Count("*")), "licenses": bought},
        sizes={"devices": devices[: lists.CAP + 1]},
    )


def _card(row: CustomerService, customer: Customer, msp: Msp | None, counts: dict[str, Any]) -> Card:
    console = modules.of(row.service)
    own = {one["state"]: one["count"] for one in counts["states"] if one["service"] == row.service}
    mine = [one for one in counts["licenses"] if row.service in one["services"].split()]
    return Card(
        row,
        console,
        obstacle=console.obstacle(msp),
        devices=sum(own.values()),
        attention=sum(own.get(state.code, 0) for state in console.attention),
        seats=sum(one["bought"] for one in mine),
        used=sum(one["taken"] for one in mine),
        end=max((date.fromisoformat(one["end"][:10]) for one in mine), default=None),
    )
