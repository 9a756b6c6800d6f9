"""Where an act comes from: the request that is being answered, or nothing for a background job.

Imports nothing of Django: the log is configured before there are apps.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """A request's number and the address it came from (both empty for a background job)."""

    request_id: str = ""
    address: str | None = None


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def origin() -> Origin:
    return _origin.get()


@contextmanager
def acting_from(here: Origin) -> Iterator[None]:
    """What is recorded inside comes from here."""
    before = _origin.set(here)
    try:
        yield
    finally:
        _origin.reset(before)


class WithRequestId(logging.Filter):
    """Gives every line of the log the number of the request that it came from."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = origin().request_id or "-"
        return True
