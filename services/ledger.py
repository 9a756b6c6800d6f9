"""Do enrollments and seats go together? What the nightly sum over all services asks."""

from dataclasses import dataclass

from django.db.models import Count

from services import clocks
from services.modules import CONSOLES
from tenants.models import Customer


@dataclass(frozen=True)
class Difference:
    """Devices of a customer that use a service, which needs a license, without a seat."""

    customer: Customer
    service: str
    """Its name."""
    devices: int


def differences() -> list[Difference]:
    """To be asked after the clocks ran: they take out whoever lost a seat, so anything left is a fault of the portal.

    A seat without an enrollment is none: people may give a device a seat before it begins. Runs as the operator.
    """
    found = []
    for console in CONSOLES.values():
        rows = clocks.unseated(console).order_by().values_list("customer").annotate(devices=Count("pk"))
        counts = dict(rows.order_by("customer"))
        customers = Customer.objects.in_bulk(counts)
        found += [Difference(customers[pk], console.name, devices) for pk, devices in counts.items()]
    return found
