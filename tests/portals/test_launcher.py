"""The first page after the sign-in shows the one step that fits the person."""

import re

from django.urls import reverse

from tests import world as cast
from tests.onboarding.applying import reject


def offered(page):
    """The programs to which the page leads, in its order."""
    return re.findall(r'href="/apply/(\w+)/', page)


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
