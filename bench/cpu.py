"""CPU seconds: on a machine that others use, too, they say more than the clock does."""

import time
from pathlib import Path

_NANO = 1e9


def spent(backend: int) -> float:
    """What this process and a backend of PostgreSQL on this machine have spent so far; only this process, if the
    backend is elsewhere. What a backend's helpers spend in a parallel plan is not seen."""
    file = Path(f"/proc/{backend}/schedstat")
    on_cpu = int(file.read_text().split()[0]) if file.exists() else 0
    return time.process_time() + on_cpu / _NANO
