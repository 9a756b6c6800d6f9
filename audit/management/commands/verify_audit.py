from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import chain


class Command(BaseCommand):
    help = "Check that no event of the activity log was changed, removed or reordered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", default="", help="a link that was logged or printed once: number:head")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for problem in chain.problems(options["anchor"]):
            self.stderr.write(problem)
            found += 1
        if found:
            raise CommandError(f"{found:,} problems. Compare with a backup before anything else is written.")
        anchor = chain.newest() or "none yet"
        self.stdout.write(f"History is whole. Anchor, to keep outside of this database: {anchor}")
