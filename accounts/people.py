"""The account behind a link in a letter: the one there is, or a new one."""

from django.db import IntegrityError, transaction

from accounts import preferences
from accounts.adapters import email_confirmed
from accounts.models import User


def account(email: str, *, password: str | None, first_name: str, last_name: str, country: str) -> User:
    """The address is theirs: the person with it, with `password` only where the account is new."""
    person = User.objects.by_email(email)
    if person is None:
        names = {"first_name": first_name, "last_name": last_name}
        try:
            with transaction.atomic():
                person = User.objects.create_user(
                    email, password, **names, time_zone=preferences.zone_of_country(country)
                )
        except IntegrityError:  # two links of one person, used at once: the other one has made it
            person = User.objects.get(email=email)
    email_confirmed(person)
    return person
