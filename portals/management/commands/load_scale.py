import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portals import scale


class Command(BaseCommand):
    help = "Make a large world of MSPs, customers and devices, to measure in. Only into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--msps", type=int, default=500)
        parser.add_argument("--customers", type=int, default=20_000)
        parser.add_argument("--devices", type=int, default=2_000_000)

    def handle(self, *args: Any, **options: Any) -> None:
        size = scale.Size(options["msps"], options["customers"], options["devices"])
        if min(size.msps, size.customers, size.devices) < 1:
            raise CommandError("Each number is at least 1.")
        start = time.monotonic()
        try:
            scale.load(size, say=lambda step: self.stdout.write(f"{time.monotonic() - start:6.1f} s  {step}"))
        except ValueError as no:
            raise CommandError(str(no)) from no
        self.stdout.write(f"{time.monotonic() - start:6.1f} s  done")
