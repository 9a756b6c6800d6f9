"""Loaded by each process of the portal that runs with this folder in PYTHONPATH: its clock jumps when told to.

The file FAULTS_CLOCK holds seconds: how far the clock is off. It changes what Python says the time is, wherever it is
asked, not how long things take (monotonic), and not the clock of PostgreSQL: as on a machine whose clock was set.
"""

import contextlib
import datetime
import os
import threading
import time
from pathlib import Path

import time_machine

_file = Path(os.environ["FAULTS_CLOCK"])
_travels: list[time_machine.travel] = []
_now = [0.0]


def _wanted() -> float:
    with contextlib.suppress(OSError, ValueError):
        return float(_file.read_text())
    return _now[0]


def _jump(seconds: float) -> None:
    while _travels:
        _travels.pop().stop()
    if seconds:
        there = datetime.datetime.fromtimestamp(time.time() + seconds, datetime.UTC)
        travel = time_machine.travel(there, tick=True)
        travel.start()
        _travels.append(travel)
    _now[0] = seconds


def _watch() -> None:
    while True:
        if (wanted := _wanted()) != _now[0]:
            _jump(wanted)
        threading.Event().wait(0.2)


def _start() -> None:
    threading.Thread(target=_watch, daemon=True).start()


_jump(_wanted())
_start()
os.register_at_fork(after_in_child=_start)
