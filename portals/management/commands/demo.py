from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portals import demo


class Command(BaseCommand):
    help = "Load people and companies to try the portal with (only while DEBUG). A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has a known password, so it loads only while DEBUG is 1.")
        self.stdout.write("The demo is loaded." if demo.load() else "The demo is there already.")
