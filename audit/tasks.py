"""The clock of the chain."""

import logging

from celery import shared_task

from audit import chain

logger = logging.getLogger(__name__)
_AT_MOST = 6 * 60 * 60
"""Seconds."""


@shared_task
def seal() -> None:
    chain.seal()


@shared_task(acks_late=False, soft_time_limit=_AT_MOST, time_limit=_AT_MOST + 60)
def verify() -> None:
    """Every night; what it finds is an error in the log. It reads all of history, so it may take long, and is not begun
    anew where its worker dies: the next night comes.
    """
    for problem in chain.problems():
        logger.error("history is broken: %s", problem)
