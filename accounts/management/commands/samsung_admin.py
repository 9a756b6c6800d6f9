from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import samsung_admins


class Command(BaseCommand):
    help = "Appoint a Samsung admin. The person sets a password by the link on the sign-in page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("first_name")
        parser.add_argument("last_name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = samsung_admins.appoint(
                options["email"], first_name=options["first_name"], last_name=options["last_name"]
            )
        except ValidationError:
            raise CommandError(f"{options['email']} is not an email. It looks like name@company.example.") from None
        self.stdout.write(f"{person} ({person.email}) decides applications for Samsung now.")
