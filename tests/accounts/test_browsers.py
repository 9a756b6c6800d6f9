"""A letter tells of a sign-in with another browser than before."""

import pytest
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts import browsers
from accounts.acting import acting_as
from accounts.models import User
from tenants import invitations
from tests.mail.letters import newest_token

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD = "a password, for a test"


class Browser(Client):
    """Sends a cookie to the addresses below its path alone; Django's client sends all."""

    def generic(self, method, path, *args, **more):
        others = {name: one for name, one in self.cookies.items() if not path.startswith(one["path"])}
        for name in others:
            del self.cookies[name]
        response = super().generic(method, path, *args, **more)
        for name in others.keys() - self.cookies.keys():
            self.cookies[name] = others[name]
        return response


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


def test_who_joins_by_a_link_and_who_was_there_before_both_know_the_browser(vera, world):
    client = sign_in(vera, Browser(headers={"user-agent": FIREFOX}))
    client.post(reverse("account_logout"))
    with acting_as(world.alice):
        viewer = world.aurora.roles.get(name="Viewer")
        pia = {"email": "pia@aurora.example", "first_name": "Pia", "last_name": "Vogel"}
        invitations.invite(world.aurora, role=viewer, by=world.alice, **pia)
    link = reverse("administrator-join", args=[newest_token("invitations", "pia@aurora.example")])
    client.post(link, {"password": PASSWORD})
    pia = User.objects.get(email="pia@aurora.example")

    for one in (vera, pia):
        client.post(reverse("account_logout"))
        sign_in(one, client)

    assert (letters(vera), letters(pia)) == ([], [])


def test_a_forged_sign_is_nobody(vera, rf):
    request = rf.get("/")
    request.COOKIES["known_browser"] = "WzEsMl0:forged:forged"

    assert not browsers.is_known(request, vera)


def test_the_sign_is_kept_from_scripts(vera):
    cookie = sign_in(vera).cookies["known_browser"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
