"""An application: who may send it, its confirmation, and its rows (FAQ Q3; words.md 3.1)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from onboarding import applications
from onboarding.models import Application, Program
from onboarding.tasks import forget_unconfirmed
from rules.errors import RuleBroken
from tenants import memberships
from tenants.times import day, written, written_for_guests
from tests.mail.letters import letter, letters, said, token
from tests.onboarding.applying import State, history, reject, stored, submit
from tests.world import World, application, person

pytestmark = pytest.mark.django_db


def test_an_application_from_a_stranger_waits_for_the_address_to_be_confirmed(world: World) -> None:
    sent = submit()

    (found,) = stored(company="Polaris")
    assert (found.state, found.email, found.applicant, found.submitted_at) == (
        State.UNCONFIRMED,
        "pia@polaris.example",
        None,
        None,
    )
    assert history(sent) == [("application.submitted", "Polaris", "applicant")]


def test_a_stranger_gets_a_link_and_samsung_hears_nothing_yet(world: World) -> None:
    sent = submit()

    mail = letter("pia@polaris.example")
    until = written_for_guests(sent.link_ends_at, applications.preferences.zone("DE"))
    assert mail.subject == "Confirm your email for Samsung Knox"
    assert mail.message.splitlines()[0] == "Hello,"
    assert said(mail) == [
        "Someone applied to the Knox MSP Program and gave this address: pia@polaris.example. Confirm that it is yours, "
        "and Samsung reviews the application.",
        f"The link works once, until {until}. Opening it decides nothing: a button on the page does. If you did not "
        "ask, do nothing, and we forget the application.",
    ]
    assert letters("sam@samsung.example") == []


def test_a_stranger_sends_nobody_words_of_the_own(world: World) -> None:
    submit(email="victim@elsewhere.example", first_name="You won: https://evil.example", company="evil.example")

    mail = letter("victim@elsewhere.example")
    assert "evil.example" not in mail.subject + mail.message + mail.html_message


def test_the_link_is_stored_only_as_a_hash(world: World) -> None:
    submit()

    secret = token(letter("pia@polaris.example"))
    (found,) = stored(company="Polaris")
    assert len(secret) == 43
    assert secret not in str(vars(found))


def test_a_stranger_who_sends_again_replaces_the_older_application(world: World) -> None:
    submit(city="Bonn")
    submit(city="Köln")

    first, second = letters("pia@polaris.example")
    assert [one.city for one in stored(company="Polaris")] == ["Köln"]
    with pytest.raises(RuleBroken, match="This link does not work"):
        applications.by_link(token(first))
    assert applications.by_link(token(second)).city == "Köln"


def test_applications_to_both_programs_wait_side_by_side(world: World) -> None:
    submit()
    submit(Program.RESELLER)

    assert [one.program for one in stored(company="Polaris")] == [Program.MSP, Program.RESELLER]


def test_an_application_from_a_known_person_counts_at_once(world: World) -> None:
    sent = application(world.nora)

    (found,) = stored(company="Polaris")
    assert (found.state, found.applicant, found.email, found.first_name) == (
        State.SUBMITTED,
        world.nora,
        "nora@people.example",
        "Nora",
    )
    assert history(sent) == [("application.submitted", "Nora Example", "applicant")]


def test_the_applicant_and_every_samsung_admin_hear_of_an_application_that_counts(world: World) -> None:
    sent = application(world.nora)

    received, waits = letter("nora@people.example"), letter("sam@samsung.example")
    assert received.subject == "Samsung has the application of Polaris"
    assert said(received) == [
        "We received the application of Polaris to the Knox MSP Program on "
        f"{written(sent.submitted_at, world.nora.zone)}. Samsung reviews it and answers to this address.",
        "The Knox Dashboard shows where it is.",
    ]
    assert waits.subject == "New application: Polaris, Germany"
    assert said(waits) == ["Polaris applies to the Knox MSP Program for Europe."]
    assert "1 waits, the oldest since" in waits.html_message


def test_a_second_application_to_the_same_program_is_refused_while_one_waits(world: World) -> None:
    first = application(world.nora)

    with pytest.raises(RuleBroken) as no:
        application(world.nora, company="Polaris two")

    assert str(no.value) == (
        f"Samsung already has your application of {day(first.submitted_at, world.nora.zone)}. It reviews one at a "
        "time. Open it to see where it is."
    )
    assert (no.value.status, no.value.field) == (409, None)
    assert [one.company for one in stored(applicant=world.nora)] == ["Polaris"]


def test_a_person_may_apply_again_after_a_rejection(world: World) -> None:
    reject(application(world.nora), world.sam)

    application(world.nora, company="Polaris two")

    assert [one.state for one in stored(applicant=world.nora)] == [State.REJECTED, State.SUBMITTED]


def test_confirming_makes_the_account_and_lets_the_application_count(world: World) -> None:
    sent = submit()

    applications.confirm(token(letter("pia@polaris.example")), password="a long secret")

    (found,) = stored(company="Polaris")
    pia = User.objects.get(email="pia@polaris.example")
    assert (found.state, found.applicant, found.token_hash) == (State.SUBMITTED, pia, "")
    assert (pia.get_full_name(), pia.time_zone) == ("Pia Vogel", "Europe/Berlin")
    assert check_password("a long secret", pia.password)
    assert pia.emailaddress_set.get().verified
    assert history(sent) == [
        ("application.submitted", "Polaris", "applicant"),
        ("application.confirmed", "Pia Vogel", "applicant"),
    ]
    assert letter("sam@samsung.example").subject == "New application: Polaris, Germany"


def test_confirming_for_a_known_person_leaves_the_account_as_it_is(world: World) -> None:
    person("pia@polaris.example", first_name="Pia-Maria")
    submit()

    applications.confirm(token(letters("pia@polaris.example")[0]), password="another secret")

    pia = User.objects.get(email="pia@polaris.example")
    assert (pia.first_name, pia.has_usable_password()) == ("Pia-Maria", False)
    assert stored(company="Polaris")[0].applicant == pia


def test_a_link_works_once(world: World) -> None:
    submit()
    secret = token(letter("pia@polaris.example"))
    applications.confirm(secret, password="a long secret")

    with pytest.raises(RuleBroken) as no:
        applications.confirm(secret, password="a long secret")

    assert str(no.value) == (
        "This link does not work. Parts may be missing: open it from the email again, or copy the whole address. If "
        "you used it before, sign in: a link works once."
    )
    assert no.value.status == 404


def test_a_link_ends_after_seven_days(world: World, time_machine: Any) -> None:
    sent = submit()
    secret, ends = token(letter("pia@polaris.example")), sent.link_ends_at
    time_machine.move_to(ends - timedelta(seconds=1), tick=False)
    assert applications.by_link(secret).company == "Polaris"

    time_machine.move_to(ends, tick=False)
    with pytest.raises(RuleBroken) as no:
        applications.confirm(secret, password="a long secret")

    assert str(no.value) == (
        f"This link ended on {written(ends, applications.preferences.zone('DE'))}. Links work for 7 days. Send the "
        "application again to get a new one."
    )
    assert no.value.status == 410
    assert User.objects.by_email("pia@polaris.example") is None


def test_what_is_never_confirmed_is_forgotten_a_day_after_its_link_ended(world: World, time_machine: Any) -> None:
    sent = submit()
    ends = sent.link_ends_at
    time_machine.move_to(ends + timedelta(hours=23))
    forget_unconfirmed()
    assert len(stored(company="Polaris")) == 1

    time_machine.move_to(ends + timedelta(hours=25))
    forget_unconfirmed()

    assert stored(company="Polaris") == []


def test_what_is_confirmed_is_never_forgotten(world: World, time_machine: Any) -> None:
    sent = submit()
    applications.confirm(token(letter("pia@polaris.example")), password="a long secret")
    time_machine.move_to(sent.link_ends_at + timedelta(days=2))

    forget_unconfirmed()

    assert [one.state for one in stored(company="Polaris")] == [State.SUBMITTED]


def test_confirming_does_not_open_a_second_application_of_the_same_person(world: World) -> None:
    pia = person("pia@polaris.example")
    application(pia)
    submit()
    secret = token(letters("pia@polaris.example")[-1])

    with pytest.raises(RuleBroken, match="It reviews one at a time") as no:
        applications.confirm(secret, password=None)

    assert no.value.status == 409
    assert sorted(one.state for one in stored(email="pia@polaris.example")) == [State.SUBMITTED, State.UNCONFIRMED]


HALF = [
    ({"state": State.APPROVED}, "application_decided_has_who_and_when"),
    ({"state": State.REJECTED, "reason": "Because."}, "application_decided_has_who_and_when"),
    ({"decided_at": timezone.now()}, "application_decided_has_who_and_when"),
    ({"submitted_at": None}, "application_that_counts_has_an_applicant"),
    ({"applicant": None}, "application_that_counts_has_an_applicant"),
    ({"regions": []}, "msp_application_has_one_region"),
    ({"regions": ["europe", "asia_pacific"]}, "msp_application_has_one_region"),
]


@pytest.mark.parametrize(("half", "constraint"), HALF)
def test_a_half_decided_application_cannot_be_stored(world: World, half: dict[str, Any], constraint: str) -> None:
    sent = application(world.nora)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), as_operator():
        Application.objects.filter(pk=sent.pk).update(**half)


@pytest.mark.parametrize(
    ("state", "constraint"),
    [(State.APPROVED, "approved_has_an_organization"), (State.REJECTED, "rejected_has_a_reason")],
)
def test_a_decision_without_its_outcome_cannot_be_stored(world: World, state: str, constraint: str) -> None:
    sent = application(world.nora)
    half = {"state": state, "decided_by": world.sam, "decided_at": timezone.now()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), as_operator():
        Application.objects.filter(pk=sent.pk).update(**half)


def test_two_open_applications_of_one_person_cannot_be_stored(world: World) -> None:
    sent = application(world.nora)

    with pytest.raises(IntegrityError, match="one_open_application_a_program"), transaction.atomic(), as_operator():  # noqa: PT012
        sent.pk, sent._state.adding = "11111111-1111-4111-8111-111111111111", True
        sent.save()


def test_two_unconfirmed_applications_of_one_address_cannot_be_stored(world: World) -> None:
    sent = submit()

    with pytest.raises(IntegrityError, match="one_unconfirmed_application"), transaction.atomic(), as_operator():  # noqa: PT012
        sent.pk, sent._state.adding = "11111111-1111-4111-8111-111111111111", True
        sent.save()


def test_an_msp_is_one_company_with_one_region(world: World) -> None:
    with pytest.raises(RuleBroken) as no:
        application(world.alice)

    assert str(no.value) == (
        "Samsung approved your company for Europe. A company has one region. Open a ticket to ask about another one."
    )


def test_a_technician_of_an_msp_may_apply_with_a_company_of_the_own(world: World) -> None:
    assert application(world.mira).state == State.SUBMITTED


def test_who_sees_the_super_admin_of_an_msp_is_not_taken_for_one(world: World) -> None:
    with as_operator():
        memberships.join(world.nora, world.aurora.roles.get(name="Admin"), by=world.alice)

    assert application(world.nora).state == State.SUBMITTED


def test_an_account_at_a_free_mailbox_cannot_apply(world: World) -> None:
    with pytest.raises(RuleBroken) as no:
        application(person("nora@gmail.com"))

    assert str(no.value).startswith("Anyone can open a mailbox at gmail.com. Samsung needs a work email.")
