"""What a clock finds due: one after the other, each in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable

from celery.exceptions import SoftTimeLimitExceeded

log = logging.getLogger(__name__)


def each[Key](keys: Iterable[Key], act: Callable[[Key], int]) -> int:
    """The sum of what `act` returns. One that breaks is an error in the log and keeps no other from its turn; the next
    run tries it again.
    """
    done = 0
    for key in keys:
        try:
            done += act(key)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            log.exception("what was due of %s broke", key)
    return done
