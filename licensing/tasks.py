import logging

from celery import shared_task

from accounts.acting import as_operator
from licensing import expiry, ledger, parties

logger = logging.getLogger(__name__)


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
    """Compare what licenses say is used with the seats and the ledger. A difference is an alert: it must not be."""
    with as_operator():
        for one in ledger.differences():
            counts = {"used": one.used, "seats": one.seats, "entries": one.entries}
            logger.error("License %s does not add up: %s", one.license.pk, counts)
            parties.record("license.differs", one.license, customer=one.license.customer, by=None, **counts)
