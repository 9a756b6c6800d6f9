"""The clock of the chain."""

import logging

from celery import shared_task

from audit import chain

logger = logging.getLogger(__name__)


@shared_task
def seal() -> None:
    chain.seal()


@shared_task
def verify() -> None:
    """Every night; what it finds is an error in the log."""
    for problem in chain.problems():
        logger.error("history is broken: %s", problem)
