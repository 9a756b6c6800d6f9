"""Who decides for Samsung. The first one is appointed from the command line (docs/deploying.md)."""

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.adapters import email_confirmed
from accounts.models import SAMSUNG_ADMINS, User


@transaction.atomic
def appoint(email: str, *, first_name: str, last_name: str, password: str | None = None) -> User:
    """Make a person a Samsung admin; without a password, "Forgot your password" sets one."""
    person = User.objects.by_email(email) or User.objects.create_user(
        email, password, first_name=first_name, last_name=last_name
    )
    person.groups.add(Group.objects.get(name=SAMSUNG_ADMINS))
    email_confirmed(person)
    return person
