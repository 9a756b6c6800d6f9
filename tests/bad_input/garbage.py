"""Garbage, who sends it, and what counts as an answer."""

from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from hypothesis import strategies as st

from accounts.models import User

NASTY = [
    "", " ", "\x00", "%", "%00", "..", "../../etc/passwd", "-1", "0", "9" * 30, "1e999", "NaN", "null", "true", "[]",
    "{}", "'", '"', "<script>alert(1)</script>", "{{ 7|add:7 }}", "%s%n", "\ufeff", "\u202e", "\ufffd", "\ud7ff",
    "\U0010ffff", "🙂", "ﷺ" * 200, "x" * 300, "a,b@c.example", '"a,b"@c.example', "2026-13-45", "0001-01-01",
    "9999-12-31T23:59:59-23:59", "\r\nSet-Cookie: a=b", "=1+1", "@", "a@", "+", "²", "١", "İ", "\u0345",
]  # fmt: skip
values = st.one_of(st.sampled_from(NASTY), st.text(max_size=40), st.integers().map(str))


def signed_in(person: User | None) -> Client:
    cache.clear()
    client = Client(raise_request_exception=True)
    if person:
        client.force_login(person)
    return client


def answered(response: HttpResponse) -> None:
    assert response.status_code < 500
    # No header carries what was typed as a line of its own.
    assert "Set-Cookie: a=b" not in str(response.headers)
