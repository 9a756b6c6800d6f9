"""Zip codes are those of the country (words.md 7.1)."""

import pytest
from django.test import Client

from tenants import zip_codes
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
    assert zip_codes.problem(code, country) == ""


@pytest.mark.parametrize(
    ("code", "country", "sentence"),
    [
        ("1011", "DE", "1011 is not a zip code of Germany. One looks like 26133."),
        ("K1A", "CA", "K1A is not a zip code of Canada. One looks like H3Z 2Y7."),
        ("", "DE", "Enter zip code. One looks like 26133."),
    ],
)
def test_what_it_cannot_have_is_refused_with_an_example(code: str, country: str, sentence: str) -> None:
    assert zip_codes.problem(code, country) == sentence


@pytest.mark.django_db
@pytest.mark.parametrize("at", [ADD, EDIT, REGISTER, APPLY_MSP], ids=str)
def test_the_page_says_so_beside_the_zip_code(world: World, client: Client, at: Page) -> None:
    refused = client.post(at.enter(world, client), at.valid(world) | {"zip_code": "1011"})

    assert refused.status_code == 422
    assert errors(refused.text) == {"zip_code": ["1011 is not a zip code of Germany. One looks like 26133."]}


@pytest.mark.django_db
def test_small_letters_become_capitals(world: World, client: Client) -> None:
    british = {"country": "GB", "zip_code": "ls1 4dl"}

    client.post(ADD.enter(world, client), ADD.typed | british)

    assert newest(ADD, world).zip_code == "LS1 4DL"
