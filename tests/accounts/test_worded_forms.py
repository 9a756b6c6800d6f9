"""The words of sign-in and recovery where a field is empty or wrong."""

import pytest
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
