"""The ten-digit IDs: kinds told apart, slips of the hand caught, no number twice (FAQ Q6; knox.md 1.2)."""

from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from tenants import public_ids
from tenants.public_ids import Kind

kinds = st.sampled_from(Kind)


@st.composite
def ids(draw: st.DrawFn) -> str:
    """An ID as `new` makes it, for any kind and any number."""
    body = f"{draw(kinds).digit}{draw(st.integers(0, 10**8 - 1)):08d}"
    return body + luhn.calc_check_digit(body)


@given(ids())
def test_an_id_tells_its_kind(made: str) -> None:
    kind = public_ids.kind_of(made)

    assert kind is not None
    assert kind.digit == made[0]
    assert public_ids.problem(made, wanted=kind) is None


@given(ids(), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(made: str, place: int, by: int) -> None:
    wrong = made[:place] + str((int(made[place]) + by) % 10) + made[place + 1 :]

    assert public_ids.kind_of(wrong) is None


@given(ids(), st.integers(0, 8))
def test_two_swapped_neighbors_are_caught_except_nine_and_zero(made: str, place: int) -> None:
    pair = made[place : place + 2]
    swapped = made[:place] + pair[::-1] + made[place + 2 :]

    caught = public_ids.kind_of(swapped) is None
    is_blind_spot = pair[0] == pair[1] or ({*pair} == {"0", "9"} and place > 0)
    assert caught == (not is_blind_spot)


@given(ids(), st.sampled_from([" ", "-", "–", "‑", ".", "\u00a0", "\t"]))
def test_what_people_put_between_groups_does_not_matter(made: str, between: str) -> None:
    typed = f" {made[:4]}{between}{made[4:7]}{between}{made[7:]}\n"

    assert public_ids.clean(typed) == made


@given(st.text())
def test_any_text_is_either_an_id_or_has_a_problem(typed: str) -> None:
    value = public_ids.clean(typed)

    for wanted in Kind:
        kind = public_ids.kind_of(value)
        is_one = kind is not None and kind.words == wanted.words
        assert (public_ids.problem(value, wanted=wanted) is None) == is_one


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Kind)
def test_no_id_comes_twice(kind: Kind) -> None:
    made = [public_ids.new(kind) for _ in range(500)]

    assert len(set(made)) == 500
    assert {public_ids.kind_of(one) for one in made} == {kind}


def test_the_spread_meets_every_number_once_before_it_begins_again() -> None:
    assert gcd(public_ids._SPREAD, public_ids._ROOM) == 1


@pytest.mark.parametrize(
    ("typed", "wanted", "sentence"),
    [
        ("123", Kind.CUSTOMER, "A KCS Customer ID has ten digits. 123 has 3."),
        ("41234567890", Kind.CUSTOMER, "A KCS Customer ID has ten digits. 41234567890 has 11."),
        ("7", Kind.MSP, "An MSP ID has ten digits. 7 has 1."),
        ("8", Kind.RESELLER, "A Reseller ID has ten digits. 8 has 1."),
        (
            "abcdefghij",
            Kind.CUSTOMER,
            "A KCS Customer ID has ten digits and no other signs. Compare abcdefghij with the original.",
        ),
        (
            "١٢٣٤٥٦٧٨٩٠",
            Kind.CUSTOMER,
            "A KCS Customer ID has ten digits and no other signs. Compare ١٢٣٤٥٦٧٨٩٠ with the original.",
        ),
        (
            "4000000003",
            Kind.CUSTOMER,
            "The last digit of 4000000003 does not fit the others, so one is wrong. Compare it with the original.",
        ),
        ("7000000005", Kind.CUSTOMER, "7000000005 is an MSP ID. Here you need a KCS Customer ID."),
        ("8000000003", Kind.CUSTOMER, "8000000003 is a Reseller ID. Here you need a KCS Customer ID."),
        ("9000000001", Kind.CUSTOMER, "9000000001 is a Reseller ID. Here you need a KCS Customer ID."),
        ("4000000002", Kind.RESELLER, "4000000002 is a KCS Customer ID. Here you need a Reseller ID."),
        ("9000000001", Kind.RESELLER, None),
    ],
)
def test_the_problem_is_named(typed: str, wanted: Kind, sentence: str | None) -> None:
    assert public_ids.problem(typed, wanted=wanted) == sentence
