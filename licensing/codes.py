"""License keys as text: made, read from what a person typed, found again, sealed (knox.md 5.1).

`KLM09-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`: 24 signs by chance, then one that checks the whole (ISO 7064, mod 37,36), so
that a typing error is told from a key that nobody issued. No 0, O, 1 or I, which people mix up.

The database holds a keyed hash, by which a key is found, and the key encrypted, so that it can be shown again. Both
come from SECRET_KEY: who has the database alone can neither read keys nor try them.
"""

import re
import secrets
import unicodedata

from django.utils.crypto import salted_hmac
from stdnum.iso7064 import mod_37_36

from accounts import seals

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SHAPE = re.compile(r"KLM\d\d[A-Z0-9]{25}", re.ASCII)
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")  # spaces, and dashes as mail programs write them


def new(prefix: str) -> str:
    """A key that nobody has. One in nine checks with a sign that we do not use, and is made again."""
    while True:
        body = prefix + "".join(secrets.choice(SIGNS) for _ in range(24))
        if (check := mod_37_36.calc_check_digit(body)) in SIGNS:
            return _written(body + check)


def read(typed: str) -> tuple[str, str]:
    """The key as it is written, and what is wrong with it: nothing, `form` or `typo`."""
    compact = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper()
    if not _SHAPE.fullmatch(compact):
        return "", "form"
    return _written(compact), "" if mod_37_36.is_valid(compact) else "typo"


def hashed(code: str) -> str:
    return hashes(code)[0]


def hashes(code: str) -> list[str]:
    """By the newest secret, then by those before it."""
    return [
        salted_hmac("licensing.codes.hash", code, secret=secret, algorithm="sha256").hexdigest()
        for secret in seals.secrets()
    ]


def seal(code: str) -> str:
    return seals.seal(code, purpose=seals.LICENSE_KEY)


def unseal(sealed: str) -> str:
    return seals.unseal(sealed, purpose=seals.LICENSE_KEY)


def _written(compact: str) -> str:
    return "-".join(compact[start : start + 5] for start in range(0, 30, 5))
