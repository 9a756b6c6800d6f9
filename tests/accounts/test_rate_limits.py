"""Limits that are counted in Valkey, and what counts where Valkey is away."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

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
