"""A letter tells of a sign-in with another browser than before."""

import pytest
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts import browsers

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD = "a password, for a test"


@pytest.fixture
def vera(world):
    world.vera.set_password(PASSWORD)
    world.vera.save()
    return world.vera


def sign_in(person, client=None):
    client = client or Client(headers={"user-agent": FIREFOX})
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return client


def letters(person):
    return [mail for mail in Email.objects.filter(to=[person.email]) if mail.subject.startswith("Someone signed in")]


def test_the_first_sign_in_of_all_is_no_news(vera):
    sign_in(vera)

    assert letters(vera) == []


def test_another_browser_is_told_by_name_and_the_same_one_is_not(vera):
    client = sign_in(vera)
    client.post(reverse("account_logout"))
    sign_in(vera, client)
    before = len(letters(vera))

    sign_in(vera)

    assert before == 0
    (letter,) = letters(vera)
    assert "(Firefox on Windows)" in letter.message


def test_the_sign_of_one_person_says_nothing_about_another(vera, world):
    client = sign_in(vera)
    client.post(reverse("account_logout"))
    world.tom.set_password(PASSWORD)
    world.tom.last_login = world.tom.date_joined
    world.tom.save()

    sign_in(world.tom, client)

    assert len(letters(world.tom)) == 1


def test_a_forged_sign_is_nobody(vera, rf):
    request = rf.get("/")
    request.COOKIES["known_browser"] = "WzEsMl0:forged:forged"

    assert not browsers.is_known(request, vera)


def test_the_sign_is_kept_from_scripts(vera):
    cookie = sign_in(vera).cookies["known_browser"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/accounts/")
