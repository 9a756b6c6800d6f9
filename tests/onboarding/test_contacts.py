"""The contact person of a customer joins by the link in a letter (words.md access.given)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction

from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from onboarding import contacts
from onboarding.models import Invitation
from rules.errors import RuleBroken
from tenants import access
from tenants.models import Access, Customer, Membership
from tests.mail.letters import letter, token
from tests.world import World, customer, full_access, person

pytestmark = pytest.mark.django_db


def kestrel_of(world: World, **fields: Any) -> Customer:
    """Added by Alice to Aurora."""
    return customer(world.aurora, world.alice, "Kestrel", **fields)


def test_the_contact_person_joins_as_super_admin(world: World) -> None:
    kestrel = kestrel_of(world, access=Access.FULL, contact_email="karin@kestrel.example")

    karin = contacts.join(token(letter("karin@kestrel.example")), password="a long secret")

    with acting_as(karin):
        place = Membership.objects.select_related("customer", "role").get(user=karin)
    assert (karin.email, karin.get_full_name(), karin.time_zone) == (
        "karin@kestrel.example",
        "Karin Blom",
        "Europe/Berlin",
    )
    assert check_password("a long secret", karin.password)
    assert (place.customer, place.role.name) == (kestrel, "Super Admin")
    assert access.rights(karin, kestrel) >= {"view_customer", "manage_customer"}
    with as_operator():
        event = Event.objects.about(karin)[0]
    assert (event.verb, event.actor_name, event.side) == ("person.joined", "Karin Blom", "customer")


def test_an_invitation_works_once(world: World) -> None:
    kestrel_of(world, access=Access.FULL, contact_email="karin@kestrel.example")
    secret = token(letter("karin@kestrel.example"))
    contacts.join(secret, password="a long secret")

    with pytest.raises(RuleBroken) as no:
        contacts.join(secret, password="a long secret")

    assert str(no.value) == "This invitation no longer works. Ask Kestrel for a new one."
    assert no.value.status == 410


def test_an_invitation_ends_after_seven_days(world: World, time_machine: Any) -> None:
    kestrel = kestrel_of(world, access=Access.FULL, contact_email="karin@kestrel.example")
    secret = token(letter("karin@kestrel.example"))
    with as_operator():
        ends = Invitation.objects.get(customer=kestrel).ends_at
    time_machine.move_to(ends - timedelta(seconds=1), tick=False)
    assert contacts.question(secret).customer == kestrel

    time_machine.move_to(ends, tick=False)
    with pytest.raises(RuleBroken) as no:
        contacts.join(secret, password="a long secret")

    assert no.value.status == 410
    assert User.objects.by_email("karin@kestrel.example") is None


@pytest.mark.parametrize("forged", ["", "x", "a" * 43, "é", "../../etc"])
def test_a_forged_invitation_opens_nothing(world: World, forged: str) -> None:
    with pytest.raises(RuleBroken) as no:
        contacts.join(forged, password="a long secret")

    assert str(no.value) == (
        "This link does not work. Parts may be missing: open it from the email again, or copy the whole address."
    )
    assert no.value.status == 404


def test_an_invitation_link_names_one_invitation(world: World) -> None:
    person("somebody@else.example")
    made = full_access(world.aurora, world.alice, "Kestrel")
    with as_operator():
        first = Invitation.objects.get(customer=made)
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.create(
                customer=made, email="x@y.example", token_hash=first.token_hash, ends_at=first.ends_at
            )
