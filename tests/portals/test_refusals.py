"""Refusals on pages of their own, asked as the web does: the view's transaction is over when they are written."""

import re

import pytest
from django.test import Client
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


@pytest.mark.parametrize(
    ("came_from", "leads"),
    [("http://testserver/customers/?q=fjord", "http://testserver/customers/?q=fjord"), ("https://evil.example/", "")],
)
def test_a_form_without_its_token_leads_back_to_its_page_and_nowhere_else(world, came_from, leads):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice)

    answer = client.post(reverse("msp-dashboard-recount"), headers={"referer": came_from})

    links = re.findall(r'<a class="btn btn-big" href="([^"]*)">Open it again</a>', answer.text)
    assert (answer.status_code, links) == (403, [leads] if leads else [])


def test_an_address_that_only_takes_what_is_sent_says_so(world, client):
    client.force_login(world.alice)

    answer = client.get(reverse("msp-dashboard-recount"))

    assert (answer.status_code, answer["Allow"], "This address has no page" in answer.text) == (405, "POST", True)


def test_our_own_fault_has_a_number_for_support(world, client, monkeypatch):
    client.force_login(world.alice)
    client.raise_request_exception = False
    monkeypatch.setattr("portals.msp.CustomerList", None)

    response = client.get(reverse("customer-list"))

    assert response.status_code == 500
    assert response["X-Request-ID"] in response.content.decode()
