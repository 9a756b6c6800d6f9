"""What people do with their own accounts stands in the history of each place where they work."""

import re

import pytest
from allauth.core import context
from django.test import Client
from django.urls import reverse

from accounts.acting import as_operator
from accounts.adapters import CHANGES
from audit.models import Event, Side
from tenants import account_events
from tests.mail.letters import letters

pytestmark = pytest.mark.django_db
SECRET = "an old secret"


@pytest.fixture
def alice(world, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world.alice.set_password(SECRET)
    world.alice.save()
    return world.alice


def newest_key(email):
    return re.search(r"/confirm-email/([^/\s]+)/", letters(email)[-1].message)[1]


def told(user, verb):
    with as_operator():
        return list(Event.objects.filter(verb=verb, target_id=str(user.pk), target_type="accounts.user"))


def test_signing_in_and_out_is_told_where_the_person_works(world, alice, client):
    client.post(reverse("account_login"), {"login": alice.email, "password": SECRET}, REMOTE_ADDR="192.0.2.9")
    client.post(reverse("account_logout"))

    (came,), (left,) = told(alice, "account.signed_in"), told(alice, "account.signed_out")
    assert (came.msp_id, came.actor_id, came.side, came.address) == (world.aurora.pk, alice.pk, "msp", "192.0.2.9")
    assert (left.msp_id, left.sentence, len(left.request_id)) == (world.aurora.pk, "signed out", 16)


def test_who_works_in_two_places_is_told_in_both(world, client):
    client.force_login(world.mira)
    client.post(reverse("account_logout"))

    assert {one.msp_id for one in told(world.mira, "account.signed_out")} == {world.aurora.pk, world.borealis.pk}


def test_a_wrong_password_is_told_of_the_person_but_not_by_the_person(world, alice, client):
    client.post(reverse("account_login"), {"login": alice.email, "password": "wrong"})
    client.post(reverse("account_login"), {"login": "nobody@else.example", "password": "wrong"})

    (event,) = told(alice, "account.sign_in_failed")
    assert (event.actor_id, event.side, event.msp_id) == (None, Side.PORTAL, world.aurora.pk)
    assert str(event) == "The portal refused a wrong password of Alice Example"


def test_a_password_that_was_changed_or_reset_is_told(world, alice, client):
    client.force_login(alice)
    fields = {"oldpassword": SECRET, "password1": "a new secret", "password2": "a new secret"}
    client.post(reverse("account_change_password"), fields)
    client.logout()
    client.post(reverse("account_reset_password"), {"email": alice.email})

    (event,), (asked,) = told(alice, "account.changed"), told(alice, "account.reset_asked")
    assert (event.sentence, event.actor_id) == ("changed the password", alice.pk)
    assert (asked.actor_id, asked.msp_id) == (None, world.aurora.pk)


@pytest.mark.parametrize(("letter", "what", "did"), [(one, *told) for one, told in CHANGES.items()])
def test_a_letter_about_a_change_names_the_person_and_says_what_happened_in_one_zone(world, rf, letter, what, did):
    world.vera.time_zone = "Asia/Seoul"
    world.vera.save()
    request = rf.post("/")
    request.user, request.session = world.vera, {}

    with context.request_context(request):
        account_events.AccountAdapter().send_notification_mail(f"x/email/{letter}", world.vera)

    sent = letters(world.vera.email)[-1]
    assert sent.subject == f"Your {what} changed"
    assert sent.message.startswith(f"Hello {world.vera.first_name},\n\nSomeone {did} for {world.vera.email} on ")
    assert (" KST (" in sent.message, "UTC" in sent.message) == (True, False)


def test_an_address_that_changes_is_told(world, alice, client):
    client.post(reverse("account_login"), {"login": alice.email, "password": SECRET})
    client.post(reverse("account_email"), {"email": "alice@new.example", "action_add": ""})
    client.post(reverse("account_confirm_email", args=[newest_key("alice@new.example")]))

    assert [one.sentence for one in told(alice, "account.changed")][:2] == [
        "asked to confirm an email",
        "changed the email",
    ]


def test_ended_sessions_are_told(world, alice, client):
    for browser in (Client(), client):
        browser.post(reverse("account_login"), {"login": alice.email, "password": SECRET})
    client.post(reverse("usersessions_list"))

    assert [one.sentence for one in told(alice, "account.sessions_ended")] == ["ended sessions: 1"]


def test_a_launch_and_preferences_are_told_in_the_portal_of_the_person(world, client):
    client.force_login(world.rita)
    client.post(reverse("launch", args=["reseller", world.reseller.pk]))
    client.post(reverse("preferences"), {"time_zone": "Asia/Seoul", "theme": "dark"})

    with as_operator():
        found = Event.objects.filter(reseller_id=world.reseller.pk, side=Side.RESELLER).order_by("pk")
        assert [one.verb for one in found][-2:] == ["portal.launched", "account.preferences_changed"]


@pytest.mark.parametrize(
    ("who", "side"), [("sam", Side.SAMSUNG), ("nora", Side.APPLICANT), ("carl", Side.CUSTOMER), ("lena", Side.RESELLER)]
)
def test_everybody_has_a_side(world, client, who, side):
    client.force_login(getattr(world, who))
    client.post(reverse("account_logout"))

    assert [one.side for one in told(getattr(world, who), "account.signed_out")] == [side]


def test_a_place_that_blocked_the_person_is_told_nothing(world):
    account_events.note("account.signed_in", world.blake)

    (event,) = told(world.blake, "account.signed_in")
    assert event.msp_id is None
