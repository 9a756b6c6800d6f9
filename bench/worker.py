"""A worker of its own that does one upload. Prints the megabytes that it took at most, above those at rest."""

import re
import sys
from pathlib import Path

import django

django.setup()

from devices import tasks  # noqa: E402  (as Celery does it: apps first)


def _megabytes(field: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(re.findall(rf"{field}:\s+(\d+) kB", status)[0]) / 1024


def main(upload_id: int) -> None:
    tasks.resume()  # whatever is made on the first use, is there
    at_rest = _megabytes("VmRSS")
    tasks.check(upload_id)
    tasks.add(upload_id)
    print(_megabytes("VmHWM") - at_rest)


if __name__ == "__main__":
    main(int(sys.argv[1]))
