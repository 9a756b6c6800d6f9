"""The ten-digit IDs that people type: KCS Customer ID, MSP ID, Reseller ID (knox.md 1.2).

The first digit tells the kind, so that an ID typed in the wrong place is recognised and named (FAQ Q6); the
last is a Luhn check digit. The eight between come from a sequence, spread by a multiplication modulo 10^8 (a
permutation: no number comes twice and none tells how many there are).
"""

from enum import Enum

from django.db import connection
from stdnum import luhn


class Kind(Enum):
    """What an ID names: the first digit, the sequence, and the words with their article."""

    CUSTOMER = ("4", "tenants_customer_number", "a KCS Customer ID")
    MSP = ("7", "tenants_msp_number", "an MSP ID")
    RESELLER = ("8", "tenants_reseller_number", "a Reseller ID")
    LICENSE_RESELLER = ("9", "tenants_license_reseller_number", "a Reseller ID")

    def __init__(self, digit: str, sequence: str, words: str) -> None:
        self.digit, self.sequence, self.words = digit, sequence, words


_SPREAD, _SHIFT, _ROOM = 61_803_399, 27_182_819, 10**8


def new(kind: Kind) -> str:
    """An ID that nothing has yet. Ten digits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [kind.sequence])
        (number,) = cursor.fetchone()
    body = f"{kind.digit}{(number * _SPREAD + _SHIFT) % _ROOM:08d}"
    return str(body + luhn.calc_check_digit(body))


def clean(value: str) -> str:
    """What was typed or pasted, without the spaces and dashes that people put between groups."""
    return "".join(character for character in value if not (character.isspace() or character in "-‑–."))


def kind_of(value: str) -> Kind | None:
    """Which kind of ID this is; None unless it has ten digits, a known first one and a right check digit."""
    if not (len(value) == 10 and value.isascii() and value.isdigit() and luhn.is_valid(value)):  # noqa: PLR2004
        return None
    return next((kind for kind in Kind if kind.digit == value[0]), None)


def problem(value: str, *, wanted: Kind) -> str | None:
    """Why `value` (cleaned) is not an ID of the wanted kind, in the words of words.md 3.3; None if it is one."""
    rule = f"{wanted.words[0].upper()}{wanted.words[1:]} has ten digits"
    if not (value.isascii() and value.isdigit()):
        return f"{rule} and no other signs. Compare {value} with the original."
    if len(value) != 10:  # noqa: PLR2004
        return f"{rule}. {value} has {len(value)}."
    kind = kind_of(value)
    if kind is None:
        return f"The last digit of {value} does not fit the others, so one is wrong. Compare it with the original."
    if kind.words != wanted.words:
        return f"{value} is {kind.words}. Here you need {wanted.words}."
    return None
