"""The contact person of a customer joins by the link in a letter (words.md access.given)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from onboarding import contacts, customers, endings
from onboarding.models import Invitation
from rules.errors import RuleBroken
from tenants import access, memberships
from tenants.models import Access, Customer, KnoxService, Management, Membership
from tests.mail.letters import letter, letters, newest_token, token
from tests.world import CUSTOMER_FIELDS, World, customer, full_access, person

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

    assert str(no.value).startswith("This link was used on ")
    assert str(no.value).endswith("It works once. Sign in with the account that joined Kestrel.")
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


def test_one_invitation_is_open_at_a_time(world: World) -> None:
    """It was added with Full access and then let go: two letters, of which the newer counts."""
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    with acting_as(world.alice):
        endings.ask(Management.objects.get(customer=kestrel), by=world.alice)
    endings.approve(newest_token("delink", kestrel.contact_email))
    older, newer = (token(mail) for mail in letters(kestrel.contact_email) if "/join/" in mail.message)

    karin = contacts.join(newer, password="a long secret")
    with pytest.raises(RuleBroken, match=r"replaced or withdrawn on .* ask the super admin of Kestrel") as no:
        contacts.join(older, password="a long secret")

    assert no.value.status == 410
    with as_operator():
        assert [place.user for place in Membership.objects.filter(customer=kestrel)] == [karin]


def test_who_works_there_already_is_told_so(world: World) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    karin = person(kestrel.contact_email)
    with as_operator():
        memberships.join(karin, kestrel.roles.super_admin(), by=None)

    with pytest.raises(RuleBroken, match="is an administrator of Kestrel already") as no:
        contacts.join(token(letter(kestrel.contact_email)), by=karin)

    assert no.value.status == 409


def test_the_contact_person_joins_beside_who_works_there_already(world: World) -> None:
    kestrel = kestrel_of(world, access=Access.FULL, contact_email="karin@kestrel.example")
    with as_operator():
        memberships.join(person("kim@kestrel.example"), kestrel.roles.super_admin(), by=world.alice)

    karin = contacts.join(token(letter("karin@kestrel.example")), password="a long secret")

    with as_operator():
        assert Membership.objects.filter(customer=kestrel, user=karin).exists()


def test_an_account_joins_after_its_own_sign_in_alone(world: World) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    secret, karin = token(letter(kestrel.contact_email)), person(kestrel.contact_email)

    with pytest.raises(RuleBroken, match="You have an account already"):
        contacts.join(secret, password="a long secret")
    with pytest.raises(RuleBroken, match="We sent this invitation to another address"):
        contacts.join(secret, by=world.nora)

    assert contacts.join(secret, by=karin) == karin


def test_the_page_of_an_account_asks_for_its_sign_in_and_not_for_a_password(world: World, client: Client) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    url, karin = reverse("invitation", args=[token(letter(kestrel.contact_email))]), person(kestrel.contact_email)

    stranger = client.get(url).text
    client.force_login(world.nora)
    other = client.get(url).text
    client.force_login(karin)
    own = client.get(url).text
    joined = client.post(url)

    assert "You have an account. Sign in with it" in stranger
    assert f"You are signed in as {world.nora.email}." in other
    assert [' name="password"' in page for page in (stranger, other, own)] == [False] * 3
    assert (joined.status_code, joined["Location"]) == (302, reverse("knox-dashboard"))
    assert "view_customer" in access.rights(karin, kestrel)


# Sent again ------------------------------------------------------------------------------------------------------


def invite_again(world: World, kestrel: Customer) -> None:
    with acting_as(world.alice):
        contacts.invite_again(kestrel, msp=world.aurora, by=world.alice)


def test_an_invitation_that_ended_is_sent_again(world: World, time_machine: Any) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    old = token(letter(kestrel.contact_email))
    time_machine.move_to(timezone.now() + timedelta(days=8))
    with pytest.raises(RuleBroken, match=r"Links work for 7 days\. For a new one: ask Aurora, .* help@aurora\.example"):
        contacts.join(old, password="a long secret")

    invite_again(world, kestrel)

    with acting_as(world.alice):
        assert str(Event.objects.about(kestrel)[0]) == "Alice Example sent the invitation of the contact person again"
    mail = letters(kestrel.contact_email)[-1]
    assert "It replaces the link that we sent before." in mail.message
    assert contacts.join(token(mail), password="a long secret").email == kestrel.contact_email


def test_a_corrected_address_gets_the_invitation(world: World) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    with acting_as(world.alice):
        seen = Customer.objects.get(pk=kestrel.pk).modified_at
        right = {"contact_email": "karin@kestrel.example"}
        customers.change(kestrel, msp=world.aurora, by=world.alice, seen=seen, **right)

    invite_again(world, kestrel)

    assert len(letters(kestrel.contact_email)) == 1
    assert contacts.join(token(letter("karin@kestrel.example")), password="a long secret")


def test_nobody_is_invited_again_without_full_access_or_after_a_colleague_joined(world: World) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    contacts.join(token(letter(kestrel.contact_email)), password="a long secret")

    with pytest.raises(RuleBroken, match="Somebody of Kestrel has joined already"):
        invite_again(world, kestrel)
    with pytest.raises(RuleBroken, match="Fjordline Freight has No access"):
        invite_again(world, world.first)


def page_of(client: Client, world: World, kestrel: Customer) -> str:
    client.force_login(world.alice)
    return " ".join(client.get(reverse("customer", args=[kestrel.kcs_id])).text.split())


def test_the_page_of_the_customer_says_that_the_invitation_waits(
    world: World, client: Client, time_machine: Any
) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    waits = page_of(client, world, kestrel)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    ended = page_of(client, world, kestrel)
    answer = client.post(reverse("contact-invite", args=[kestrel.kcs_id]))
    contacts.join(token(letters(kestrel.contact_email)[-1]), password="a long secret")

    assert f"The invitation to {kestrel.contact_email} waits until " in waits
    assert f"The invitation to {kestrel.contact_email} ended on " in ended
    assert (answer.status_code, answer["Location"]) == (302, reverse("customer", args=[kestrel.kcs_id]))
    assert "Nobody of Kestrel has joined yet" not in page_of(client, world, kestrel)
    assert "has joined yet" not in page_of(client, world, world.first)


def test_the_invitation_that_waits_is_the_customers_own(world: World, time_machine: Any) -> None:
    full_access(world.aurora, world.alice, "Kite")
    time_machine.move_to(timezone.now() + timedelta(days=2))
    kestrel = full_access(world.aurora, world.alice, "Kestrel")

    waits = contacts.waiting(kestrel)

    assert waits
    with as_operator():
        assert waits.until == Invitation.objects.get(customer=kestrel).ends_at


def test_one_contact_person_gets_ten_invitations_a_day(world: World, client: Client) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    client.force_login(world.alice)

    answers = [client.post(reverse("contact-invite", args=[kestrel.kcs_id])).status_code for _ in range(11)]

    assert answers == [302] * 10 + [429]


def test_the_contact_of_a_customer_without_an_msp_gets_a_new_link_by_the_old_one(
    world: World, client: Client, time_machine: Any
) -> None:
    with acting_as(world.sam), as_operator():
        fields = CUSTOMER_FIELDS | {"name": "Fabrikam", "contact_email": "karin@fabrikam.example"}
        customers.register(by=world.sam, services=[KnoxService.CONFIGURE], **fields)
    secret = token(letter("karin@fabrikam.example"))
    early = client.post(reverse("invitation-renew", args=[secret]))
    time_machine.move_to(timezone.now() + timedelta(days=8))

    page = client.get(reverse("invitation", args=[secret]))
    renewed = client.post(reverse("invitation-renew", args=[secret]))

    assert (early.status_code, page.status_code, renewed.status_code) == (409, 410, 200)
    assert "Email me a new link" in page.text
    assert contacts.join(token(letters("karin@fabrikam.example")[-1]), password="a long secret")


def test_the_contact_of_a_managed_customer_asks_its_msp(world: World, client: Client, time_machine: Any) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    secret = token(letter(kestrel.contact_email))
    time_machine.move_to(timezone.now() + timedelta(days=8))

    page = client.get(reverse("invitation", args=[secret]))
    renewed = client.post(reverse("invitation-renew", args=[secret]))

    assert (page.status_code, renewed.status_code, len(letters(kestrel.contact_email))) == (410, 410, 1)
    assert "Email me a new link" not in page.text


def test_an_old_link_does_not_use_up_the_invitations_that_the_msp_may_send(world: World, client: Client) -> None:
    kestrel = full_access(world.aurora, world.alice, "Kestrel")
    secret = token(letter(kestrel.contact_email))

    tries = {client.post(reverse("invitation-renew", args=[secret])).status_code for _ in range(11)}
    client.force_login(world.alice)

    assert (tries, client.post(reverse("contact-invite", args=[kestrel.kcs_id])).status_code) == ({409}, 302)


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
