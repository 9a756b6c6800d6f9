"""Reading the letters in the outbox."""

import re

from post_office.models import Email


def letters(to: str) -> list[Email]:
    """Every letter to this address, oldest first."""
    return [mail for mail in Email.objects.order_by("pk") if to in ", ".join(mail.to)]


def letter(to: str) -> Email:
    """The only letter to this address."""
    (only,) = letters(to)
    return only


def said(mail: Email) -> list[str]:
    """What the letter says between its greeting and its button or foot."""
    blocks = mail.message.split("\n\n")[1:]
    return [block for block in blocks if "\nhttp" not in block and not block.startswith("--")]


def token(mail: Email) -> str:
    """The secret in the letter's link."""
    found = re.search(r"/(?:confirm|join)/([\w-]+)/", mail.message)
    assert found
    return found[1]
