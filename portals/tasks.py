"""Work of the pages after the response."""

from celery import shared_task
from django.http import QueryDict

from devices import inventory
from devices.models import Device
from devices.pages.inventory_list import Inventory
from portals import canary
from portals.customer_list import CustomerList, csv_rows
from tenants import export_steps
from tenants.export_steps import Rows
from tenants.models import Export, managed_by


@shared_task
def listen_for_canary() -> None:
    """Ask as some people for rows that nobody may see."""
    canary.listen()


@shared_task
def export_customers(export_id: str) -> None:
    """Make a long CSV of customers."""
    export_steps.make(export_id, _customers)


@shared_task
def export_devices(export_id: str) -> None:
    """The same for devices, of one customer or of all."""
    export_steps.make(export_id, _devices)


def _customers(export: Export) -> Rows:
    rows = CustomerList(QueryDict(export.params["query"])).rows(export.user, export.msp).distinct()
    return csv_rows(rows.order_by("name_key", "pk"))


def _devices(export: Export) -> Rows:
    only = export.params["customer"]
    listed = Inventory(QueryDict(export.params["query"]), of_all=only is None)
    devices = Device.objects.filter(managed_by(export.msp), **({"customer": only} if only else {}))
    rows = listed.rows(devices).order_by(*listed.sorting.order.by())
    return inventory.csv_rows(rows, customers=only is None)
