"""Celery's scheduler, on a machine whose clock may be set back."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

from celery.beat import PersistentScheduler
from django.core.cache import cache
from redis.exceptions import RedisError

from portals.health import HEARTBEAT

_AHEAD = timedelta(seconds=60)
"""More than a task can have been asked for in the future by a clock that is only corrected."""


class Scheduler(PersistentScheduler):
    """Celery's own waits until the old time comes again: after an hour back nothing is asked for, for an hour."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for what is due. What was asked for in the future was asked for now."""
        with contextlib.suppress(RedisError):  # away for a while
            cache.set(HEARTBEAT, datetime.now(UTC), timeout=600)
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now + _AHEAD]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            self._heap = None  # made anew from the entries
        return super().tick(*args, **kwargs)
