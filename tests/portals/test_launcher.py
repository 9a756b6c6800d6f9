"""The first page after the sign-in shows the one step that fits the person."""

import re

import pytest
from django.urls import reverse

from tenants import lists
from tests import world as cast
from tests.licensing.license_pages import words
from tests.onboarding.applying import reject


def offered(page):
    """The programs to which the page leads, in its order."""
    return re.findall(r'href="/apply/(\w+)/', page)


@pytest.mark.parametrize("address", ["/", "/apply/msp/", "/apply/sent/", "/terms/terms_of_use/"])
def test_what_asks_for_the_head_of_a_public_page_hears_that_it_is_there(client, db, address):
    assert client.head(address).status_code == 200


def test_who_is_blocked_is_offered_a_ticket_and_no_program(world, client):
    client.force_login(world.blake)

    page = client.get(reverse("knox-dashboard")).text

    assert "Your organization stopped your sign-in on" in page
    assert f'href="{reverse("ticket-new")}?category=not_authorized' in page
    assert offered(page) == []


def test_who_was_rejected_applies_again_in_one_place(world, client):
    reject(cast.application(world.nora), world.sam)
    client.force_login(world.nora)

    page = client.get(reverse("knox-dashboard")).text

    assert "Apply again" in page
    assert offered(page) == ["msp", "reseller"]


def test_the_msp_program_is_called_as_everywhere(client, db):
    page = client.get(reverse("knox-dashboard")).text

    assert "Services Provider" not in page
    assert '<h2 id="program-msp">Knox MSP Program</h2>' in page


def test_a_count_that_ends_at_the_cap_says_so(world, client, monkeypatch):
    monkeypatch.setattr(lists, "CAP", 1)  # Aurora has two customers, and more people than one
    client.force_login(world.alice)
    first = words(client.get(reverse("knox-dashboard")))
    client.force_login(world.sam)
    of_msp = words(client.get(reverse("samsung-msp", args=[world.aurora.public_id])))

    assert "Customers 1+" in first
    assert "Customers 1+ Administrators 1+" in of_msp
