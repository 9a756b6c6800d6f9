"""A worker of its own that does one upload. Prints the megabytes that it took at most, above those at rest."""

import re
import sys
from pathlib import Path

import django

django.setup()

from devices import tasks  # noqa: E402  (as Celery does it: apps first)


def megabytes(field: str) -> float:
    """Of this process: VmRSS is what it takes now, VmHWM what it has taken at most."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(rf"{field}:\s+(\d+) kB", status)[0]) / 1024


def main(upload_id: int) -> None:
    tasks.resume()  # whatever is made on the first use, is there
    at_rest = megabytes("VmRSS")
    tasks.check(upload_id)
    tasks.add(upload_id)
    print(megabytes("VmHWM") - at_rest)


if __name__ == "__main__":
    main(int(sys.argv[1]))
