"""The services of a customer in short: how many devices are in each, how many need somebody, how its license stands."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, Func, IntegerField, Max, Sum, Value
from django.db.models.functions import Cast, Now

from devices.models import Device
from licensing.models import License
from services import modules
from services.console import Console
from services.models import Enrollment
from tenants import lists
from tenants.models import Customer, CustomerService, Msp

_ALL = ("*", "*")
"""In place of a service and a state: every verified device."""


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
    states, licenses = _counts(customer)
    total = states.pop(_ALL)
    text = f"{lists.CAP:,}+" if total > lists.CAP else f"{total:,}"
    return [_card(row, customer, msp, states, licenses) for row in rows], text


def _counts(customer: Customer) -> tuple[dict[tuple[str, str], int], list[tuple[str, int, int, str]]]:
    """Devices by service and state; running licenses as services, seats, used, end."""
    none = Value(0, output_field=IntegerField())
    enrolled = (
        Enrollment.objects.filter(customer=customer).order_by().values("service", "state")
        .annotate(count=Count("pk"), used=none, end=Value("", output_field=CharField()))
        .values_list("service", "state", "count", "used", "end")
    )  # fmt: skip
    running = (
        License.objects.kept().filter(customer=customer, starts_at__lte=Now(), ends_at__gt=Now()).order_by()
        .values("services").annotate(
            code=F("services"), none=Value("", output_field=CharField()), count=Sum("seats"), of_them=Sum("used"),
            end=Cast(Max("ends_at"), CharField()),
        )
        .values_list("code", "none", "count", "of_them", "end")
    )  # fmt: skip
    devices = Device.objects.filter(customer=customer, state=Device.State.VERIFIED).order_by().values("pk")
    everything = (
        Customer.objects.filter(pk=customer.pk).order_by()
        .annotate(
            code=Value(_ALL[0], output_field=CharField()), each=Value(_ALL[1], output_field=CharField()),
            count=Func(ArraySubquery(devices[: lists.CAP + 1]), function="cardinality", output_field=IntegerField()),
            of_them=none, end=Value("", output_field=CharField()),
        )
        .values_list("code", "each", "count", "of_them", "end")
    )  # fmt: skip
    states: dict[tuple[str, str], int] = {}
    licenses: list[tuple[str, int, int, str]] = []
    for service, state, count, used, end in enrolled.union(running, everything, all=True):
        if state:
            states[service, state] = count
        else:
            licenses.append((service, count, used, end))
    return states, licenses


def _card(
    row: CustomerService,
    customer: Customer,
    msp: Msp | None,
    states: dict[tuple[str, str], int],
    licenses: list[tuple[str, int, int, str]],
) -> Card:
    console = modules.of(row.service)
    own = {state: count for (service, state), count in states.items() if service == row.service}
    mine = [one for one in licenses if row.service in one[0].split()]
    return Card(
        row,
        console,
        obstacle=console.obstacle(customer, msp),
        devices=sum(own.values()),
        attention=sum(own.get(state.code, 0) for state in console.attention),
        seats=sum(one[1] for one in mine),
        used=sum(one[2] for one in mine),
        end=max((date.fromisoformat(one[3][:10]) for one in mine), default=None),
    )
