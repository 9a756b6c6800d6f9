"""Bad input at the forms of sign-in, which are allauth's: an answer, nothing changed, nothing told."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from tests.bad_input.bad import TURNING
from tests.mail.letters import letters
from tests.world import World

pytestmark = pytest.mark.django_db
SECRET = "an old secret"
WRONG = "The email and the password do not fit together. Try again, or reset the password."
TYPED = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "🙂",
    "שלום",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "x" * 100_000,
    "\ud7ff",
    *TURNING,
]
LONG = f"{'x' * 300}@x.example"
EMAILS = ["", "plain", "a@b", "\x00@x.example", "🙂@x.example", "<script>@x.example", LONG]
EMAILS += ["x" * 100_000, "a@b@c.example", "a\nb@x.example", "a\u202eb@x.example"]


@pytest.fixture
def nora(world: World, settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world.nora.set_password(SECRET)
    world.nora.save()
    Email.objects.all().delete()
    return world.nora


def post(client: Client, route: str, **fields: Any) -> Any:
    cache.clear()
    return client.post(reverse(route), fields)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in(nora: User, client: Client) -> None:
    response = post(client, "account_login", login=" NORA@people.example ", password=SECRET)

    assert (response.status_code, is_signed_in(client)) == (302, True)


@pytest.mark.parametrize("password", TYPED)
@pytest.mark.parametrize("login", ["nora@people.example", "nobody@else.example"])
def test_no_other_password_does(nora: User, client: Client, login: str, password: str) -> None:
    response = post(client, "account_login", login=login, password=password)

    assert response.status_code in (200, 422)
    assert not is_signed_in(client)
    assert "<script>alert(1)" not in response.text


@pytest.mark.parametrize("login", [*EMAILS, *TYPED])
def test_no_other_address_does(nora: User, client: Client, login: str) -> None:
    response = post(client, "account_login", login=login, password=SECRET)

    assert response.status_code in (200, 422)
    assert not is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_read_the_same(nora: User, client: Client) -> None:
    known = post(client, "account_login", login="nora@people.example", password="wrong")
    unknown = post(client, "account_login", login="nobody@else.example", password="wrong")

    assert WRONG in unescape(known.text)
    assert WRONG in unescape(unknown.text)


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\x00"]
)
def test_signing_in_never_leads_to_another_site(nora: User, client: Client, away: str) -> None:
    response = post(client, "account_login", login="nora@people.example", password=SECRET, next=away)

    assert (response.status_code, response["Location"]) == (302, reverse("knox-dashboard"))


@pytest.mark.parametrize("email", [email for email in EMAILS if email != LONG])
def test_what_is_no_email_gets_no_link(nora: User, client: Client, email: str) -> None:
    response = post(client, "account_reset_password", email=email)

    assert response.status_code in (200, 422)
    assert Email.objects.count() == 0


ANGLED = '"<x>"@polaris.example'


@pytest.mark.parametrize("email", ['"a,b"@polaris.example', '"x@evil.example"@polaris.example', ANGLED])
def test_a_quoted_email_gets_a_link_to_itself_or_none(nora: User, client: Client, email: str) -> None:
    response = post(client, "account_reset_password", email=email)

    assert response.status_code < 500
    assert letters("evil.example") == [] or letters(email) != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"oldpassword": "wrong"},
        {"oldpassword": ""},
        {"oldpassword": "\x00"},
        {"password1": "", "password2": ""},
        {"password1": "short", "password2": "short"},
        {"password1": "password123", "password2": "password123"},
        {"password2": "another secret"},
        {"password1": "nora@people.example", "password2": "nora@people.example"},
        {"password1": "a new\x00 secret", "password2": "a new\x00 secret"},
    ],
)
def test_a_password_is_not_changed_by_a_bad_form(nora: User, client: Client, wrong: dict[str, str]) -> None:
    client.force_login(nora)
    fields = {"oldpassword": SECRET, "password1": "a new secret", "password2": "a new secret"} | wrong

    response = post(client, "account_change_password", **fields)

    nora.refresh_from_db()
    assert response.status_code in (200, 422)
    assert check_password(SECRET, nora.password)
    assert Email.objects.count() == 0


@pytest.mark.parametrize("password", ["a new secret", "שלום שלום שלום", "🙂" * 8, "'; DROP TABLE accounts_user; --"])
def test_a_password_may_have_any_letters(nora: User, client: Client, password: str) -> None:
    client.force_login(nora)

    post(client, "account_change_password", oldpassword=SECRET, password1=password, password2=password)
    client.logout()
    post(client, "account_login", login="nora@people.example", password=password)

    assert is_signed_in(client)


@pytest.mark.parametrize(
    "email",
    [
        *(email for email in EMAILS if email != LONG),
        LONG,
        '"a,b"@polaris.example',
        "bob@borealis.example",
    ],
)
def test_an_address_is_not_changed_to_what_is_none_or_somebody_elses(nora: User, client: Client, email: str) -> None:
    client.force_login(nora)

    response = post(client, "account_email", email=email, action_add="")

    nora.refresh_from_db()
    assert response.status_code < 500
    assert nora.email == "nora@people.example"
