"""What a device is known by: IMEI (15 digits, Luhn), MEID (14 hex digits) or serial number (11 letters and digits).

Only an IMEI tells the model: its first eight digits are the TAC. The length tells the kind, so an identifier
needs no other mark. The format rules are inferred (knox.md 4.3).
"""

import re
from enum import Enum

IMEI_DIGITS, MEID_SIGNS, SERIAL_SIGNS = 15, 14, 11
_MEID = re.compile(r"[0-9A-F]{14}")
_SERIAL = re.compile(r"[0-9A-Z]{11}")
_ROUNDED = re.compile(r"\d([.,]\d*)?E\+?\d+", re.IGNORECASE)
_FORMULA = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001  (a spreadsheet reads the wide ones, too)
_BETWEEN = str.maketrans("", "", " -./\u00a0\u2009\u202f\u2010\u2011\u2013")
"""What people and boxes put between the groups of a number."""
# Luhn over pairs: what the two digits add, the second one doubled.
_PAIRS = {f"{a}{b}": a + (2 * b if b < 5 else 2 * b - 9) for a in range(10) for b in range(10)}  # noqa: PLR2004


class Kind(Enum):
    IMEI = "IMEI"
    MEID = "MEID"
    SERIAL = "serial number"


def read(typed: str) -> tuple[str, str]:
    """The identifier in what was typed, and the problem with it: one of the two is empty.

    The problem is a key of devices.problems.PROBLEMS.
    """
    if len(typed) == IMEI_DIGITS and typed.isdecimal() and typed.isascii():  # the usual line, quickly
        return (typed, "") if _luhn(typed) else ("", "imei_digit")
    if typed.startswith(_FORMULA):
        return "", "formula"
    cleaned = typed.translate(_BETWEEN).upper()
    if cleaned.isascii() and cleaned.isdecimal():
        return _digits(cleaned)
    if _ROUNDED.fullmatch(typed.strip()):
        return "", "rounded"
    return _letters(cleaned)


def kind_of(identifier: str) -> Kind:
    """Which kind a well-formed identifier is."""
    return {IMEI_DIGITS: Kind.IMEI, MEID_SIGNS: Kind.MEID, SERIAL_SIGNS: Kind.SERIAL}[len(identifier)]


def check_digit(fourteen: str) -> str:
    """The last digit of the IMEI that begins with these fourteen."""
    return next(digit for digit in "0123456789" if _luhn(fourteen + digit))


def _digits(digits: str) -> tuple[str, str]:
    """Digits only: an IMEI, or one that lost or gained something; eleven of them are a serial number."""
    if len(digits) == IMEI_DIGITS:
        return (digits, "") if _luhn(digits) else ("", "imei_digit")
    if len(digits) == SERIAL_SIGNS:
        return digits, ""
    return "", "imei_zero" if len(digits) == IMEI_DIGITS - 1 else "imei_length"


def _letters(signs: str) -> tuple[str, str]:
    if _MEID.fullmatch(signs) or _SERIAL.fullmatch(signs):
        return signs, ""
    if not (signs.isascii() and signs.isalnum()):
        return "", "id"
    if len(signs) in (MEID_SIGNS - 1, MEID_SIGNS, MEID_SIGNS + 1) and signs[0] in "9ABCDEF":
        return "", "meid"
    return "", "serial" if SERIAL_SIGNS - 2 <= len(signs) <= SERIAL_SIGNS + 2 else "id"


def _luhn(imei: str) -> bool:
    pairs = _PAIRS
    total = int(imei[14])
    for at in range(0, 14, 2):
        total += pairs[imei[at : at + 2]]
    return total % 10 == 0
