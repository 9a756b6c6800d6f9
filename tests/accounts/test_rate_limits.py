"""Limits that are counted in Valkey, and what counts where Valkey is away."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account import app_settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import rate_limits
from accounts.rate_limits import LIMITS, TooOften
from tests.mail.smtp import free_port


@pytest.fixture
def no_valkey(settings: Any) -> Iterator[None]:
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}}
    yield
    rate_limits._own.clear()


def asked(address: str) -> HttpRequest:
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize("place", ["valkey", "no_valkey"])
def test_one_act_more_than_the_limit_is_refused_and_others_are_not(place: str, request: pytest.FixtureRequest) -> None:
    if place == "no_valkey":
        request.getfixturevalue(place)

    for _ in range(LIMITS["ask_for_end"].number):
        rate_limits.consume(asked("192.0.2.7"), "ask_for_end")

    with pytest.raises(TooOften):
        rate_limits.consume(asked("192.0.2.7"), "ask_for_end")
    rate_limits.consume(asked("192.0.2.8"), "ask_for_end")


@pytest.mark.django_db
def test_after_too_many_failed_sign_ins_one_reads_when_to_go_on(client: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    wrong = {"login": "nobody@aurora.example", "password": "wrong"}
    before = [client.post(reverse("account_login"), wrong).status_code for _ in range(LIMITS["sign_in"].number)]

    answer = client.post(reverse("account_login"), wrong)

    said = "We allow 5 failed sign-ins in 5 minutes, and 10 from one network in a minute. You can go on at "
    assert set(before) == {200}
    assert (answer.status_code, answer["Retry-After"], said in answer.text) == (429, "300", True)


def test_what_we_say_of_failed_sign_ins_is_what_allauth_counts() -> None:
    limit = LIMITS["sign_in"]

    assert app_settings.RATE_LIMITS["login_failed"] == f"10/m/ip,{limit.number}/{limit.seconds}s/key"
