"""Refusals on pages of their own, asked as the web does: the view's transaction is over when they are written."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import as_operator
from devices.models import ResellerCustomer
from tenants import memberships
from tests import world as cast
from tests.onboarding.applying import reject

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


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("customer-list", "The MSP Portal is for companies that Samsung approved as MSPs."),
        ("reseller-home", "The Reseller Portal is for companies that Samsung approved as resellers."),
        ("license-reseller-home", "The License Reseller Portal is for companies that Samsung approved"),
        ("admin-portal-home", "The Knox Admin Portal is for the people of a company that uses Knox."),
    ],
)
def test_somebody_without_a_place_reads_what_the_portal_is_for(world, client, page, said):
    client.force_login(world.nora)

    assert said in client.get(reverse(page)).content.decode()


def test_an_applicant_reads_where_the_application_is_and_not_to_apply(world, client):
    application = cast.application(world.nora)
    client.force_login(world.nora)

    waits = client.get(reverse("customer-list"))
    elsewhere = client.get(reverse("reseller-home"))
    reject(application, world.sam, reason="The register has no such company.")
    rejected = client.get(reverse("customer-list"))

    assert (waits.status_code, "Thank you for applying for the Knox MSP Program." in waits.text) == (403, True)
    assert "Thank you for applying" not in elsewhere.text
    assert "You can correct it and apply again. Reason: The register has no such company." in rejected.text


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


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("address", ["/api", "/api/v1/customers", "/api/v1/customers/"])
def test_an_address_of_an_api_says_that_there_is_none_whatever_is_sent(world, method, address):
    answer = Client(enforce_csrf_checks=True).generic(method, address)

    assert (answer.status_code, "There is no API for MSPs yet." in answer.text) == (404, True)


def test_an_address_that_only_takes_what_is_sent_says_so(world, client):
    client.force_login(world.alice)

    answer = client.get(reverse("msp-dashboard-recount"))

    assert (answer.status_code, answer["Allow"], "This address has no page" in answer.text) == (405, "POST", True)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("debug", [True, False])
def test_what_is_sent_to_an_address_without_its_slash_is_not_lost_on_the_way(world, settings, method, debug):
    settings.DEBUG = debug
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice)

    answer = client.generic(method, reverse("customer-add").rstrip("/"))

    assert (answer.status_code, "There is nothing here that you can open." in answer.text) == (404, True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_looks_at_an_address_without_its_slash_is_led_to_it(client, method):
    answer = client.generic(method, "/apply/msp")

    assert (answer.status_code, answer["Location"]) == (301, "/apply/msp/")


def test_our_own_fault_has_a_number_for_support(world, client, monkeypatch):
    client.force_login(world.alice)
    client.raise_request_exception = False
    monkeypatch.setattr("portals.msp.CustomerList", None)

    response = client.get(reverse("customer-list"))

    assert response.status_code == 500
    assert response["X-Request-ID"] in response.content.decode()


@pytest.mark.parametrize("query", ["q=%00", "q=\x00"])
def test_an_address_with_a_nul_is_turned_away_before_anybody_reads_it(client, query):
    assert client.get("/", QUERY_STRING=query).status_code == 400


@pytest.mark.parametrize(
    ("column", "page"),
    [
        ("reseller", "reseller-customer-add"),
        ("reseller", "reseller-upload-new"),
        ("license_reseller", "license-reseller-issue"),
    ],
)
def test_who_only_looks_at_a_reseller_reads_so_instead_of_an_error(world, client, column, page):
    leo, of = cast.person("leo@people.example"), getattr(world, column)
    with as_operator():
        memberships.join(leo, of.roles.get(name="Admin"), by=None)
    client.force_login(leo)

    answer = client.post(reverse(page), {"kcs_id": world.contoso.kcs_id})

    assert answer.status_code == 403
    assert "Your role Admin does not include “Work for the company”." in answer.text
    with as_operator():
        assert not ResellerCustomer.objects.exists()
