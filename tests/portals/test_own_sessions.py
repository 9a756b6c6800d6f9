"""Where one is signed in, and ending one of it."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

PASSWORD = "a password, for a test"


@pytest.fixture
def rita(world):
    world.rita.set_password(PASSWORD)
    world.rita.save()
    return world.rita


def sign_in(person, agent):
    client = Client(headers={"user-agent": agent})
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def session_of(client):
    return UserSession.objects.get(session_key=client.session.session_key)


def test_the_list_says_what_is_open_where(rita):
    office, home = sign_in(rita, "Firefox Windows"), sign_in(rita, "Chrome Linux")
    office.get(reverse("reseller-home"))

    page = " ".join(home.get(reverse("usersessions_list")).content.decode().split())

    assert "Firefox on Windows" in page
    assert "Knox Reseller Portal is open, 127.0.0.1, since" in page


def test_one_of_them_is_signed_out(rita):
    office, home = sign_in(rita, "Firefox Windows"), sign_in(rita, "Chrome Linux")

    home.post(reverse("session-end", args=[session_of(office).pk]))

    assert office.get(reverse("reseller-home")).url.startswith(reverse("account_login"))
    assert home.get(reverse("reseller-home")).status_code == 200


def test_a_session_of_somebody_else_stays(rita, world):
    world.lena.set_password(PASSWORD)
    world.lena.save()
    lena, own = sign_in(world.lena, "Firefox Windows"), sign_in(rita, "Chrome Linux")

    response = own.post(reverse("session-end", args=[session_of(lena).pk]))

    assert response.status_code == 404
    assert lena.get(reverse("license-reseller-home")).status_code == 200
