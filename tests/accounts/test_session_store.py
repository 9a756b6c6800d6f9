"""Sessions while Valkey, which holds a copy of each, is away."""

from typing import Any

import pytest

from accounts.session_store import SessionStore
from tests.mail.smtp import free_port

pytestmark = pytest.mark.django_db


def test_people_stay_signed_in_while_valkey_is_away(settings: Any) -> None:
    session = SessionStore()
    session["who"] = "alice"
    session.save()
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}}

    again, unknown = SessionStore(session.session_key), SessionStore("nobody-has-this-key")

    assert again["who"] == "alice"
    assert unknown.get("who") is None
