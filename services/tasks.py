import logging

from celery import shared_task

from accounts.acting import as_operator
from devices import bulk_acts
from licensing import parties
from services import clocks, ledger, preferences
from services.bulk_actions import WORK

logger = logging.getLogger(__name__)


@shared_task
def move_clocks() -> None:
    """Let states end whose time has come, in every service."""
    clocks.run()


@shared_task
def apply_preferences() -> None:
    """Give devices that were approved what their reseller's preferences say."""
    preferences.apply()


@shared_task
def act_on_many(act_id: int) -> None:
    """Go on with an action on very many devices."""
    bulk_acts.run(act_id, WORK)


@shared_task
def check_seats() -> None:
    """Compare enrollments with seats, once the clocks have done theirs. A difference is an alert: it must not be."""
    clocks.run()
    with as_operator():
        for one in ledger.differences():
            logger.error("%s devices of customer %s use %s without a seat", one.devices, one.customer.pk, one.service)
            parties.record(
                "service.differs", one.customer, customer=one.customer, by=None, service=one.service,
                devices=one.devices,
            )  # fmt: skip
