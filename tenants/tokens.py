"""Tokens of links in letters: 256 random bits, of which only the hash is stored (design.md 5)."""

import hashlib
import secrets
from datetime import timedelta

from rules import settings as rule
from rules.errors import RuleBroken


class Unknown(RuleBroken):
    """No link has this token. `more` says what else may be the matter."""

    def __init__(self, more: str = "") -> None:
        super().__init__(
            "This link does not work. Parts may be missing: open it from the email again, or copy the whole address."
            + more,
            status=404,
        )


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
