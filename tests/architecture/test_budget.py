"""At most 10 queries a page, the same for 10 rows and for 1,000 (design.md 8)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Side
from onboarding import wishes
from tenants import memberships
from tenants.models import KnoxService
from tests import world as cast
from tests.architecture.bulk import add_alerts, add_claims, add_customers, add_licenses, add_things, add_tickets
from tests.architecture.routes import ROUTES
from tests.devices.sending import added, imei, waiting
from tests.licensing.ground import with_service

MOST = 10
READERS = {
    "samsung": "sam",
    "member:reseller": "rita",
    "reseller:upload": "rita",
    "reseller:people": "rita",
    "member:license_reseller": "lena",
    "member:customer": "carl",
    "own:device": "carl",
    "own:approval": "carl",
    "own:thing": "carl",
}
UNREAD = (None, "link", "missing", "alice's", "customer:receipt")
PAGES = [name for name, route in ROUTES.items() if route.policy not in UNREAD and name != "healthz"]
LISTS = [
    ("msp-dashboard", "alice"), ("customer-list", "alice"), ("palette", "alice"), ("customer-export", "alice"),
    ("knox-dashboard", "alice"),
]  # fmt: skip


OF_LICENSES = [
    ("license-list", "alice"), ("license-export", "alice"), ("customer-licenses", "alice"), ("order-list", "alice"),
    ("license-reseller-home", "lena"), ("license-reseller-orders", "lena"), ("license-reseller-keys", "lena"),
    ("samsung-keys", "sam"), ("admin-portal-licenses", "carl"),
]  # fmt: skip


OF_SERVICES = [
    ("customer-things", "alice", "profile"), ("customer-things", "alice", "profile", "?csv=1"),
    ("customer-claims", "alice"), ("customer-claims-export", "alice"), ("admin-portal-things", "carl", "profile"),
    ("admin-portal-claims", "carl"), ("admin-portal-claims-export", "carl"),
]  # fmt: skip


def queries(client, url):
    client.get(url)  # the first one fills the caches of content types and sessions
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, url
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


@pytest.fixture(scope="module")
def _world_of_this_module(_world_of_this_module):
    """Filled once, for all pages."""
    world = _world_of_this_module
    world.waiting = cast.application(world.nora)
    added(world.alice, [imei(1)], customer=world.first)
    added(world.carl, [imei(2)], customer=world.contoso)
    waiting(world, [imei(3)], customer=world.first)
    waiting(world, [imei(4)], customer=world.contoso)
    return world


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_at_most_ten_queries(world, client, name):
    route = ROUTES[name]
    client.force_login(getattr(world, READERS.get(route.policy, "alice")))
    with acting_as(world.alice):
        url = reverse(name, args=route.args(world)) + route.query

    asked = queries(client, url)

    assert len(asked) <= MOST, "\n".join(asked)


def test_the_first_page_of_a_managed_company_costs_at_most_ten_queries(world, client):
    """That of a direct customer asks neither for the delink nor who may end the management."""
    kolibri = cast.customer(world.aurora, world.alice, "Kolibri", access="full")
    with as_operator():
        memberships.join(world.nora, kolibri.roles.super_admin(), by=world.nora, side=Side.CUSTOMER)
        wishes.ask(kolibri.managements.get(), by=world.nora)
    client.force_login(world.nora)

    asked = queries(client, reverse("admin-portal-home"))

    assert len(asked) <= MOST, "\n".join(asked)


@pytest.mark.parametrize(("name", "who"), LISTS)
def test_a_list_costs_the_same_for_ten_rows_and_for_a_thousand(world, client, name, who):
    client.force_login(getattr(world, who))
    url = reverse(name) + "?q=bulk" * (name == "palette")
    add_customers(world.aurora, 10)
    few = queries(client, url)

    add_customers(world.aurora, 1000)
    many = queries(client, url)

    assert len(few) == len(many)


@pytest.mark.parametrize(("name", "who"), OF_LICENSES)
def test_a_list_of_licenses_costs_the_same_for_ten_rows_and_for_a_thousand(world, client, name, who):
    customer = world.contoso if who == "carl" else world.first
    client.force_login(getattr(world, who))
    url = reverse(name, args=[customer.kcs_id] if name == "customer-licenses" else [])
    add_licenses(world, customer, 10)
    few = queries(client, url)

    add_licenses(world, customer, 990)
    many = queries(client, url)

    assert len(few) == len(many) <= MOST, "\n".join(many)


@pytest.mark.parametrize("case", OF_SERVICES, ids=" ".join)
def test_a_list_of_a_service_costs_the_same_for_ten_rows_and_for_a_thousand(world, client, case):
    name, who, *kind = case
    service, slug, add = ("KC", "knox-configure", add_things) if kind else ("SC+", "samsung-care-plus", add_claims)
    customer = with_service(world.contoso if who == "carl" else world.first, KnoxService(service))
    client.force_login(getattr(world, who))
    own = [] if who == "carl" else [customer.kcs_id]
    url = reverse(name, args=[*own, slug, *kind[:1]]) + "".join(kind[1:])
    fields = (service, kind[0]) if kind else ()
    add(world, customer, *fields, 10)
    few = queries(client, url)

    add(world, customer, *fields, 990)
    many = queries(client, url)

    assert len(few) == len(many) <= MOST, "\n".join(many)


@pytest.mark.parametrize("name", ["msp-dashboard", "alert-export", "customer", "customer-list"])
def test_alerts_cost_the_same_for_ten_and_for_a_thousand(world, client, name):
    client.force_login(world.alice)
    url = reverse(name, args=[world.first.kcs_id] if name == "customer" else [])
    add_alerts(world.first, 10)
    few = queries(client, url)

    add_alerts(world.second, 990)
    many = queries(client, url)

    assert len(few) == len(many) <= MOST, "\n".join(many)


@pytest.mark.parametrize("name", ["ticket-list", "ticket-export"])
def test_tickets_cost_the_same_for_ten_and_for_a_thousand(world, client, name):
    client.force_login(world.alice)
    url = reverse(name) + "?q=bulk&kind=question&state=open&sort=-ticket"
    add_tickets(world, 10)
    few = queries(client, url)

    add_tickets(world, 990)
    many = queries(client, url)

    assert len(few) == len(many) <= MOST, "\n".join(many)


def test_the_queue_costs_the_same_for_two_rows_and_for_sixty(world, client):
    client.force_login(world.sam)
    url = reverse("samsung-applications")
    few = queries(client, url)

    for number in range(60):
        cast.application(cast.person(f"a{number}@polaris.example"), company=f"Company {number}")

    assert len(queries(client, url)) == len(few)
