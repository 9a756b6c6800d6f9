"""Links in letters: 256 random bits, of which only the hash is stored (design.md 5)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from onboarding.models import Delink, Link, ManagementRequest, Receipt
from rules import settings as rule
from rules.errors import RuleBroken


def new() -> tuple[str, str]:
    """A token for the address, and its hash for the table."""
    token = secrets.token_urlsafe(32)
    return token, hashed(token)


def hashed(token: str) -> str:
    """Look-ups compare hashes, so neither the table nor the time of the answer tells a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def life() -> timedelta:
    """How long a link works (the setting link_days)."""
    return timedelta(days=rule.number("link_days"))


def send(about: ManagementRequest | Delink | Receipt, *, to: str, ends_at: datetime | None) -> str:
    """Make the link that goes to `to`, and void the ones that went before. Runs as the operator."""
    purpose, own = _kind(about)
    Link.objects.filter(**own, voided_at=None).update(voided_at=timezone.now())
    token, token_hash = new()
    Link.objects.create(purpose=purpose, token_hash=token_hash, sent_to=to, ends_at=ends_at, **own)
    return token


def find(token: str, purpose: Link.Purpose) -> Link:
    """The link behind a token, whatever became of it. Raises RuleBroken (404) for a forged one."""
    about = (
        "request__msp",
        "request__customer",
        "delink__msp",
        "delink__customer",
        "receipt__msp",
        "receipt__customer",
    )
    link = Link.objects.select_related(*about).filter(token_hash=hashed(token), purpose=purpose).first()
    if link is None:
        raise RuleBroken(
            "This link does not work. Parts may be missing: open it from the email again, or copy the whole address.",
            status=404,
        )
    return link


def _kind(about: ManagementRequest | Delink | Receipt) -> tuple[Link.Purpose, dict[str, object]]:
    match about:
        case ManagementRequest():
            return Link.Purpose.CONSENT, {"request": about}
        case Delink():
            return Link.Purpose.DELINK, {"delink": about}
        case _:
            return Link.Purpose.END, {"receipt": about}
