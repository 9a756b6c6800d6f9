"""Names as they are sorted and searched, and the regions of countries (FAQ Q15)."""

import pytest
from django_countries import countries
from hypothesis import given
from hypothesis import strategies as st

from accounts.acting import acting_as
from tenants import names
from tenants.models import Customer
from tenants.regions import _COUNTRIES, Region, country_name, region_of
from tests.world import World, customer

LONGEST = Customer._meta.get_field("name_key").max_length or 0
# What a form lets through: no half of a surrogate pair, nothing that is not a letter yet.
letters = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Årsta Öl", "arsta ol"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("  two \u00a0 words ", "two words"),
        ("ﬁn", "fin"),
        ("ℂontoso", "contoso"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_a_key_has_no_case_no_accents_and_single_spaces(name: str, key: str) -> None:
    assert names.key(name) == key


@given(st.text(letters, max_size=200))
def test_a_key_always_fits_its_column(name: str) -> None:
    assert len(names.key(name)) <= LONGEST


def test_a_key_of_letters_that_stand_for_whole_phrases_fits_too() -> None:
    assert len(names.key("\ufdfa" * 200)) <= LONGEST


@given(st.text(letters, max_size=30))
def test_a_key_is_its_own_key(name: str) -> None:
    key = names.key(name)

    assert names.key(key) == key


@given(st.text(letters, min_size=1, max_size=10), st.text(letters, max_size=10))
def test_everything_that_starts_with_a_prefix_is_in_its_range(prefix: str, rest: str) -> None:
    assert prefix <= prefix + rest < names.after(prefix)


@given(st.text(letters, min_size=1, max_size=10), st.text(letters, max_size=10))
def test_nothing_else_is_in_the_range(prefix: str, other: str) -> None:
    inside = prefix <= other < names.after(prefix)

    assert inside == other.startswith(prefix)


@pytest.mark.parametrize("edge", ["a\ud7ff", "\ud7ff", "a\U0010ffff", "\U0010ffff", ""])
def test_the_end_of_a_range_can_be_sent_to_postgresql(edge: str) -> None:
    end = names.after(edge)

    assert end.encode()
    assert edge < end or edge.endswith("\U0010ffff")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["straß", "STRASS", "karin b", "KARIN"])
def test_a_search_finds_the_start_of_a_name_or_of_the_contact(world: World, typed: str) -> None:
    made = customer(world.aurora, world.alice, "Straßenbau Süd")
    with acting_as(world.alice):
        found = Customer.objects.matching(typed)
        assert made in found


def test_a_country_is_in_one_region_at_most() -> None:
    listed = [code for codes in _COUNTRIES.values() for code in codes.split()]

    assert sorted(listed) == sorted(set(listed))


def test_every_country_of_a_region_is_a_country() -> None:
    listed = {code for codes in _COUNTRIES.values() for code in codes.split()}

    assert listed - {code for code, _ in countries} == set()


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("DE", Region.EUROPE),
        ("US", Region.NORTH_AMERICA),
        ("BR", Region.LATIN_AMERICA),
        ("ZA", Region.MIDDLE_EAST_AFRICA),
        ("KR", Region.ASIA_PACIFIC),
        ("KP", None),
        ("XX", None),
        ("", None),
    ],
)
def test_a_country_has_its_region(country: str, region: Region | None) -> None:
    assert region_of(country) == region


def test_a_country_has_its_name() -> None:
    assert (country_name("DE"), country_name("QQ")) == ("Germany", "QQ")
