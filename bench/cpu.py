"""CPU seconds: on a machine that others use, too, they say more than the clock does."""

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12
"""Places in /proc/PID/stat behind the name of the program."""


def spent(backend: int) -> float:
    """What this process and a backend of PostgreSQL on this machine have spent so far; only this process, if the
    backend is elsewhere."""
    stat = Path(f"/proc/{backend}/stat")
    fields = stat.read_text().rsplit(")", 1)[1].split() if stat.exists() else []
    ticks = int(fields[_USER]) + int(fields[_SYSTEM]) if fields else 0
    return time.process_time() + ticks / _TICKS
