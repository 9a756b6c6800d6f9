"""Two people, one moment: raced in threads on PostgreSQL, several rounds each. One wins, and the other reads how."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts import samsung_admins
from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from onboarding import applications, contacts, customers
from onboarding.models import Application, Invitation, Program
from rules.errors import RuleBroken
from tenants import memberships, public_ids
from tenants.models import Customer, CustomerService, KnoxService, Membership, Msp
from tenants.times import written
from tests.mail.letters import letters, token
from tests.races.committed import at_once, by
from tests.world import CUSTOMER_FIELDS, MSP_FIELDS, RESELLER_FIELDS, application, company, customer, person

pytestmark = pytest.mark.usefixtures("committed", "_quick_passwords")
ROUNDS = range(4)
KESTREL = CUSTOMER_FIELDS | {"name": "Kestrel", "contact_email": "karin@kestrel.example"}


@pytest.fixture
def sam(committed: None) -> User:
    return samsung_admins.appoint("sam@samsung.example", first_name="Sam", last_name="Park")


@pytest.fixture
def kim(sam: User) -> User:
    return samsung_admins.appoint("kim@samsung.example", first_name="Kim", last_name="Lee")


@pytest.fixture
def alice(sam: User) -> User:
    found, _ = company("alice@aurora.example", "Aurora", sam=sam, **MSP_FIELDS)
    return found


@pytest.fixture
def aurora(alice: User) -> Msp:
    with as_operator():
        return Msp.objects.get()


@pytest.fixture
def mira(aurora: Msp) -> User:
    """A technician of Aurora."""
    found = person("mira@people.example")
    with as_operator():
        memberships.join(found, aurora.roles.get(name="Technician"), by=None)
    return found


def seen(model: Any, **which: Any) -> list[Any]:
    with as_operator():
        return list(model.objects.filter(**which).order_by("pk"))


def refusals(answers: list[Any]) -> list[RuleBroken]:
    return [one for one in answers if isinstance(one, RuleBroken)]


def verbs(target: Any) -> list[str]:
    with as_operator():
        return [one.verb for one in Event.objects.about(target).order_by("pk")]


# Samsung decides -------------------------------------------------------------------------------------------------


def decide(admin: User, act: Callable[..., Any], sent: Application, **fields: Any) -> Callable[[], Any]:
    def deciding() -> Any:
        with as_operator():
            return act(sent, by=admin, **fields)

    return by(admin, deciding)


@pytest.mark.parametrize("other", ["approve", "reject"])
def test_an_application_that_two_admins_decide_at_once_is_decided_once(sam: User, kim: User, other: str) -> None:
    for number in ROUNDS:
        sent = application(person(f"pia{number}@polaris.example"), company=f"Polaris {number}")
        reason = {"reason": "Not in the register."} if other == "reject" else {}

        answers = at_once(
            decide(sam, applications.approve, sent), decide(kim, getattr(applications, other), sent, **reason)
        )

        (found,), (no,) = seen(Application, pk=sent.pk), refusals(answers)
        reader = kim if found.decided_by == sam else sam
        assert str(no) == (
            f"{found.decided_by} already {found.state} this application on {written(found.decided_at, reader.zone)}. "
            "An application has one decision. Nothing changed."
        )
        assert no.status == 409
        assert len(seen(Msp, name=f"Polaris {number}")) == (found.state == "approved")
        assert verbs(sent) == ["application.submitted", f"application.{found.state}"]
        assert len(letters(f"pia{number}@polaris.example")) == 2


def test_an_application_that_eight_press_approve_for_opens_one_portal(sam: User) -> None:
    sent = application(person("pia@polaris.example"))

    answers = at_once(*8 * [decide(sam, applications.approve, sent)])

    assert len(refusals(answers)) == 7
    assert len(seen(Membership)) == len(seen(Msp)) == 1


# People apply ----------------------------------------------------------------------------------------------------


def apply_as_stranger(email: str, program: Program = Program.MSP) -> Callable[[], Any]:
    fields = MSP_FIELDS if program == Program.MSP else RESELLER_FIELDS
    who = {"email": email, "first_name": "Pia", "last_name": "Vogel", "company": "Polaris"}
    return lambda: applications.submit(program, by=None, **who, **fields)


def test_a_form_that_a_stranger_sends_twice_at_once_is_one_application(committed: None) -> None:
    for number in ROUNDS:
        email = f"pia{number}@polaris.example"

        answers = at_once(*3 * [apply_as_stranger(email)])

        assert refusals(answers) == []
        (found,) = seen(Application, email=email)
        newest = [letter for letter in letters(email) if works(token(letter))]
        assert (found.state, len(newest)) == ("unconfirmed", 1)


def works(secret: str) -> bool:
    try:
        return bool(applications.by_link(secret))
    except RuleBroken:
        return False


def test_an_application_that_a_known_person_sends_twice_at_once_counts_once(sam: User) -> None:
    for number in ROUNDS:
        pia = person(f"pia{number}@polaris.example")
        send = by(pia, applications.submit, Program.MSP, by=pia, company="Polaris", **MSP_FIELDS)

        answers = at_once(send, send)

        (no,) = refusals(answers)
        assert (no.status, "It reviews one at a time" in str(no)) == (409, True)
        assert len(seen(Application, applicant=pia)) == 1
        assert len(letters(pia.email)) == 1


def test_a_link_that_is_pressed_twice_at_once_confirms_once(sam: User) -> None:
    for number in ROUNDS:
        email = f"pia{number}@polaris.example"
        apply_as_stranger(email)()
        secret = token(letters(email)[0])

        answers = at_once(*2 * [lambda secret=secret: applications.confirm(secret, password="a long secret")])

        (no,), (found,) = refusals(answers), seen(Application, email=email)
        assert (no.status, found.state) == (404, "submitted")
        assert User.objects.filter(email=email).count() == 1
        assert verbs(found).count("application.confirmed") == 1


def test_two_applications_of_one_stranger_confirmed_at_once_make_one_account(sam: User) -> None:
    for number in ROUNDS:
        email = f"pia{number}@polaris.example"
        for program in Program:
            apply_as_stranger(email, program)()
        first, second = (token(letter) for letter in letters(email))

        answers = at_once(
            lambda first=first: applications.confirm(first, password="a long secret"),
            lambda second=second: applications.confirm(second, password="a long secret"),
        )

        assert refusals(answers) == []
        assert [one.state for one in seen(Application, email=email)] == ["submitted", "submitted"]
        pia = User.objects.get(email=email)
        assert check_password("a long secret", pia.password)


# Customers -------------------------------------------------------------------------------------------------------


def test_a_company_that_two_people_add_at_once_is_added_once(aurora: Msp, alice: User, mira: User) -> None:
    for number in ROUNDS:
        fields = KESTREL | {"name": f"Kestrel {number}"}

        answers = at_once(
            *(
                by(one, customers.add, aurora, by=one, services=[KnoxService.CONFIGURE], **fields)
                for one in (alice, mira)
            )
        )

        (no,), (found,) = refusals(answers), seen(Customer, name=f"Kestrel {number}")
        assert isinstance(no, customers.TwinFound)
        assert (no.customer, no.status) == (found, 409)
        assert str(no).startswith(f"You already manage Kestrel {number} (KCS Customer ID {found.kcs_id}). Open it")
        assert verbs(found) == ["customer.added"]


def test_add_pressed_eight_times_at_once_adds_one_customer(aurora: Msp, alice: User) -> None:
    press = by(alice, customers.add, aurora, by=alice, services=[KnoxService.CONFIGURE], **KESTREL)

    answers = at_once(*8 * [press])

    assert [type(no) for no in refusals(answers)] == 7 * [customers.TwinFound]
    assert len(seen(Customer)) == 1
    assert len([letter for letter in letters("alice@aurora.example") if letter.subject == "Kestrel is Active"]) == 1


def test_companies_that_differ_do_not_wait_for_each_other_and_get_ids_of_their_own(aurora: Msp, alice: User) -> None:
    adds = [
        by(
            alice,
            customers.add,
            aurora,
            by=alice,
            services=[KnoxService.CONFIGURE],
            **KESTREL | {"name": f"Kestrel {n}"},
        )
        for n in range(8)
    ]

    made = at_once(*adds)

    assert refusals(made) == []
    assert len({one.kcs_id for one in made}) == 8


def test_ids_drawn_at_once_differ(committed: None) -> None:
    draws = at_once(*8 * [lambda: [public_ids.new(public_ids.Kind.CUSTOMER) for _ in range(25)]])

    assert len({one for drawn in draws for one in drawn}) == 200


def test_services_added_twice_at_once_are_added_once(aurora: Msp, alice: User, mira: User) -> None:
    for number in ROUNDS:
        kestrel = customer(aurora, alice, f"Kestrel {number}")
        new = [KnoxService.MOBILE_ENROLLMENT, KnoxService.EFOTA]

        answers = at_once(
            *(by(one, customers.add_services, kestrel, new, msp=aurora, by=one) for one in (alice, mira, alice))
        )

        assert sorted(answers, key=len) == [[], [], new]
        assert [row.service for row in seen(CustomerService, customer=kestrel)] == ["KC", "KME", "KE"]
        assert verbs(kestrel) == ["customer.added", "customer.service_added"]


def test_of_two_who_save_the_same_page_the_second_is_told(aurora: Msp, alice: User, mira: User) -> None:
    for number in ROUNDS:
        kestrel = customer(aurora, alice, f"Kestrel {number}")
        (page,) = seen(Customer, pk=kestrel.pk)

        answers = at_once(
            *(
                by(one, customers.change, kestrel, msp=aurora, by=one, seen=page.modified_at, city=city)
                for one, city in ((alice, "Bonn"), (mira, "Ulm"))
            )
        )

        (no,), (found,) = refusals(answers), seen(Customer, pk=kestrel.pk)
        winner = {"Bonn": alice, "Ulm": mira}[found.city]
        loser = mira if winner == alice else alice
        assert str(no) == (
            f"{winner} saved other changes at {written(found.modified_at, loser.zone)}. Your text is still below. "
            "Compare it and save again."
        )
        assert no.status == 409
        assert verbs(kestrel) == ["customer.added", "customer.changed"]


def test_an_invitation_that_is_used_twice_at_once_makes_one_account(aurora: Msp, alice: User) -> None:
    for number in ROUNDS:
        email = f"karin@kestrel{number}.example"
        kestrel = customer(aurora, alice, f"Kestrel {number}", access="full", contact_email=email)
        secret = token(letters(email)[0])

        answers = at_once(*2 * [lambda secret=secret: contacts.join(secret, password="a long secret")])

        (no,) = refusals(answers)
        assert (str(no)[:22], no.status) == ("This link was used on ", 410)
        assert [place.user.email for place in seen(Membership, customer=kestrel)] == [email]
        assert [one.used_at is not None for one in seen(Invitation, customer=kestrel)] == [True]


def test_an_invitation_and_an_application_of_one_person_used_at_once_make_one_account(aurora: Msp, alice: User) -> None:
    for number in ROUNDS:
        email = f"karin@kestrel{number}.example"
        customer(aurora, alice, f"Kestrel {number}", access="full", contact_email=email)
        apply_as_stranger(email)()
        invitation, confirmation = (token(letter) for letter in letters(email))

        answers = at_once(
            lambda secret=invitation: contacts.join(secret, password="a long secret"),
            lambda secret=confirmation: applications.confirm(secret, password="a long secret"),
        )

        told = {str(no) for no in refusals(answers)}  # where the application was first, the account signs in to join
        assert told <= {"You have an account already. Sign in, then open the link again."}
        assert User.objects.filter(email=email).count() == 1


# Through the pages -----------------------------------------------------------------------------------------------


def test_a_doubled_click_on_a_page_gets_two_answers_and_one_customer(aurora: Msp, alice: User) -> None:
    fields = KESTREL | {"services": ["KC"], "access": "none"}

    def press() -> int:
        client = Client()
        client.force_login(alice)
        return client.post(reverse("customer-add"), fields).status_code

    assert sorted(at_once(press, press)) == [302, 409]
    assert len(seen(Customer)) == 1


def test_a_doubled_click_of_a_stranger_gets_the_same_page_twice(committed: None) -> None:
    fields = MSP_FIELDS | {"company": "Polaris", "email": "pia@polaris.example", "first_name": "Pia", "last_name": "V"}
    fields |= fields.pop("agreements") | {"region": "europe"}

    answers = at_once(*2 * [lambda: Client().post(reverse("apply", args=["msp"]), fields)["Location"]])

    assert answers == 2 * [reverse("apply-sent")]
    assert len(seen(Application)) == 1
    assert Email.objects.exists()


def test_nobody_is_left_named_in_the_database_after_a_race(alice: User, mira: User, aurora: Msp) -> None:
    at_once(
        *(by(one, customers.add, aurora, by=one, services=[KnoxService.CONFIGURE], **KESTREL) for one in (alice, mira))
    )

    assert Customer.objects.count() == 0
    with acting_as(alice), transaction.atomic():
        assert Customer.objects.count() == 1
