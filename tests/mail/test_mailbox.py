"""/mailbox/ has every mail that the portal wrote."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from post_office.models import Email

from mail import views
from msp_portal.urls import urlpatterns as of_the_portal

urlpatterns = [path("", include("mail.urls")), *of_the_portal]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def _mails(*people: str) -> None:
    for number, to in enumerate(people, start=1):
        Email.objects.create(from_email="portal@knox.example", to=[to], subject=f"Letter {number}.")


def _subjects(page: Any) -> list[str]:
    return re.findall(r"Letter \d+\.", page.text)


def test_older_mails_are_on_the_next_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "SHOWN", 2)
    _mails("pia@a.example", "bo@b.example", "pia@a.example", "bo@b.example", "pia@a.example", "pia@a.example")

    first = client.get("/mailbox/", {"to": "pia@"})
    (older,) = re.findall(r'<a class="btn" href="([^"]*)" rel="next">', first.text)
    second = client.get(f"/mailbox/{older}".replace("&amp;", "&"))

    assert (_subjects(first), _subjects(second)) == (["Letter 6.", "Letter 5."], ["Letter 3.", "Letter 1."])
    assert 'rel="next"' not in second.text


@pytest.mark.parametrize("typed", ["PIA@a.example", " pia@A.example "])
def test_an_address_is_found_however_it_is_typed(client: Client, typed: str) -> None:
    _mails("pia@a.example", "bo@b.example")

    assert _subjects(client.get("/mailbox/", {"to": typed})) == ["Letter 1."]


@pytest.mark.parametrize("before", ["x", "-1", "\u00b2", "9" * 40])
def test_a_page_that_is_none_is_the_first(client: Client, before: str) -> None:
    _mails("pia@a.example")

    assert _subjects(client.get("/mailbox/", {"before": before})) == ["Letter 1."]


def test_the_head_of_the_mailbox_is_there(client: Client) -> None:
    _mails("pia@a.example")
    pk = Email.objects.get().pk

    assert {client.head(at).status_code for at in ("/mailbox/", f"/mailbox/{pk}/", f"/mailbox/{pk}/html/")} == {200}
