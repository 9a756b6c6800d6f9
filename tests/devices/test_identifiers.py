"""What people type for a device, and what it is or what is wrong with it."""

import pytest

from devices import identifiers
from devices.identifiers import Kind
from devices.problems import PROBLEMS


@pytest.mark.parametrize(
    ("typed", "identifier", "kind"),
    [
        ("490154203237518", "490154203237518", Kind.IMEI),
        ("49-015420-323751-8", "490154203237518", Kind.IMEI),
        (" 49 015420 323751 8 ", "490154203237518", Kind.IMEI),
        ("'490154203237518", "490154203237518", Kind.IMEI),
        ("A0000012345678", "A0000012345678", Kind.MEID),
        ("a000 0012 3456 78", "A0000012345678", Kind.MEID),
        ("R58M12ABCDE", "R58M12ABCDE", Kind.SERIAL),
        ("r58m12abcde", "R58M12ABCDE", Kind.SERIAL),
        ("12345678901", "12345678901", Kind.SERIAL),
    ],
)
def test_what_a_device_is_known_by(typed: str, identifier: str, kind: Kind) -> None:
    assert identifiers.read(typed) == (identifier, "")
    assert identifiers.kind_of(identifier) is kind


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("490154203237519", "imei_digit"),
        ("490154203237581", "imei_digit"),  # two digits changed places
        ("90154203237518", "imei_zero"),
        ("4901542032375", "imei_length"),
        ("4901542032375180", "imei_length"),
        ("٤٩٠١٥٤٢٠٣٢٣٧٥١٨", "id"),
        ("3.5E+14", "rounded"),
        ("4,90154E+14", "rounded"),
        ("4.90154e14", "rounded"),
        ("490154000000000", "rounded"),
        ("A000001234567", "meid"),
        ("A0000012345G78", "meid"),
        ("R58M12ABCD", "serial"),
        ("R58M12ABCDEF", "serial"),
        ("=1+1", "formula"),
        ("+490154203237518", "formula"),
        ("@SUM(A1)", "formula"),
        ("-1", "formula"),
        ("＝HYPERLINK(1)", "formula"),
        ("phone of Lena", "serial"),
        ("no device", "id"),
        ("R58M12ÄBCDE", "id"),
        ("", "id"),
    ],
)
def test_what_is_wrong_with_it(typed: str, problem: str) -> None:
    assert identifiers.read(typed) == ("", problem)
    assert problem in PROBLEMS


def test_every_single_wrong_digit_is_found() -> None:
    imei = "490154203237518"

    changed = [
        imei[:at] + digit + imei[at + 1 :] for at in range(len(imei)) for digit in "0123456789" if digit != imei[at]
    ]

    assert {identifiers.read(one)[0] for one in changed} == {""}


def test_the_last_digit_of_an_imei_follows_from_the_others() -> None:
    assert identifiers.check_digit("49015420323751") == "8"
    assert identifiers.read("35214300123456" + identifiers.check_digit("35214300123456"))[1] == ""


@pytest.mark.parametrize("key", PROBLEMS)
def test_every_problem_has_a_whole_sentence(key: str) -> None:
    sentence = PROBLEMS[key].words(value="490154203237518", detail="2 columns. It needs 1")

    assert "{" not in sentence
    assert sentence.endswith((".", "1"))
