"""Refusals on pages of their own, asked as the web does: the view's transaction is over when they are written."""

import pytest
from django.urls import reverse

from tests import world as cast

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def world(committed):
    return cast.build()


def test_a_missing_right_names_the_role_the_right_and_who_can_give_it(world, client):
    client.force_login(world.vera)

    page = client.get(reverse("customer-add")).content.decode()

    assert "Your role Viewer does not include “Add customers”. Alice Example can give it to you." in page


def test_a_blocked_person_reads_that_the_organization_stopped_the_sign_in(world, client):
    client.force_login(world.blake)

    page = client.get(reverse("customer-list")).content.decode()

    assert "Your organization stopped your sign-in on " in page


def test_somebody_without_a_place_reads_what_the_portal_is_for(world, client):
    client.force_login(world.nora)

    page = client.get(reverse("customer-list")).content.decode()

    assert "The MSP Portal is for companies that Samsung approved as MSPs." in page


def test_our_own_fault_has_a_number_for_support(world, client, monkeypatch):
    client.force_login(world.alice)
    client.raise_request_exception = False
    monkeypatch.setattr("portals.msp.CustomerList", None)

    response = client.get(reverse("customer-list"))

    assert response.status_code == 500
    assert response["X-Request-ID"] in response.content.decode()
