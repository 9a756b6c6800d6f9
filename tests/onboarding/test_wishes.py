"""A customer with Full access asks its MSP to end the management (knox.md 2.3)."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from onboarding import endings, wishes
from onboarding.models import Delink
from tenants import access, managements, memberships
from tenants.models import Access, Customer, Export, Management
from tests import world as cast
from tests.onboarding.wishing import ALICE, CONTACT, management, newest, refusal, timeline, wish, with_olga


@pytest.fixture
def world(world):
    return with_olga(world)


def test_the_msps_leads_are_mailed_and_go_on_managing(world):
    wish(world)

    letter = newest(ALICE)
    assert (letter.subject, reverse("customer-delink", args=[world.open_company.kcs_id]) in letter.message) == (
        "Open Company asks for a delink",
        True,
    )
    assert "Olga" not in letter.message
    assert management(world).state == "delink_wanted"
    with acting_as(world.alice):
        assert Customer.objects.filter(pk=world.open_company.pk).exists()


def test_approved_the_management_ends_at_once_everywhere(world):
    with acting_as(world.alice):
        Export.objects.create(
            id=world.alice.applications.get().pk, user=world.alice, msp=world.aurora, what="x", maker="x"
        )
    with acting_as(world.bob):
        theirs = Export.objects.create(id=uuid4(), user=world.bob, msp=world.borealis, what="x", maker="x")
    wish(world)
    wish(world, wishes.approve, world.alice)

    for who in (world.alice, world.vera, world.mira):
        with acting_as(who):
            assert not Customer.objects.filter(pk=world.open_company.pk).exists()
    with acting_as(world.olga):
        assert access.rights(world.olga, world.open_company) >= {access.VIEW, access.MANAGE}
    with as_operator():
        assert Export.objects.exclude(pk=theirs.pk).get().ends_at is not None
        assert Export.objects.get(pk=theirs.pk).ends_at is None
    assert management(world).state == "ended"


def test_approved_both_sides_are_mailed_and_what_was_under_way_is_not_sent(world):
    wish(world)
    wish(world, wishes.approve, world.alice)

    about = Email.objects.filter(to__contains=ALICE, subject__contains="Open Company").order_by("pk")
    assert newest(CONTACT).subject == "Aurora no longer manages Open Company"
    assert [mail.subject for mail in about] == ["Aurora no longer manages Open Company"]


def test_rejected_the_customer_reads_the_reason_and_may_ask_again(world):
    wish(world)
    rejected = wish(world, wishes.reject, world.alice, reason=" The contract runs until May. ")

    letter = newest(CONTACT)
    assert letter.subject == "Aurora goes on managing Knox for Open Company"
    assert "Its reason: The contract runs until May." in letter.message
    assert "Alice" not in letter.message
    assert (rejected.state, management(world).state, wish(world).state) == ("rejected", "active", "open")


def test_a_rejection_needs_a_reason(world):
    wish(world)

    said, status = refusal(wish, world, wishes.reject, world.alice, reason=" ")

    assert (said, status, management(world).state) == (
        "The other side reads the reason in an email. Write one or two sentences.",
        422,
        "delink_wanted",
    )


def test_taken_back_the_customer_stays_and_the_leads_are_told(world):
    wish(world)
    wish(world, wishes.take_back)

    assert management(world).state == "active"
    assert newest(ALICE).subject == "Open Company stays with you"


def test_one_is_open_at_a_time(world):
    wish(world)

    said, status = refusal(wish, world)

    assert (said.startswith("Olga Example already asked Aurora on "), status) == (True, 409)
    with as_operator():
        assert Delink.objects.filter(customer=world.open_company).count() == 1


@pytest.mark.parametrize(
    ("answered", "reason", "said"),
    [
        (wishes.take_back, {}, "Open Company took this back on "),
        (wishes.reject, {"reason": "No."}, "Aurora already answered on "),
    ],
    ids=["taken back", "rejected"],
)
def test_an_answer_that_comes_too_late_says_what_happened(world, answered, reason, said):
    wish(world)
    wish(world, answered, world.olga if answered is wishes.take_back else world.alice, **reason)

    late = [
        refusal(wish, world, wishes.approve, world.alice),
        refusal(wish, world, wishes.reject, world.alice, reason="No."),
        refusal(wish, world, wishes.take_back),
    ]

    assert [(re.match(said, text) is not None, status) for text, status in late] == [(True, 409)] * 3


def test_after_the_end_nothing_can_be_answered_any_more(world):
    wish(world)
    old = management(world)
    wish(world, wishes.approve, world.alice)

    with acting_as(world.alice):
        said = refusal(wishes.reject, old, reason="No.", by=world.alice)

    assert said == ("Aurora does not manage Knox for Open Company any more.", 409)


def test_without_a_wish_there_is_nothing_to_answer(world):
    assert refusal(wish, world, wishes.approve, world.alice) == (
        "Open Company did not ask for an end. Nothing changed.",
        409,
    )


def test_the_msp_cannot_ask_for_a_delink_beside_it_and_reads_no_name(world):
    wish(world)

    said, status = refusal(wish, world, endings.ask, world.alice)

    assert (said.startswith("Open Company asked for a delink on "), "Olga" in said, status) == (True, False, 409)


def test_the_msp_can_neither_take_the_customers_wish_back_nor_mail_a_link_for_it(world):
    wish(world)

    again = refusal(wish, world, endings.send_again, world.alice)
    back = refusal(wish, world, endings.take_back, world.alice)

    assert {again, back} == {("No delink of Open Company is open. Nothing changed.", 409)}
    assert management(world).state == "delink_wanted"


def test_beside_the_msps_own_delink_the_customer_is_sent_to_its_mail(world):
    wish(world, endings.ask, world.alice)

    said, status = refusal(wish, world)
    answers = refusal(wish, world, wishes.approve, world.alice)

    assert (said.startswith("Aurora asked on "), said.endswith(" email to c•••@opencompany.example."), status) == (
        True,
        True,
        409,
    )
    assert answers[1] == 409


def test_where_the_link_of_the_msps_own_delink_is_over_the_customer_asks_the_msp_for_a_new_one(world):
    delink = wish(world, endings.ask, world.alice)
    with as_operator():
        Delink.objects.filter(pk=delink.pk).update(ends_at=timezone.now())

    said, status = refusal(wish, world)

    assert (" The link for your answer ended on " in said, status) == (True, 409)
    assert said.endswith(". Ask Aurora for a new one.")


@pytest.mark.parametrize("who", ["alice", "carl", "rita", "nora"])
def test_only_the_customers_own_super_admin_asks(world, who):
    assert refusal(wish, world, wishes.ask, getattr(world, who))[1] == 403


def test_without_access_nobody_asks(world):
    with as_operator():
        Customer.objects.filter(pk=world.open_company.pk).update(access=Access.NONE)
        managements.close_consoles(world.open_company)

    assert refusal(wish, world)[1] == 403


def _colleague(world, role):
    made = cast.person("vito@opencompany.example")
    with as_operator():
        memberships.join(made, world.open_company.roles.get(name=role), by=world.olga)
    return made


@pytest.mark.parametrize("role", ["Viewer", "Admin"])
def test_who_is_no_super_admin_takes_no_wish_back(world, client, role):
    wish(world)
    client.force_login(_colleague(world, role))

    told = client.post(reverse("admin-portal-ask-end"), {"answer": "take_back"}, follow=True).text

    assert management(world).state == "delink_wanted"
    assert "Only a super admin of Open Company with Full access can ask Aurora." in told


@pytest.mark.parametrize("role", ["Viewer", "Admin"])
def test_who_is_no_super_admin_ends_nothing(world, client, role):
    viewer = _colleague(world, role)
    client.force_login(viewer)

    home = client.get(reverse("admin-portal-home")).content.decode()
    client.post(reverse("admin-portal-end"), {"answer": "end"})

    said = refusal(wish, world, endings.start, viewer), refusal(wish, world, endings.keep, viewer)
    assert said == (("Only a super admin of Open Company can end the management.", 403),) * 2
    assert "Only a super admin of Open Company can end the management." in home
    assert 'value="end"' not in home
    assert management(world).ending_at is None


def test_ending_by_itself_still_works_and_closes_the_wish(world):
    wish(world)
    with as_operator():
        endings.start(management(world), by=world.olga)
        Management.objects.filter(customer=world.open_company).update(ending_at="2020-01-01T00:00Z")

    assert endings.end_due() == 1
    with as_operator():
        assert (management(world).state, Delink.objects.get(customer=world.open_company).state) == ("ended", "approved")


def test_the_timeline_names_the_sides(world):
    wish(world)
    wish(world, wishes.reject, world.alice, reason="Not now.")
    wish(world)
    wish(world, wishes.take_back)
    wish(world)
    wish(world, wishes.approve, world.alice)

    assert timeline(world) == [
        ("delink.let_go", "msp", "approved the end of the management"),
        ("delink.wanted", "customer", "asked for the end of the management"),
        ("delink.wanted_no_more", "customer", "took back the end of the management"),
        ("delink.wanted", "customer", "asked for the end of the management"),
        ("delink.rejected", "msp", "rejected the end of the management: Not now."),
        ("delink.wanted", "customer", "asked for the end of the management"),
    ]
