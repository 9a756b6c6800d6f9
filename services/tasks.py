import logging

from celery import shared_task

from services import clocks

logger = logging.getLogger(__name__)


@shared_task
def move_clocks() -> None:
    """Let states end whose time has come, in every service."""
    clocks.run()
