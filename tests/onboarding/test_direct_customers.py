"""A company that manages itself, registered by Samsung (FAQ Q5 asks such a company for its consent)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from onboarding import customers, requests
from portals import canary
from rules.errors import RuleBroken
from tenants.models import Access, Customer, KnoxService
from tests import world as cast
from tests.mail.letters import letter, newest_token
from tests.tenants.exporting import read
from tests.world import CUSTOMER_FIELDS, World

pytestmark = pytest.mark.django_db
REGISTER = reverse("samsung-customer-register")
TYPED = {name: value for name, value in CUSTOMER_FIELDS.items() if value} | {
    "name": "Kestrel",
    "contact_email": "karin@kestrel.example",
    "services": ["KC", "KM"],
}


@pytest.fixture
def sam(world: World, client: Client) -> Client:
    client.force_login(world.sam)
    return client


def refused(world: World, **fields: Any) -> RuleBroken:
    data = CUSTOMER_FIELDS | {"name": "Kestrel", "contact_email": "karin@kestrel.example"} | fields
    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken) as no:
        customers.register(by=world.sam, services=[KnoxService.CONFIGURE], **data)
    return no.value


def test_a_registered_company_has_full_access_no_msp_and_a_letter(world: World, sam: Client) -> None:
    answer = sam.post(REGISTER, TYPED, follow=True)

    with as_operator():
        kestrel = Customer.objects.get(name="Kestrel")
        assert (kestrel.access, kestrel.managements.count()) == (Access.FULL, 0)
        assert set(kestrel.services.values_list("service", flat=True)) == {"KC", "KM"}
        assert Event.objects.filter(verb="customer.registered", customer_id=kestrel.pk).exists()
    assert f"You registered Kestrel, KCS Customer ID {kestrel.kcs_id}." in answer.text
    assert letter("karin@kestrel.example")
    assert newest_token("join", "karin@kestrel.example")


def test_an_msp_asks_it_for_consent_and_does_not_see_it_before(world: World, sam: Client) -> None:
    sam.post(REGISTER, TYPED)
    with as_operator():
        kcs_id = Customer.objects.get(name="Kestrel").kcs_id

    with acting_as(world.alice):
        assert not Customer.objects.filter(kcs_id=kcs_id).exists()
        found = requests.look_up(kcs_id, msp=world.aurora, by=world.alice)

    assert found.name == "Kestrel"


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"country": "KP"}, "country", "Knox is not available in North Korea."),
        ({"contact_email": "alice@aurora.example"}, "contact_email", "Somebody signs in with this address already."),
        ({"contact_email": "kestrel@gmail.com"}, "contact_email", "Anyone can open a mailbox at gmail.com."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    world: World, fields: dict[str, str], field: str, sentence: str
) -> None:
    no = refused(world, **fields)

    assert no.field == field
    assert sentence in str(no)


def test_a_company_of_the_same_name_and_city_is_shown_first(world: World, sam: Client) -> None:
    sam.post(REGISTER, TYPED)
    second = TYPED | {"contact_email": "second@kestrel.example"}

    twin = sam.post(REGISTER, second)
    anyway = sam.post(REGISTER, second | {"another_company": "on", "tenant_prefix": "north"})

    assert twin.status_code == 409
    assert "Kestrel is in Knox already (KCS Customer ID" in twin.text
    assert f'href="{reverse("samsung-customers")}?q={twin.context["twin"].kcs_id}"' in twin.text
    assert anyway.status_code == 302


def test_knox_guard_is_not_offered(world: World, sam: Client) -> None:
    assert "Knox Guard" not in sam.get(REGISTER).text
    assert sam.post(REGISTER, TYPED | {"services": ["KG"]}).status_code == 422


@pytest.mark.parametrize(
    ("view", "direct", "managed"), [("", True, True), ("direct", True, False), ("managed", False, True)]
)
def test_the_list_tells_direct_companies_from_those_of_an_msp(
    world: World, sam: Client, view: str, direct: bool, managed: bool
) -> None:
    page = sam.get(reverse("samsung-customers"), {"view": view}).text

    assert (world.contoso.name in page, world.first.name in page) == (direct, managed)


def test_the_list_is_searched_by_name_and_id(world: World, sam: Client) -> None:
    cast.customer(world.aurora, world.alice, "Zephyr")
    url = reverse("samsung-customers")

    by_name, by_id = sam.get(url, {"q": "zeph"}).text, sam.get(url, {"q": world.first.kcs_id}).text

    assert "Zephyr" in by_name
    assert world.first.name not in by_name
    assert world.first.name in by_id
    assert "Zephyr" not in by_id


def test_the_list_goes_into_a_csv(world: World, sam: Client) -> None:
    file = sam.get(reverse("samsung-customers"), {"q": "Contoso", "csv": "1"})

    rows = read(file.content)
    assert rows[0][:2] == ["Company", "KCS Customer ID"]
    assert [row[:2] + row[4:7] for row in rows[1:]] == [["Contoso", world.contoso.kcs_id, "", "", "Full access"]]


def test_the_list_does_not_show_the_canary(world: World, sam: Client) -> None:
    canary.keep()

    page = sam.get(reverse("samsung-customers"), {"q": "Canary"})

    assert page.status_code == 200
    assert canary.marker() not in page.text
