"""Names as they are sorted and searched: without accents and case, because PostgreSQL's order is by code point."""

import unicodedata

LONGEST = 800
_LAST = "\U0010ffff"


def key(name: str) -> str:
    """`Årsta Öl` becomes `arsta ol`. Used on both sides: stored beside the name, and applied to what is typed.

    Some single letters stand for whole phrases, so it is cut to what the columns hold.
    """
    plain = _without_accents(_without_accents(name).casefold())
    return " ".join(plain.split())[:LONGEST].rstrip()


def after(prefix: str) -> str:
    """The first text behind all that start with `prefix`, so that a prefix search is a range.

    LIKE is not leakproof: under row-level security it could not use the index (design.md 4).
    """
    start = prefix.rstrip(_LAST)
    if not start:
        return _LAST
    following = ord(start[-1]) + 1
    return start[:-1] + chr(0xE000 if following == 0xD800 else following)  # noqa: PLR2004  (surrogates are no letters)


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
