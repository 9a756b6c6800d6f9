import logging

from celery import shared_task
from django.http import QueryDict

from accounts.acting import as_operator
from devices import bulk_acts
from licensing import bulk_seats, expiry, ledger
from licensing.license_list_views import LicenseList, csv_rows
from tenants import export_steps
from tenants.export_steps import Rows
from tenants.models import Export

logger = logging.getLogger(__name__)


@shared_task
def seat_many(act_id: int) -> None:
    """Go on with seats for very many devices."""
    bulk_acts.run(act_id, bulk_seats.WORK)


@shared_task
def release_seats() -> None:
    """Take back the seats of licenses whose time is over."""
    expiry.release_due()


@shared_task
def write_notices() -> None:
    """Tell the team what ends and what runs out."""
    expiry.notify_due()


@shared_task
def check_ledger() -> None:
    """Compare what licenses say is used with the seats and the ledger. A difference must not be: it is noted."""
    with as_operator():
        for one in ledger.check():
            logger.error("License %s does not add up (used, seats, sum of the ledger): %s", one.license_id, one)


@shared_task
def export_licenses(export_id: str) -> None:
    """Make a long CSV of licenses."""
    export_steps.make(export_id, _licenses)


def _licenses(export: Export) -> Rows:
    rows = LicenseList(QueryDict(export.params["query"])).rows(export.user, export.msp)
    return csv_rows(rows.order_by("customer", "name", "pk"))
