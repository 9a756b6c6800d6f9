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


def newest_token(path: str, to: str) -> str:
    """The secret in the newest letter to this address that has a link to such a page."""
    mail = Email.objects.filter(to__contains=to, message__contains=f"/{path}/").latest("pk")
    found = re.search(rf"/{path}/([\w-]+)/", mail.message)
    assert found
    return found[1]
