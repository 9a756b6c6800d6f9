"""Links in letters: 256 random bits, of which only the hash is stored (design.md 5)."""

import hashlib
import secrets


def new() -> tuple[str, str]:
    """A token for the address, and its hash for the table."""
    token = secrets.token_urlsafe(32)
    return token, hashed(token)


def hashed(token: str) -> str:
    """Look-ups compare hashes, so neither the table nor the time of the answer tells a token."""
    return hashlib.sha256(token.encode()).hexdigest()
