"""What a device is known by: IMEI (15 digits, Luhn), MEID (14 hex digits) or serial number (11 letters and digits).

Only an IMEI tells the model: its first eight digits are the TAC. The length tells the kind, so an identifier
needs no other mark. The format rules are inferred (knox.md 4.3).
"""

import re
from enum import Enum

IMEI_DIGITS, MEID_SIGNS, SERIAL_SIGNS = 15, 14, 11
COLUMNS = {IMEI_DIGITS: "imei", MEID_SIGNS: "meid", SERIAL_SIGNS: "serial"}
"""Where a device keeps it, by its length."""
_MEID = re.compile(r"[0-9A-F]{14}")
_SERIAL = re.compile(r"(?=.*[0-9])[0-9A-Z]{11}")
"""With a digit: eleven letters alone are a word."""
_ROUNDED = re.compile(r"\d([.,]\d*)?E\+?\d+", re.IGNORECASE)
_DROPPED = "0" * 7
"""How an IMEI ends that was a rounded number for a while: 4.90154E+14 became 490154000000000."""
FORMULA = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001  (a spreadsheet reads the wide ones, too)
_BETWEEN = str.maketrans("", "", " -./\u00a0\u2009\u202f\u2010\u2011\u2013")
"""What people and boxes put between the groups of a number."""
# Luhn over groups of four digits: what they add, each second one doubled. Four look-ups an IMEI, not fifteen.
_PAIRS = {f"{a}{b}": a + (2 * b if b < 5 else 2 * b - 9) for a in range(10) for b in range(10)}  # noqa: PLR2004
_FOURS = {one + other: first + second for one, first in _PAIRS.items() for other, second in _PAIRS.items()}
_LAST = {f"{pair}{digit}": sum_ + digit for pair, sum_ in _PAIRS.items() for digit in range(10)}


class Kind(Enum):
    IMEI = "IMEI"
    MEID = "MEID"
    SERIAL = "serial number"


def read(typed: str) -> tuple[str, str]:
    """The identifier in what was typed, and the problem with it: one of the two is empty.

    The problem is a key of devices.problems.PROBLEMS.
    """
    if len(typed) == IMEI_DIGITS and typed.isdecimal() and typed.isascii():  # the usual line, quickly
        return _imei(typed)
    if typed.startswith(FORMULA):
        return "", "formula"
    cleaned = typed.removeprefix("'").translate(_BETWEEN).upper()
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
        return _imei(digits)
    if len(digits) == SERIAL_SIGNS:
        return digits, ""
    return "", "imei_zero" if len(digits) == IMEI_DIGITS - 1 else "imei_length"


def _imei(digits: str) -> tuple[str, str]:
    if _luhn(digits):
        return digits, ""
    return "", "rounded" if digits.endswith(_DROPPED) else "imei_digit"


def _letters(signs: str) -> tuple[str, str]:
    if _MEID.fullmatch(signs) or _SERIAL.fullmatch(signs):
        return signs, ""
    if not (signs.isascii() and signs.isalnum()):
        return "", "id"
    if len(signs) in (MEID_SIGNS - 1, MEID_SIGNS, MEID_SIGNS + 1) and signs[0] in "9ABCDEF":
        return "", "meid"
    return "", "serial" if SERIAL_SIGNS - 2 <= len(signs) <= SERIAL_SIGNS + 2 else "id"


def _luhn(imei: str) -> bool:
    return (_FOURS[imei[:4]] + _FOURS[imei[4:8]] + _FOURS[imei[8:12]] + _LAST[imei[12:]]) % 10 == 0
