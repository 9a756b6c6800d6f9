"""Samsung decides an application once, and the applicant reads how (FAQ Q4; words.md 3.1)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as
from onboarding.models import Program
from portals.templatetags.look import public_id
from rules.errors import RuleBroken
from tenants.models import LicenseReseller, Membership, Msp, Reseller
from tenants.times import day, written
from tests.mail.letters import letters, said
from tests.onboarding.applying import State, approve, history, reject, stored, submit
from tests.world import World, application

pytestmark = pytest.mark.django_db


def test_approving_opens_the_msp_portal_to_the_applicant(world: World) -> None:
    sent = application(world.nora, regions=["latin_america"], country="BR")

    msp = approve(sent, world.sam)

    with acting_as(world.nora):
        place = Membership.objects.select_related("msp", "role").get(user=world.nora)
    assert (type(msp), msp.name, msp.region, str(msp.country), msp.public_id[0]) == (
        Msp,
        "Polaris",
        "latin_america",
        "BR",
        "7",
    )
    assert (place.msp, place.role.name, place.scope) == (msp, "Super Admin", "all")
    (found,) = stored(company="Polaris")
    assert (found.state, found.decided_by, found.msp_id) == (State.APPROVED, world.sam, msp.pk)
    assert history(sent)[-1] == ("application.approved", "Sam Park", "samsung")
    assert history(world.nora)[-1] == ("person.joined", "Sam Park", "samsung")


@pytest.mark.parametrize(
    ("sells", "kind", "digit", "sentence"),
    [
        ("devices", Reseller, "8", "Upload to the KCS Customer ID of a customer, never to an MSP ID."),
        (
            "keys",
            LicenseReseller,
            "9",
            "You sell license keys to the MSPs of your regions. One key serves one customer, ever.",
        ),
    ],
)
def test_approving_a_reseller_opens_the_portal_of_what_it_sells(
    world: World, sells: str, kind: type, digit: str, sentence: str
) -> None:
    sent = application(world.nora, Program.RESELLER, sells=sells, regions=["europe", "asia_pacific"])

    made = approve(sent, world.sam)

    mail = letters("nora@people.example")[-1]
    assert (type(made), made.public_id[0], made.regions) == (kind, digit, ["europe", "asia_pacific"])
    assert mail.subject == "Samsung approved Polaris as a Knox reseller"
    assert said(mail) == [
        f"Samsung approved the application of Polaris on {day(timezone.now(), world.nora.zone)}. Your Reseller ID is "
        f"{made.public_id}.",
        sentence,
    ]


def test_the_approval_is_mailed_with_the_first_steps(world: World) -> None:
    msp = approve(application(world.nora), world.sam)

    mail = letters("nora@people.example")[-1]
    assert mail.subject == "Samsung approved Polaris as a Knox MSP"
    assert said(mail) == [
        f"Samsung approved the application of Polaris on {day(timezone.now(), world.nora.zone)}. Your MSP ID is "
        f"{msp.public_id}. Your region is Europe.",
        "How to start: 1. Sign out of other Samsung portals. 2. Sign in to the Knox Dashboard. 3. In the panel Knox "
        "MSP Portal, select LAUNCH. 4. Select Add customer. A new customer is Active at once.",
        "Good to know: your customers and their devices must be in Europe. Resellers upload to the KCS Customer ID of "
        "a customer, never to your MSP ID. Quote the MSP ID in tickets.",
    ]
    assert "Sam Park" not in mail.message + mail.html_message


def test_the_rejection_is_mailed_with_its_reason(world: World) -> None:
    sent = application(world.nora)

    reject(sent, world.sam, "  The company is not in the register.\n")

    mail, today = letters("nora@people.example")[-1], day(timezone.now(), world.nora.zone)
    assert mail.subject == "Samsung did not approve Polaris as a Knox MSP"
    assert said(mail) == [
        f"Samsung read the application that Polaris sent on {today}, and rejected it on {today}. Reason: The company "
        "is not in the register.",
        "You can correct the application and send it again. We kept what you entered. Your account on the Knox "
        "Dashboard stays open. Do you have a question about the reason? Open a ticket.",
    ]
    assert "Sam Park" not in mail.message + mail.html_message
    assert (stored(company="Polaris")[0].state, Msp.objects.filter(name="Polaris").exists()) == (State.REJECTED, False)
    assert history(sent)[-1] == ("application.rejected", "Sam Park", "samsung")


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_rejection_needs_a_reason(world: World, reason: str) -> None:
    sent = application(world.nora)

    with pytest.raises(RuleBroken) as no:
        reject(sent, world.sam, reason)

    assert str(no.value) == "The other side reads the reason in an email. Write one or two sentences."
    assert (no.value.status, no.value.field) == (422, "reason")
    assert stored(company="Polaris")[0].state == State.SUBMITTED


@pytest.mark.parametrize("first", [approve, reject])
@pytest.mark.parametrize("second", [approve, reject])
def test_a_decision_is_final(world: World, first: Any, second: Any) -> None:
    sent = application(world.nora)
    first(sent, world.sam)
    letters_before = len(letters("nora@people.example"))

    with pytest.raises(RuleBroken) as no:
        second(sent, world.sam)

    (found,) = stored(company="Polaris")
    assert str(no.value) == (
        f"Sam Park already {found.state} this application on {written(found.decided_at, world.sam.zone)}. An "
        "application has one decision. Nothing changed."
    )
    assert no.value.status == 409
    assert found.state == {approve: State.APPROVED, reject: State.REJECTED}[first]
    assert len(letters("nora@people.example")) == letters_before


@pytest.mark.parametrize("decide", [approve, reject])
def test_an_unconfirmed_application_cannot_be_decided(world: World, decide: Any) -> None:
    sent = submit()

    with pytest.raises(RuleBroken) as no:
        decide(sent, world.sam)

    assert str(no.value) == "The email address of this application is not confirmed yet, so it does not count."
    assert no.value.status == 422


def test_samsung_opens_an_application_once_its_address_is_confirmed(world: World, client: Client) -> None:
    sent = submit()
    client.force_login(world.sam)

    assert client.get(reverse("samsung-application", args=[sent.pk])).status_code == 404


def test_applications_of_the_same_company_are_shown_once_they_are_confirmed(world: World, client: Client) -> None:
    sent = application(world.nora)
    client.force_login(world.sam)
    address = reverse("samsung-application", args=[sent.pk])
    reject(sent, world.sam)
    application(world.nora)
    submit()

    page = client.get(address).text.partition("This company has other applications.")[2]

    assert ("nora@people.example, " in page, "pia@polaris.example" in page) == (True, False)


@pytest.mark.parametrize(("reader", "route"), [("sam", "samsung-application"), ("nora", "application")])
def test_the_ids_that_were_entered_are_read_by_both_sides(
    world: World, client: Client, reader: str, route: str
) -> None:
    sent = application(world.nora, own_kcs_id="4000000002", own_reseller_id="8000000003")
    client.force_login(getattr(world, reader))

    page = client.get(reverse(route, args=[sent.pk])).text

    assert f"<dt>KCS Customer ID</dt><dd>{public_id('4000000002')}</dd>" in page
    assert f"<dt>Reseller ID</dt><dd>{public_id('8000000003')}</dd>" in page
