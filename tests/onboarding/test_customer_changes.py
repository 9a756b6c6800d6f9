"""Details of a customer that change (words.md 3.2)."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.acting import as_operator
from onboarding import contacts
from onboarding.customer_checks import CONTACT_FIELDS
from rules.errors import RuleBroken
from tenants.models import Management, Membership
from tenants.times import written
from tests.mail.letters import letter, letters, token
from tests.onboarding.asking import approve
from tests.onboarding.customer_acts import change, newest_event, stored
from tests.world import World, full_access

pytestmark = pytest.mark.django_db


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


def test_a_state_that_the_country_needs_stays(world: World) -> None:
    change(world, world.first, country="IT", zip_code="00144", province="RM")

    with pytest.raises(RuleBroken) as no:
        change(world, world.first, province="")

    assert (str(no.value), no.value.field) == ("Enter state. An address in Italy has one.", "province")
    assert stored(world.first).province == "RM"


@pytest.mark.parametrize("field", CONTACT_FIELDS)
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


def test_who_has_no_access_is_not_asked_to_change_its_contact_before_it_has(world: World, client: Client) -> None:
    """Its super admin finds everything closed, so the way out is Full access."""
    approve(world)
    client.force_login(world.alice)
    said = (
        "Contoso keeps its own contact details. With Full access its super admin can change them. Open a ticket if "
        "nobody can sign in."
    )

    page = client.get(reverse("customer-edit", args=[world.contoso.kcs_id])).content.decode()
    with pytest.raises(RuleBroken) as no:
        change(world, world.contoso, contact_email="mine@aurora.example")

    assert (said in page, str(no.value)) == (True, said)


def test_an_msp_does_not_take_the_address_that_approved_it_where_nobody_has_joined(world: World) -> None:
    """Contoso answered by the link alone. When it ends the management, whoever is in that mailbox joins."""
    with as_operator():
        Membership.objects.filter(customer=world.contoso).delete()
    approve(world)

    with pytest.raises(RuleBroken, match="Contoso keeps its own contact details"):
        change(world, world.contoso, contact_email="mine@aurora.example")

    assert stored(world.contoso).contact_email == "carl@contoso.example"


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
