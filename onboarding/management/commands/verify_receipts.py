from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.acting import as_operator
from onboarding import receipts
from onboarding.models import Receipt


class Command(BaseCommand):
    help = (
        "Check the chain of consent receipts: says what was changed, removed or reordered, and fails if anything was."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with as_operator():
            faults = list(receipts.faults())
            count = Receipt.objects.count()
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in {count} receipts.")
        self.stdout.write(f"{count} receipts, each follows the one before it.")
