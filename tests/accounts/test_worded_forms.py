"""The words of sign-in and recovery where a field is empty or wrong."""

import pytest
from django.test import Client
from django.urls import reverse

NOT_AN_EMAIL = "This is not an email. It looks like name@company.example."


@pytest.mark.parametrize(
    ("page", "typed", "said"),
    [
        ("account_login", {}, ["Enter email.", "Enter password."]),
        ("account_login", {"login": "alice", "password": "x"}, [NOT_AN_EMAIL]),
        ("account_reset_password", {"email": ""}, ["Enter email."]),
        ("account_reset_password", {"email": "alice@"}, [NOT_AN_EMAIL]),
    ],
)
def test_a_refused_form_says_what_to_enter(client, db, page, typed, said):
    answer = client.post(reverse(page), typed)

    assert [error for errors in answer.context["form"].errors.values() for error in errors] == said


@pytest.fixture
def vera(world):
    """Vera in her browser, where she has just entered her password."""
    world.vera.set_password("a secret of Vera")
    world.vera.save()
    client = Client(headers={"user-agent": "Firefox/140.0 Windows"})
    client.force_login(world.vera)
    client.post(reverse("account_reauthenticate"), {"password": "a secret of Vera"})
    return client


def test_a_new_key_is_a_passkey_with_a_name_to_recognize_it_by(vera):
    form = vera.get(reverse("mfa_add_webauthn")).context["form"]

    assert (form["name"].value(), form["passwordless"].value()) == ("Firefox on Windows", True)
    assert form["passwordless"].help_text.startswith("It asks for your fingerprint, face or PIN.")


def test_a_wrong_code_is_called_in_the_summary_as_at_its_field(vera):
    page = vera.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert (page.context["form"]["code"].label, "Authenticator code" in page.text) == ("Code", False)
