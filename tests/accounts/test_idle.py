"""Whoever does nothing for an hour signs in again."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

HOUR = 60 * 60
CUSTOMERS = reverse("customer-list")
POLL = {"X-Poll": "1"}


@pytest.fixture(autouse=True)
def _an_hour(settings):
    settings.SESSION_IDLE_SECONDS = HOUR


def after(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def test_after_an_hour_without_a_click_one_signs_in_again_and_is_told_why(world, client):
    client.force_login(world.alice)
    assert client.get(CUSTOMERS).status_code == 200

    with after(61):
        answer = client.get(CUSTOMERS, follow=True)

    assert answer.redirect_chain == [(f"{reverse('account_login')}?next={CUSTOMERS}", 302)]
    assert "You did nothing here for a while, so we signed you out." in answer.text


def test_who_clicks_stays(world, client):
    client.force_login(world.alice)

    for minutes in (40, 80, 120):
        with after(minutes):
            assert client.get(CUSTOMERS).status_code == 200


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(world, client):
    client.force_login(world.alice)
    client.get(CUSTOMERS)

    for minutes, status in ((40, 200), (61, 302)):
        with after(minutes):
            assert client.get(CUSTOMERS, headers=POLL).status_code == status


def test_who_sends_something_stays_also_from_within_a_part_that_asks_by_itself(world, client):
    client.force_login(world.alice)
    client.get(CUSTOMERS)

    for minutes in (40, 80):
        with after(minutes):
            client.post(reverse("msp-bell"), headers=POLL)  # htmx sends a part's headers with all that is in it

            assert client.get(CUSTOMERS, headers=POLL).status_code == 200


def test_the_instant_is_written_every_few_minutes_not_at_every_click(world, client):
    client.force_login(world.alice)
    client.get(CUSTOMERS)
    at = [client.session["last_act"]]

    for minutes in (4, 6):
        with after(minutes):
            client.get(CUSTOMERS)
        at.append(client.session["last_act"])

    assert at[0] == at[1] < at[2]


def test_signing_in_elsewhere_keeps_no_other_session_alive(world, client):
    password = "a password, for a test"
    world.alice.set_password(password)
    world.alice.save()
    typed = {"login": world.alice.email, "password": password}
    client.post(reverse("account_login"), typed)

    with after(61):
        Client().post(reverse("account_login"), typed)
        assert client.get(CUSTOMERS).status_code == 302


def test_every_page_that_asks_by_itself_says_so():
    found = [path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if "every " in polls(path)]

    assert len(found) >= 4
    assert [path.name for path in found if "X-Poll" not in path.read_text()] == []


def polls(path):
    return " ".join(re.findall(r'hx-trigger="([^"]*)"', path.read_text()))


@pytest.mark.parametrize(
    ("open_page", "back"),
    [
        ("http://testserver/msp/?state=snoozed#alerts", "/msp/?state=snoozed#alerts"),
        ("http://elsewhere/", "/msp/?mark=x"),
    ],
)
def test_who_signs_in_again_goes_on_at_the_page_that_was_open_not_at_a_part_of_it(world, client, open_page, back):
    client.force_login(world.alice)
    client.get(CUSTOMERS)

    with after(61):
        answer = client.get("/msp/?mark=x", headers={"HX-Request": "true", "HX-Current-URL": open_page, **POLL})

    assert parse_qs(urlsplit(answer["HX-Redirect"]).query) == {"next": [back]}
