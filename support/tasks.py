from celery import shared_task

from support import deletions


@shared_task
def delete_due() -> None:
    """The clock of the deletions."""
    deletions.run_due()
