"""Time that passes in a service: devices as they stand before, and what the clocks do at a moment."""

from datetime import timedelta

import time_machine

from licensing import expiry
from services import tasks
from tests.services.ground import ground

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ROUNDED = timedelta(microseconds=1)
"""The time machine counts in floating point and may arrive a microsecond early."""


def at(moment, *, twice=True):
    """What the portal's clocks do at this time; twice, because a worker may be killed and start again."""
    with time_machine.travel(moment + ROUNDED, tick=False):
        for _ in range(1 + twice):
            expiry.release_due()
            tasks.move_clocks()


def configured(world, number=2, **fields):
    """Devices that have their profile, and a seat each."""
    kc = ground(world, devices=number, **fields)
    kc.act("assign", thing=kc.thing())
    kc.force("configured")
    return kc
