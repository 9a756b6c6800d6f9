"""Work of the pages after the response."""

from datetime import UTC, datetime

from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict

from accounts.acting import acting_as, as_operator
from portals.customer_list import CustomerList, csv_rows
from tenants import exports
from tenants.models import Export

HEARTBEAT = "heartbeat"


@shared_task
def heartbeat() -> None:
    cache.set(HEARTBEAT, datetime.now(UTC), timeout=600)


@shared_task
def export_customers(export_id: str) -> None:
    """Make a long CSV of customers, on behalf of the one who asked: it holds what that person may see now."""
    with as_operator():
        export = Export.objects.select_related("user", "msp").filter(pk=export_id).first()
    if export is None:
        return
    with acting_as(export.user), transaction.atomic():
        rows = CustomerList(QueryDict(export.params["query"])).rows(export.user, export.msp).distinct()
        exports.finish(export, csv_rows(rows.order_by("name_key", "pk")))
