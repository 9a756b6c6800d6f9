"""Names as they are sorted and searched: without accents and case, because PostgreSQL's order is by code point."""

import unicodedata


def key(name: str) -> str:
    """`Årsta Öl` becomes `arsta ol`. Used on both sides: stored beside the name, and applied to what is typed."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def after(prefix: str) -> str:
    """The first text behind all that start with `prefix`, so that a prefix search is a range.

    LIKE is not leakproof: under row-level security it could not use the index (design.md 4).
    """
    return prefix[:-1] + chr(min(ord(prefix[-1]) + 1, 0x10FFFF)) if prefix else chr(0x10FFFF)
