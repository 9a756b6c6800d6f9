"""Rules about what was typed: the sentence stands beside its field, and what was typed stays."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import as_operator
from accounts.models import User
from tenants.models import Customer
from tests.bad_input.pages.onboarding import ADD, APPLY_MSP, APPLY_RESELLER, CONFIRM, EDIT, SERVICES
from tests.bad_input.pages.page import Page, errors
from tests.bad_input.rows import everything
from tests.world import World

pytestmark = pytest.mark.django_db
RULES: dict[str, tuple[Page, dict[str, Any], int, str, str]] = {
    "a country outside the region, MSP": (
        APPLY_MSP,
        {"region": "asia_pacific"},
        422,
        "region",
        "Germany is not in Asia Pacific. Choose the region of your company.",
    ),
    "a country without Knox, MSP": (
        APPLY_MSP,
        {"country": "AQ"},
        422,
        "country",
        "Knox is not available in Antarctica. Choose the country of your main office.",
    ),
    "a country without Knox, reseller": (
        APPLY_RESELLER,
        {"country": "KP"},
        422,
        "country",
        "Knox is not available in North Korea. Choose the country of your main office.",
    ),
    "a free mailbox, MSP": (
        APPLY_MSP,
        {"email": "Pia@GMail.com"},
        422,
        "email",
        "Anyone can open a mailbox at gmail.com. Samsung needs a work email. Use the address that your company gave "
        "you.",
    ),
    "a free mailbox, reseller": (
        APPLY_RESELLER,
        {"email": "pia@yahoo.com"},
        422,
        "email",
        "Anyone can open a mailbox at yahoo.com. Samsung needs a work email. Use the address that your company gave "
        "you.",
    ),
    "letters in a sold-to code": (
        APPLY_RESELLER,
        {"sold_to_code": "12a"},
        422,
        "sold_to_code",
        "A sold-to code has digits only.",
    ),
    "Arabic digits in a sold-to code": (
        APPLY_RESELLER,
        {"sold_to_code": "١٢"},
        422,
        "sold_to_code",
        "A sold-to code has digits only.",
    ),
    "a country outside the region, new customer": (
        ADD,
        {"country": "US"},
        422,
        "country",
        "United States of America is in North America. Samsung approved your company for Europe, so your customers "
        "must be there. An MSP of North America can add this company.",
    ),
    "a country without Knox, new customer": (
        ADD,
        {"country": "AQ"},
        422,
        "country",
        "Knox is not available in Antarctica. Choose the country of its main office.",
    ),
    "a free mailbox with Full access": (
        ADD,
        {"contact_email": "kestrel@gmail.com", "access": "full"},
        422,
        "contact_email",
        "gmail.com is a free mailbox. Full access and delink need a company address. Use one, or choose No access for "
        "now.",
    ),
    "somebody's account": (
        ADD,
        {"contact_email": "BOB@borealis.example"},
        422,
        "contact_email",
        "We cannot use this address for a new customer. If the company uses Knox already, add it as an existing "
        "customer. If not, use another work email.",
    ),
    "Knox Guard without a tenant type": (
        ADD,
        {"tenant_type": ""},
        422,
        "tenant_type",
        "Knox Guard needs a tenant type. It cannot change later.",
    ),
    "Knox Guard for an enterprise with a tenant type": (
        ADD,
        {"guard_domain": "enterprise"},
        422,
        "tenant_type",
        "Financing and Others need a tenant type; Enterprise and Insurance have none.",
    ),
    "Knox Guard for financing without support": (
        ADD,
        {"guard_phone": "", "guard_email": ""},
        422,
        "guard_phone",
        "Financing also needs a support phone or email.",
    ),
    "a prefix that starts with a period": (
        ADD,
        {"tenant_prefix": ".berlin"},
        422,
        "tenant_prefix",
        "A prefix has letters, digits and . - _ inside. It does not start or end with a period.",
    ),
    "a prefix with other letters": (
        ADD,
        {"tenant_prefix": "bérlin"},
        422,
        "tenant_prefix",
        "A prefix has letters, digits and . - _ inside. It does not start or end with a period.",
    ),
    "a country outside the region, changed customer": (
        EDIT,
        {"country": "JP"},
        422,
        "country",
        "Japan is in Asia Pacific. Samsung approved your company for Europe, so your customers must be there. An MSP "
        "of Asia Pacific can add this company.",
    ),
    "somebody's account, changed customer": (
        EDIT,
        {"contact_email": "bob@borealis.example"},
        422,
        "contact_email",
        "We cannot use this address for a new customer. If the company uses Knox already, add it as an existing "
        "customer. If not, use another work email.",
    ),
    "a password like the email": (
        CONFIRM,
        {"password": "pia@polaris.example"},
        422,
        "password",
        "The password is too similar to the email.",
    ),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_said_beside_its_field(world: World, client: Client, rule: tuple[Any, ...]) -> None:
    at, wrong, status, field, sentence = rule
    url = at.enter(world, client)
    before = everything()

    response = client.post(url, at.valid(world) | wrong)

    assert (response.status_code, errors(response.text)) == (status, {field: [sentence]})
    assert everything() == before


def test_knox_guard_that_is_posted_though_it_is_off_is_refused(world: World, client: Client) -> None:
    client.force_login(world.bob)
    fields = ADD.typed | {"country": "US", "province": "Ohio", "services": ["KC", "KG"]}

    response = client.post(reverse("customer-add"), fields)

    assert response.status_code == 403
    assert errors(response.text)["services"] == [
        "Samsung opens Knox Guard for each MSP separately. Open a ticket and quote your MSP ID "
        f"{world.borealis.public_id}. You can add the other services now."
    ]


def test_a_free_mailbox_with_no_access_is_taken_and_noted(world: World, client: Client) -> None:
    client.force_login(world.alice)

    response = client.post(reverse("customer-add"), ADD.typed | {"contact_email": "kestrel@gmail.com"}, follow=True)

    assert response.status_code == 200
    assert "gmail.com" in response.text


def test_a_twin_comes_back_with_its_question_and_what_was_typed(world: World, client: Client) -> None:
    client.force_login(world.alice)
    typed_name = {"name": "Fjördline Freight"}

    response = client.post(reverse("customer-add"), ADD.typed | typed_name)

    assert (response.status_code, errors(response.text)) == (409, {})
    assert f"KCS Customer ID {world.first.kcs_id}). Open it, or tick" in response.text
    assert 'name="another_company"' in response.text
    assert 'value="Fjördline Freight"' in response.text
    assert client.post(reverse("customer-add"), ADD.typed | typed_name | {"another_company": "on"}).status_code == 302


def test_an_old_page_comes_back_with_what_was_typed_and_can_be_saved_again(world: World, client: Client) -> None:
    url, old = EDIT.enter(world, client), EDIT.valid(world)
    client.post(url, old | {"city": "Bonn"})

    response = client.post(url, old | {"name": "Fjord & Söhne", "city": "Ulm"})

    assert response.status_code == 409
    assert "saved other changes at" in response.text
    assert 'value="Fjord &amp; Söhne"' in response.text
    assert 'value="Ulm"' in response.text
    assert client.post(url, old | {"city": "Ulm"} | EDIT.valid(world)).status_code == 302


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Asia/Kathmandu"])
def test_a_version_of_the_hour_that_comes_twice_can_be_saved(world: World, client: Client, zone: str) -> None:
    User.objects.filter(pk=world.alice.pk).update(time_zone=zone)
    with as_operator():
        Customer.objects.filter(pk=world.first.pk).update(modified_at=datetime(2026, 10, 25, 1, 30, 0, 123456, UTC))
    url = EDIT.enter(world, client)
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', client.get(url).text)

    response = client.post(url, EDIT.valid(world) | {"seen": seen, "city": "Ulm"})

    assert (response.status_code, errors(response.text)) == (302, {})


@pytest.mark.parametrize(
    "services", [None, [""], ["x"], ["KC", "x"], ["KG\x00"], ["<script>"], [f"x{number}" for number in range(100)]]
)
def test_services_that_are_none_are_refused_above_them(world: World, client: Client, services: Any) -> None:
    url = SERVICES.enter(world, client)
    before = everything()

    response = client.post(url, {"services": services} if services else {}, follow=True)

    assert response.status_code in (200, 422)
    assert "Tick at least one service." in response.text
    assert everything() == before


def test_services_that_are_known_are_added(world: World, client: Client) -> None:
    url = SERVICES.enter(world, client)

    response = client.post(url, SERVICES.typed, follow=True)

    assert "Fjordline Freight has Knox Mobile Enrollment and Knox E-FOTA now." in response.text
