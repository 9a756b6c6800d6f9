"""Customers are added (FAQ Q1; words.md 3.2)."""

import pytest
from post_office.models import Email

from accounts import preferences
from accounts.acting import acting_as, as_operator
from onboarding import customers
from onboarding.models import Invitation
from rules.errors import RuleBroken
from services.modules import guard
from tenants import access
from tenants.models import Access, Management, NamedCustomer
from tenants.public_ids import Kind, kind_of
from tenants.times import written, written_for_guests
from tests.mail.letters import letter, letters, said, token
from tests.onboarding.customer_acts import KC, KG, KME, add, newest_event, refused, stored
from tests.world import CUSTOMER_FIELDS, World, customer

pytestmark = pytest.mark.django_db


def test_a_new_customer_is_active_at_once_under_a_kcs_customer_id(world: World) -> None:
    kestrel = add(world, services=[KC, KME])

    with acting_as(world.alice):
        management = Management.objects.get(customer=kestrel)
        services = list(kestrel.services.order_by("pk").values_list("service", flat=True))
    assert kind_of(kestrel.kcs_id) == Kind.CUSTOMER
    assert (management.msp_id, management.state, management.ended_at) == (world.aurora.pk, "active", None)
    assert (services, kestrel.access) == (["KC", "KME"], "none")


def test_adding_is_recorded_for_the_msp_and_the_customer(world: World) -> None:
    kestrel = add(world, services=[KC, KME])

    event = newest_event(kestrel)
    assert (event.verb, event.actor_id, event.side) == ("customer.added", world.alice.pk, "msp")
    assert (event.msp_id, event.customer_id) == (world.aurora.pk, kestrel.pk)
    assert str(event) == "Alice Example added Kestrel with Knox Configure, Knox Mobile Enrollment"


def test_the_leads_hear_of_a_new_customer_and_nobody_else_does(world: World) -> None:
    kestrel = customer(world.aurora, world.mira, "Kestrel", services=[KC, KME])

    by_mira = [", ".join(mail.to) for mail in Email.objects.order_by("pk")]
    mail = letter("alice@aurora.example")
    assert len(by_mira) == 2
    assert letter("mira@people.example").subject == mail.subject == "Kestrel is Active"
    assert said(mail) == [
        f"Mira Example added Kestrel (KCS Customer ID {kestrel.kcs_id}) on "
        f"{written(kestrel.added_at, world.alice.zone)} with Knox Configure, Knox Mobile Enrollment and No access.",
        "Give the KCS Customer ID to its resellers.",
    ]


def test_every_role_of_the_msp_sees_the_new_customer_and_only_some_may_change_it(world: World) -> None:
    kestrel = add(world)

    assert access.rights(world.vera, kestrel) == {"view_customer"}
    assert access.rights(world.mira, kestrel) >= {"view_customer", "manage_customer"}
    assert access.rights(world.bob, kestrel) == set()


def test_a_person_limited_to_some_customers_gets_the_one_they_add(world: World) -> None:
    kestrel = customer(world.aurora, world.tom, "Kestrel")

    assert access.rights(world.tom, kestrel) >= {"view_customer", "manage_customer"}


def test_a_person_limited_to_some_customers_does_not_get_what_a_colleague_adds(world: World) -> None:
    kestrel = add(world)

    with as_operator():
        named = NamedCustomer.objects.filter(customer=kestrel)
        assert (access.rights(world.tom, kestrel), named.exists()) == (set(), False)


def test_with_no_access_the_contact_person_hears_nothing(world: World) -> None:
    add(world, contact_email="karin@kestrel.example")

    assert letters("karin@kestrel.example") == []


def test_with_full_access_the_contact_person_gets_a_link_to_an_account(world: World) -> None:
    kestrel = add(world, access=Access.FULL, contact_email="Karin@Kestrel.example")

    mail = letter("karin@kestrel.example")
    with as_operator():
        until = written_for_guests(Invitation.objects.get(customer=kestrel).ends_at, preferences.zone("DE"))
    assert mail.subject == "Kestrel has Full access now"
    assert mail.message.splitlines()[0] == "Hello Karin,"
    assert said(mail) == [
        f"Aurora manages Knox for Kestrel (KCS Customer ID {kestrel.kcs_id}) and gave it Full access. It cannot take "
        "this back and goes on managing too.",
        f"Make your account with this link until {until}. It works once. Another sign-up would not connect to Kestrel.",
    ]
    assert token(mail) not in "".join(one.message for one in letters("alice@aurora.example"))


def test_a_country_of_another_region_is_refused(world: World) -> None:
    no = refused(world, country="US")

    assert str(no) == (
        "United States of America is in North America. Samsung approved your company for Europe, so your customers "
        "must be there. An MSP of North America can add this company."
    )
    assert (no.status, no.field) == (422, "country")


def test_a_country_without_knox_is_refused(world: World) -> None:
    no = refused(world, country="AQ")

    assert str(no) == "Knox is not available in Antarctica. Choose the country of its main office."
    assert (no.status, no.field) == (422, "country")


