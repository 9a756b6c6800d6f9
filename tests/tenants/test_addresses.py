"""Zip code and state are those of the country (words.md 7.1)."""

import pytest
from django.test import Client

from tenants import addresses
from tests.bad_input.pages.onboarding import ADD, APPLY_MSP, EDIT, REGISTER
from tests.bad_input.pages.page import Page, errors
from tests.bad_input.rows import newest
from tests.world import World


@pytest.mark.parametrize(
    ("code", "country"),
    [
        ("10115", "DE"), ("LS1 4DL", "GB"), ("55802-1234", "US"), ("", "HK"), ("00000", "HK"), ("", "IE"), ("1", "AQ"),
        ("1", ""),
    ],
)  # fmt: skip
def test_what_the_country_has_is_taken(code: str, country: str) -> None:
    assert addresses.problems(country, province="Some", zip_code=code) == {}


@pytest.mark.parametrize(
    ("code", "country", "sentence"),
    [
        ("1011", "DE", "1011 is not a zip code of Germany. One looks like 26133."),
        ("K1A", "CA", "K1A is not a zip code of Canada. One looks like H3Z 2Y7."),
        ("", "DE", "Enter zip code. One looks like 26133."),
    ],
)
def test_what_it_cannot_have_is_refused_with_an_example(code: str, country: str, sentence: str) -> None:
    assert addresses.problems(country, province="Ontario", zip_code=code) == {"zip_code": sentence}


@pytest.mark.parametrize("country", ["DE", "GB", "SE", "SG", "AQ", ""])
def test_where_there_are_no_states_none_is_asked_for(country: str) -> None:
    assert "province" not in addresses.problems(country, province="", zip_code="")


@pytest.mark.parametrize(
    ("country", "zip_code", "sentence"),
    [
        ("US", "55802", "Enter state. An address in United States of America has one."),
        ("IT", "00144", "Enter state. An address in Italy has one."),
    ],
)
def test_where_there_are_states_one_is_asked_for(country: str, zip_code: str, sentence: str) -> None:
    assert addresses.problems(country, province="", zip_code=zip_code) == {"province": sentence}


@pytest.mark.django_db
@pytest.mark.parametrize("at", [ADD, EDIT, REGISTER, APPLY_MSP], ids=str)
def test_the_page_says_so_beside_the_zip_code(world: World, client: Client, at: Page) -> None:
    refused = client.post(at.enter(world, client), at.valid(world) | {"zip_code": "1011"})

    assert refused.status_code == 422
    assert errors(refused.text) == {"zip_code": ["1011 is not a zip code of Germany. One looks like 26133."]}


@pytest.mark.django_db
@pytest.mark.parametrize("at", [ADD, EDIT, REGISTER, APPLY_MSP], ids=str)
def test_the_page_says_so_beside_the_state(world: World, client: Client, at: Page) -> None:
    italian = {"country": "IT", "zip_code": "00144", "province": ""}

    refused = client.post(at.enter(world, client), at.valid(world) | italian)

    assert refused.status_code == 422
    assert errors(refused.text) == {"province": ["Enter state. An address in Italy has one."]}


@pytest.mark.django_db
def test_small_letters_become_capitals(world: World, client: Client) -> None:
    british = {"country": "GB", "zip_code": "ls1 4dl"}

    client.post(ADD.enter(world, client), ADD.typed | british)

    assert newest(ADD, world).zip_code == "LS1 4DL"
