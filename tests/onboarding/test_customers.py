"""Customers: added, changed, given services (FAQ Q1; words.md 3.2)."""

from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone
from post_office.models import Email

from accounts import preferences
from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from onboarding import contacts, customers
from onboarding.models import Invitation
from rules.errors import RuleBroken
from services.modules import guard
from tenants import access
from tenants.models import Access, Customer, CustomerService, KnoxService, Management
from tenants.public_ids import Kind, kind_of
from tenants.times import written, written_for_guests
from tests.mail.letters import letter, letters, said, token
from tests.onboarding.asking import approve
from tests.world import CUSTOMER_FIELDS, World, customer, full_access

pytestmark = pytest.mark.django_db
KC, KME, KG = KnoxService.CONFIGURE, KnoxService.MOBILE_ENROLLMENT, KnoxService.GUARD


def add(world: World, **fields: Any) -> Customer:
    """Added by Alice to Aurora."""
    return customer(world.aurora, world.alice, fields.pop("name", "Kestrel"), **fields)


def refused(world: World, **fields: Any) -> RuleBroken:
    """What Alice reads when she tries, and nothing is written."""
    before = counted()
    with pytest.raises(RuleBroken) as no:
        add(world, **fields)
    assert counted() == before
    return no.value


def change(world: World, target: Customer, *, by: User | None = None, **fields: Any) -> Customer:
    by = by or world.alice
    with acting_as(by):
        seen = fields.pop("seen", None) or Customer.objects.get(pk=target.pk).modified_at
        return customers.change(target, msp=world.aurora, by=by, seen=seen, **fields)


def add_services(world: World, target: Customer, *services: KnoxService, prefix: str = "") -> list[KnoxService]:
    with acting_as(world.alice):
        return customers.add_services(target, services, msp=world.aurora, by=world.alice, tenant_prefix=prefix)


def counted() -> tuple[int, ...]:
    with as_operator():
        return tuple(
            model.objects.count() for model in (Customer, Management, CustomerService, Email, Event, Invitation)
        )


def newest_event(target: Customer) -> Event:
    with as_operator():
        return Event.objects.about(target)[0]


def stored(target: Customer) -> Customer:
    with as_operator():
        return Customer.objects.get(pk=target.pk)


# Added -----------------------------------------------------------------------------------------------------------


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
    with pytest.raises(RuleBroken) as no:
        customer(world.borealis, world.bob, "Kestrel", country="US", services=[KC, KG], tenant_type="normal")

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


# Registered by Samsung -------------------------------------------------------------------------------------------


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


# Changed ---------------------------------------------------------------------------------------------------------


def test_a_change_is_stored_and_recorded_by_the_names_of_its_fields(world: World) -> None:
    before = stored(world.first).modified_at

    change(world, world.first, name="Fjordline Cargo", zip_code="10117", contact_first_name="Ingrid", city="Berlin")

    found, event = stored(world.first), newest_event(world.first)
    assert (found.name, found.zip_code, found.contact_first_name) == ("Fjordline Cargo", "10117", "Ingrid")
    assert (found.name_key, found.contact_key, found.modified_at > before) == ("fjordline cargo", "ingrid blom", True)
    assert (event.side, str(event)) == ("msp", "Alice Example changed company name, zip code, first name")


def test_tags_are_changed_with_the_details_and_recorded_without_their_words(world: World) -> None:
    change(world, world.first, tags=["key", "Berlin"])

    assert stored(world.first).tags == ["key", "Berlin"]
    assert str(newest_event(world.first)) == "Alice Example changed tags"


def test_no_customer_gets_a_twenty_first_tag(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        change(world, world.first, tags=[str(number) for number in range(21)])


def test_a_change_of_nothing_leaves_no_trace(world: World) -> None:
    before = (stored(world.first).modified_at, newest_event(world.first).pk)

    change(world, world.first, name=world.first.name, city=world.first.city)

    assert (stored(world.first).modified_at, newest_event(world.first).pk) == before


def test_a_page_that_is_old_is_told_who_saved_meanwhile(world: World) -> None:
    old = stored(world.first).modified_at
    saved = change(world, world.first, by=world.mira, city="Bonn")

    with pytest.raises(RuleBroken) as no:
        change(world, world.first, seen=old, city="Ulm")

    assert str(no.value) == (
        f"Mira Example saved other changes at {written(saved.modified_at, world.alice.zone)}. Your text is still "
        "below. Compare it and save again."
    )
    assert (no.value.status, no.value.field) == (409, None)
    assert stored(world.first).city == "Bonn"


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (
            {"country": "BR"},
            "country",
            "Brazil is in Latin America. Samsung approved your company for Europe, so your customers must be there. "
            "An MSP of Latin America can add this company.",
        ),
        ({"country": "CU"}, "country", "Knox is not available in Cuba. Choose the country of its main office."),
        (
            {"contact_email": "alice@aurora.example"},
            "contact_email",
            "We cannot use this address for a new customer. If the company uses Knox already, add it as an existing "
            "customer. If not, use another work email.",
        ),
    ],
)
def test_a_change_meets_the_rules_of_a_new_customer(
    world: World, fields: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken) as no:
        change(world, world.first, **fields)

    assert (str(no.value), no.value.status, no.value.field) == (sentence, 422, field)
    assert (str(stored(world.first).country), stored(world.first).contact_email) == (
        "DE",
        "contact@fjordlinefreight.example",
    )


