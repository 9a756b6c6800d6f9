"""Sessions while Valkey, which holds a copy of each, is away."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.session_store import SessionStore
from tests.mail.smtp import free_port
from tests.world import AGREED, MSP_FIELDS, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def valkey_away(settings: Any) -> None:
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}}


def test_people_stay_signed_in_while_valkey_is_away(request: pytest.FixtureRequest) -> None:
    session = SessionStore()
    session["who"] = "alice"
    session.save()
    request.getfixturevalue("valkey_away")

    again, unknown = SessionStore(session.session_key), SessionStore("nobody-has-this-key")

    assert again["who"] == "alice"
    assert unknown.get("who") is None


def test_who_signs_out_while_valkey_is_away_is_out(
    world: World, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(world.vera)
    request.getfixturevalue("valkey_away")

    answer = client.post(reverse("account_logout"))

    assert answer.status_code == 302
    assert client.get(reverse("preferences")).status_code == 302  # to the sign-in


def test_a_stranger_applies_while_valkey_is_away(db: None, client: Client, valkey_away: None) -> None:
    typed = {name: value for name, value in MSP_FIELDS.items() if name not in ("agreements", "regions")}
    typed |= {"region": "europe", "company": "Polaris", "first_name": "Pia", "last_name": "Vogel"} | AGREED

    answer = client.post(reverse("apply", args=["msp"]), typed | {"email": "pia@polaris.example"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("apply-sent"))


@pytest.mark.parametrize(
    ("route", "typed"),
    [("account_login", {"login": "alice@aurora.example", "password": "wrong"}),
     ("account_reset_password", {"email": "alice@aurora.example"})],
)  # fmt: skip
def test_nobody_signs_in_uncounted_and_is_told(
    world: World, client: Client, valkey_away: None, route: str, typed: dict[str, str]
) -> None:
    answer = client.post(reverse(route), typed)

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "The part that guards sign-in does not answer. Go back and try again in a minute." in answer.text
