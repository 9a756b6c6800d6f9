"""Email settings, and the one click that stops a sort of emails."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts import mail_choices
from accounts.models import UnwantedMail
from alerts import mail_topics
from licensing import emails
from mail import outbox
from tenants import teams
from tests.devices.sending import imei, waiting
from tests.licensing.ground import entered
from tests.mail.letters import letters

pytestmark = pytest.mark.django_db
URL = reverse("email-settings")
ALICE = "alice@aurora.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def everything(**but):
    """What the page posts if every box is ticked."""
    fields = {
        "digest": "on",
        "hour": "7",
        "daily": [kind for kind, _ in mail_topics.KINDS],
        "critical": "on",
        "at_once": [kind for kind, _ in mail_topics.AT_ONCE],
        "letters": [topic for topic, _ in teams.topics()],
    } | but
    return {name: value for name, value in fields.items() if value}


def post(client, person, fields):
    client.force_login(person)
    return client.post(URL, fields)


def received(world):
    """The letter to Alice about an upload that waits: one that can be stopped."""
    waiting(world, [imei(1)], customer=world.first)
    return letters(ALICE)[-1]


def link(mail):
    found = re.search(r"Stop these emails: (\S+)", mail.message)
    return found[1].removeprefix("http://127.0.0.1:8000")


# The page ---------------------------------------------------------------------------------------------------------


def test_everything_is_wanted_until_somebody_says_otherwise(world, client):
    client.force_login(world.alice)

    page = client.get(URL).content.decode()

    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert boxes
    assert [box for box in boxes if "checked" not in box] == []


def test_what_is_not_ticked_is_not_wanted_and_the_page_shows_it(world, client):
    fields = everything(digest="", hour="18", at_once=[], letters=[teams.UPLOADS])

    response = post(client, world.alice, fields)

    world.alice.refresh_from_db()
    assert (response.status_code, world.alice.digest_hour) == (302, 18)
    refused = {"digest", teams.DELETIONS} | {topic for topic, _ in teams.topics() if topic.startswith("licenses:")}
    assert mail_choices.unwanted(world.alice) == refused | {f"critical:{kind}" for kind, _ in mail_topics.AT_ONCE}
    assert client.get(URL).content.decode().count("checked") == len(mail_topics.KINDS) + 2


def test_what_is_ticked_again_is_wanted_again(world, client):
    post(client, world.alice, everything(digest="", letters=[]))

    post(client, world.alice, everything())

    assert mail_choices.unwanted(world.alice) == set()


def test_saving_leaves_what_the_page_does_not_show(world, client):
    """Sam's queue is no choice of Alice's."""
    mail_choices.stop(world.alice, "queue")

    post(client, world.alice, everything())

    assert mail_choices.unwanted(world.alice) == {"queue"}


@pytest.mark.parametrize(
    ("who", "shows", "hides"),
    [
        ("alice", "Requests without an answer", "about the queue"),
        ("carl", "Devices to look at", "Requests without an answer"),
        ("sam", "about the queue", "Devices to look at"),
        ("rita", "You get no other email yet", "Save changes"),
        ("nora", "You get no other email yet", "Save changes"),
    ],
)
def test_one_chooses_from_what_one_can_get(world, client, who, shows, hides):
    client.force_login(getattr(world, who))

    page = client.get(URL).content.decode()

    assert (shows in page, hides in page) == (True, False)


def test_a_samsung_admin_can_stop_the_email_about_the_queue(world, client):
    post(client, world.sam, {"hour": "7"})

    assert mail_choices.unwanted(world.sam) == {"queue"}


def test_a_wrong_hour_or_kind_is_refused_and_changes_nothing(world, client):
    response = post(client, world.alice, everything(hour="25", daily=["no_such_kind"]))

    assert (response.status_code, UnwantedMail.objects.count()) == (422, 0)


# The letters to the team ------------------------------------------------------------------------------------------


def test_a_letter_that_can_be_stopped_says_how(world):
    mail = received(world)

    address = f"http://127.0.0.1:8000{link(mail)}"
    assert mail.headers["List-Unsubscribe"] == f"<{address}>"
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Email settings: http://127.0.0.1:8000{URL}" in mail.message
    assert f'href="{address}"' in mail.html_message


def test_security_and_consent_mails_have_no_link_to_the_settings(world, client):
    client.post(reverse("account_reset_password"), {"email": ALICE})
    outbox.write(
        "onboarding/email/consent_withdrawn",
        to="karin@kestrel.example",
        name="Karin",
        about=[],
        why="you are the contact person",
        context={"msp": world.aurora, "customer": world.first, "date": "today"},
    )

    for mail in Email.objects.order_by("-pk")[:2]:
        assert "settings" not in (mail.message + mail.html_message).lower()
        assert "List-Unsubscribe" not in (mail.headers or {})


def test_who_stopped_letters_about_uploads_gets_none_and_the_others_do(world):
    mail_choices.stop(world.alice, teams.UPLOADS)
    Email.objects.all().delete()

    waiting(world, [imei(1)], customer=world.first)

    assert letters(ALICE) == []
    assert {mail.to[0] for mail in Email.objects.all()} >= {"tom@people.example", "mira@people.example"}


def test_licenses_are_stopped_service_by_service(world):
    mail_choices.stop(world.alice, teams.licenses("KC"))
    license = entered(world, code="kc-dynamic", name="Phones")
    Email.objects.all().delete()

    emails.ended(license)
    of_one = letters(ALICE)
    mail_choices.start(world.alice, teams.licenses("KC"))
    mail_choices.stop(world.alice, teams.licenses("KE"))
    emails.ended(license)

    assert (of_one, len(letters(ALICE))) == ([], 1)


# One click --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(world, method):
    url = link(received(world))

    response = getattr(Client(), method)(url)

    assert (response.status_code, mail_choices.unwanted(world.alice)) == (200, set())


def test_a_mail_program_stops_them_without_a_session_or_token_of_a_form(world):
    url = link(received(world))
    stranger = Client(enforce_csrf_checks=True)

    answers = [stranger.post(url, ONE_CLICK).status_code for _ in range(2)]

    assert (answers, mail_choices.unwanted(world.alice)) == ([200, 200], {teams.UPLOADS})


def test_a_click_too_many_is_taken_back_on_the_same_page(world, client):
    url = link(received(world))
    stopped = client.post(url).content.decode()

    client.post(url, {"start": "1"})

    assert "You stopped these emails" in stopped
    assert "a•••@aurora.example no longer gets emails about “Uploads that wait for approval”." in stopped
    assert mail_choices.unwanted(world.alice) == set()


def test_a_link_stops_only_its_own_sort_for_its_own_person(world, client):
    client.force_login(world.bob)

    client.post(link(received(world)))

    assert list(UnwantedMail.objects.values_list("user__email", "topic")) == [(ALICE, teams.UPLOADS)]


@pytest.mark.parametrize("spoil", [lambda token: token[:-1], lambda token: "x" + token, lambda token: token[::-1]])
def test_a_link_that_we_did_not_sign_stops_nothing(world, client, spoil):
    token = mail_choices.stop_token(world.alice, teams.UPLOADS)

    response = client.post(reverse("email-stop", args=[spoil(token)]))

    assert (response.status_code, UnwantedMail.objects.count()) == (404, 0)


def test_the_link_of_a_person_who_is_gone_leads_nowhere(world, client):
    token = mail_choices.stop_token(world.nora, "digest")
    world.nora.pk += 100_000
    gone = mail_choices.stop_token(world.nora, "digest")

    answers = [client.get(reverse("email-stop", args=[one])).status_code for one in (token, gone)]

    assert answers == [200, 404]