@pytest.mark.parametrize("field", customers.CONTACT_FIELDS)
def test_a_customer_with_full_access_keeps_its_own_contact(world: World, field: str) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    contacts.join(token(letter(kestrel.contact_email)), password="a long secret")

    with pytest.raises(RuleBroken) as no:
        change(world, kestrel, **{field: "new@kestrel.example"})

    assert str(no.value) == (
        "Kestrel keeps its own contact details. Ask its super admin, or open a ticket if nobody can sign in."
    )
    assert (no.value.status, no.value.field) == (422, field)


def test_an_msp_does_not_take_the_address_that_answers_it(world: World) -> None:
    """Contoso approved with No access. Its next yes must come from Contoso, not from a mailbox of Aurora's."""
    approve(world)

    with pytest.raises(RuleBroken, match="Contoso keeps its own contact details") as no:
        change(world, world.contoso, contact_email="mine@aurora.example")

    assert (no.value.field, stored(world.contoso).contact_email) == ("contact_email", "carl@contoso.example")


def test_a_mistyped_contact_is_corrected_while_nobody_has_joined(world: World) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    wrong = token(letter(kestrel.contact_email))

    change(world, kestrel, contact_email="karin@kestrel.example")

    with pytest.raises(RuleBroken, match="replaced or withdrawn") as no:
        contacts.join(wrong, password="a long secret")
    assert (no.value.status, stored(kestrel).contact_email) == (410, "karin@kestrel.example")
    assert letters("karin@kestrel.example") == []


def test_a_customer_with_full_access_can_still_move(world: World) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")

    assert change(world, kestrel, city="Ulm", contact_email=kestrel.contact_email).city == "Ulm"


def test_a_customer_whose_delink_is_open_stays_as_it_is(world: World) -> None:
    with as_operator():
        Management.objects.filter(customer=world.first).update(state=Management.State.DELINK_REQUESTED)

    with pytest.raises(RuleBroken) as no:
        change(world, world.first, city="Ulm")

    assert str(no.value) == (
        "You asked to delink Fjordline Freight. Its details and access stay as they are until it answers. Take the "
        "delink back to change them."
    )
    assert no.value.status == 422


# Services --------------------------------------------------------------------------------------------------------


def test_services_are_added_to_those_it_has(world: World) -> None:
    new = add_services(world, world.first, KC, KME, KME)

    with acting_as(world.alice):
        have = set(world.first.services.values_list("service", flat=True))
    assert (new, have) == ([KME], {"KC", "KME"})
    assert str(newest_event(world.first)) == "Alice Example added Knox Mobile Enrollment"


def test_adding_what_it_has_leaves_no_trace(world: World) -> None:
    before = newest_event(world.first).pk

    assert add_services(world, world.first, KC) == []
    assert newest_event(world.first).pk == before


def test_knox_manage_comes_later_with_a_prefix_where_the_domain_is_in_use(world: World) -> None:
    fields = {"contact_email": "it@kestrel.example", "services": [KnoxService.MANAGE]}
    customer(world.aurora, world.alice, "Kestrel", **fields)
    berlin = customer(world.aurora, world.alice, "Kestrel Berlin", contact_email="berlin@kestrel.example")

    with pytest.raises(RuleBroken, match=r"tenant ID kestrel\.example is in use") as no:
        add_services(world, berlin, KnoxService.MANAGE)
    added = add_services(world, berlin, KnoxService.MANAGE, prefix="berlin")

    assert (no.value.field, added) == ("tenant_prefix", [KnoxService.MANAGE])
    with acting_as(world.alice):
        assert Customer.objects.get(pk=berlin.pk).tenant_prefix == "berlin"


def test_knox_guard_cannot_come_later_without_a_tenant_type(world: World) -> None:
    with pytest.raises(RuleBroken) as no:
        add_services(world, world.first, KME, KG)

    assert str(no.value) == "Knox Guard needs a tenant type. It cannot change later."
    with acting_as(world.alice):
        assert world.first.services.count() == 1


# What PostgreSQL refuses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kcs_id", ["7000000000", "400000000", "4abcdefghi", "４000000000", "4000000000\n"])
def test_what_is_not_a_kcs_customer_id_cannot_be_stored(world: World, kcs_id: str) -> None:
    with pytest.raises(Error), transaction.atomic(), as_operator():
        Customer.objects.filter(pk=world.first.pk).update(kcs_id=kcs_id)


def test_a_customer_has_one_msp_at_a_time(world: World) -> None:
    with pytest.raises(IntegrityError, match="customer_has_one_active_management"), transaction.atomic(), as_operator():
        Management.objects.create(customer=world.first, msp=world.borealis)


def test_a_customer_may_change_its_msp_after_the_first_has_ended(world: World) -> None:
    with as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())

        assert Management.objects.create(customer=world.first, msp=world.borealis).pk


@pytest.mark.parametrize("half", [{"state": "ended"}, {"ended_at": timezone.now()}])
def test_a_half_ended_management_cannot_be_stored(world: World, half: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="management_ended_has_a_time"), transaction.atomic(), as_operator():
        Management.objects.filter(customer=world.first).update(**half)


def test_a_customer_has_a_service_once_and_only_one_that_knox_has(world: World) -> None:
    with pytest.raises(IntegrityError, match="customer_has_a_service_once"), transaction.atomic(), as_operator():
        CustomerService.objects.create(customer=world.first, service=KC)
    with pytest.raises(IntegrityError, match="service_is_known"), transaction.atomic(), as_operator():
        CustomerService.objects.create(customer=world.first, service="XX")


def test_nobody_deletes_a_customer_or_takes_a_service_away(world: World) -> None:
    with acting_as(world.alice), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenants_customerservice")
        services = cursor.rowcount
        cursor.execute("DELETE FROM tenants_customer")
        assert (services, cursor.rowcount) == (0, 0)