@pytest.mark.parametrize("email", ["alice@aurora.example", " Bob@Borealis.EXAMPLE "])
def test_the_address_of_an_account_is_refused_wherever_the_account_is(world: World, email: str) -> None:
    no = refused(world, contact_email=email)

    assert str(no) == (
        "We cannot use this address for a new customer. If the company uses Knox already, add it as an existing "
        "customer. If not, use another work email."
    )
    assert (no.status, no.field) == (422, "contact_email")


def test_a_free_mailbox_is_refused_with_full_access(world: World) -> None:
    no = refused(world, contact_email="kestrel@gmail.com", access=Access.FULL)

    assert str(no) == (
        "gmail.com is a free mailbox. Full access and delink need a company address. Use one, or choose No access for "
        "now."
    )
    assert (no.status, no.field) == (422, "contact_email")


def test_a_free_mailbox_will_do_with_no_access(world: World) -> None:
    kestrel = add(world, contact_email="kestrel@gmail.com")

    assert stored(kestrel).contact_email == "kestrel@gmail.com"


def test_knox_guard_is_refused_to_an_msp_for_which_samsung_did_not_open_it(world: World) -> None:
    american = {"country": "US", "province": "Ohio", "tenant_type": "normal"}

    with pytest.raises(RuleBroken) as no:
        customer(world.borealis, world.bob, "Kestrel", services=[KC, KG], **american)

    assert str(no.value) == (
        "Samsung opens Knox Guard for each MSP separately. Open a ticket and quote your MSP ID "
        f"{world.borealis.public_id}. You can add the other services now."
    )
    assert (no.value.status, no.value.field) == (403, "services")


def test_knox_guard_needs_a_tenant_type(world: World) -> None:
    no = refused(world, services=[KG])

    assert str(no) == "Knox Guard needs a tenant type. It cannot change later."
    assert (no.status, no.field) == (422, "tenant_type")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"guard_domain": "others"}, "tenant_type"),
        ({"guard_domain": "insurance", "tenant_type": "normal"}, "tenant_type"),
        ({"guard_domain": "financing", "tenant_type": "payg"}, "guard_phone"),
    ],
)
def test_a_domain_of_knox_guard_says_what_a_tenant_needs(world: World, fields: dict[str, str], field: str) -> None:
    no = refused(world, services=[KG], **fields)

    assert (no.status, no.field) == (422, field)


def test_an_enterprise_has_knox_guard_without_a_tenant_type(world: World) -> None:
    kestrel = add(world, services=[KG], guard_domain="enterprise")

    assert (kestrel.tenant_type, guard.CONSOLE.about(kestrel)) == ("", [("Domain", "Enterprise")])
    assert [guard.CONSOLE.action(code).closed(kestrel) == "" for code in ("accept", "accept_payg")] == [True, False]


def test_a_service_ticked_twice_is_one_service(world: World) -> None:
    kestrel = add(world, services=[KC, KC])

    with acting_as(world.alice):
        assert kestrel.services.count() == 1


@pytest.mark.parametrize(("name", "city"), [("Fjordline Freight", "Berlin"), ("  FJÖRDLINE   freight ", "BERLIN")])
def test_the_same_name_in_the_same_city_is_a_twin(world: World, name: str, city: str) -> None:
    no = refused(world, name=name, city=city)

    assert str(no) == (
        f"You already manage Fjordline Freight (KCS Customer ID {world.first.kcs_id}). Open it, or tick "
        '"This is another company" and add it.'
    )
    assert isinstance(no, customers.TwinFound)
    assert (no.status, no.customer) == (409, world.first)


def test_a_twin_may_be_added_as_another_company(world: World) -> None:
    second = add(world, name="Fjordline Freight", another_company=True)

    assert (stored(second).name, second.kcs_id != world.first.kcs_id) == ("Fjordline Freight", True)


@pytest.mark.parametrize("fields", [{"name": "Fjordline Freight", "city": "Bonn"}, {"name": "Cascadia"}])
def test_another_city_or_another_msp_makes_no_twin(world: World, fields: dict[str, str]) -> None:
    assert add(world, **fields).pk


def test_a_twin_that_the_person_may_not_see_is_not_named(world: World) -> None:
    added = customer(world.aurora, world.tom, "Lumen Retail")

    assert added.pk != world.second.pk


def test_a_direct_customer_is_registered_by_samsung_and_managed_by_nobody(world: World) -> None:
    with acting_as(world.sam), as_operator():
        fields = CUSTOMER_FIELDS | {"name": "Fabrikam", "contact_email": "karin@fabrikam.example"}
        fabrikam = customers.register(by=world.sam, services=[KC], **fields)

    event, mail = newest_event(fabrikam), letter("karin@fabrikam.example")
    with as_operator():
        managed = Management.objects.filter(customer=fabrikam).exists()
    assert (event.verb, event.actor_name, event.side, event.msp_id) == (
        "customer.registered",
        "Sam Park",
        "samsung",
        None,
    )
    assert (managed, fabrikam.access, mail.subject) == (False, "full", "Fabrikam has Full access")
    assert said(mail)[0] == f"Fabrikam (KCS Customer ID {fabrikam.kcs_id}) can use Knox now."
