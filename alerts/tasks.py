from datetime import datetime

from celery import shared_task

from accounts.acting import as_operator
from alerts import counting, digests, urgent
from tenants.models import Management


@shared_task
def recount_changed() -> None:
    """Count what is new, every minute."""
    counting.recount(full=False)


@shared_task
def recount_all() -> None:
    """Count everything: what time alone changes, and what the runs between missed."""
    counting.recount(full=True)


@shared_task
def recount_msp(msp_id: int) -> None:
    """Count the customers of one MSP, because somebody there asked for it."""
    with as_operator():
        customers = list(Management.objects.filter(msp=msp_id, ended_at=None).values_list("customer_id", flat=True))
    counting.recount_customers(customers)


@shared_task
def write_digests() -> None:
    """Ask for the daily email of everyone whose hour has come."""
    for user_id in digests.due():
        write_digest.delay(user_id)


@shared_task
def write_digest(user_id: int) -> None:
    digests.send(user_id)


@shared_task
def tell_at_once() -> None:
    """Ask for the emails about critical alerts that are new."""
    people, through = urgent.due()
    for user_id in people:
        tell_person.delay(user_id, str(through))


@shared_task
def tell_person(user_id: int, through: str) -> None:
    """`through` is the instant up to which the person is told, as ISO 8601."""
    urgent.tell(user_id, through=datetime.fromisoformat(through))
