"""Work of the pages after the response."""

from celery import shared_task
from django.db import transaction
from django.http import QueryDict

from accounts.acting import acting_as, as_operator
from devices import inventory
from devices.models import Device
from devices.pages.inventory_list_views import Inventory
from portals import canary
from portals.customer_list import CustomerList, csv_rows
from tenants import exports
from tenants.models import Export, managed_by


@shared_task
def listen_for_canary() -> None:
    """Ask as some people for rows that nobody may see."""
    canary.listen()


@shared_task
def export_customers(export_id: str) -> None:
    """Make a long CSV of customers, on behalf of the one who asked: it holds what that person may see now."""
    export = _asked(export_id)
    if export is None:
        return
    with acting_as(export.user), transaction.atomic():
        rows = CustomerList(QueryDict(export.params["query"])).rows(export.user, export.msp).distinct()
        exports.finish(export, csv_rows(rows.order_by("name_key", "pk")))


@shared_task
def export_devices(export_id: str) -> None:
    """The same for devices, of one customer or of all."""
    export = _asked(export_id)
    if export is None:
        return
    only = export.params["customer"]
    listed = Inventory(QueryDict(export.params["query"]), of_all=only is None)
    with acting_as(export.user), transaction.atomic():
        devices = Device.objects.filter(managed_by(export.msp), **({"customer": only} if only else {}))
        rows = listed.rows(devices).order_by(*listed.sorting.order.by())
        exports.finish(export, inventory.csv_rows(rows, customers=only is None))


def _asked(export_id: str) -> Export | None:
    """The export as the worker finds it, whoever asked for it."""
    with as_operator():
        return Export.objects.select_related("user", "msp").filter(pk=export_id).first()
