"""The way back from management, with the customer's word and without an account (FAQ Q7)."""

from datetime import timedelta

import time_machine
from django.urls import reverse
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from audit.models import Event
from onboarding import customers, endings
from tenants import access
from tenants.models import Access, Customer, Management
from tenants.times import written
from tests import world as cast
from tests.mail.letters import letters
from tests.mail.letters import newest_token as token
from tests.onboarding.asking import approve, refusal, subjects


def delinked(world, customer):
    with acting_as(world.alice):
        management = Management.objects.select_related("customer", "msp").get(customer=customer)
        return endings.ask(management, by=world.alice)


def test_after_an_approved_delink_the_msp_sees_nothing_any_more(world):
    delinked(world, world.first)

    endings.approve(token("delink", "contact@fjordlinefreight.example"))

    for who in (world.alice, world.tom, world.vera, world.mira):
        with acting_as(who):
            assert not Customer.objects.filter(pk=world.first.pk).exists()
            assert not Event.objects.of_customer(world.first.pk).exclude(actor_id=who.pk).exists()


def test_what_the_customer_ended_already_needs_no_delink(world, client):
    approve(world, wanted=Access.FULL)
    with acting_as(world.carl):
        ending = endings.start(Management.objects.get(customer=world.contoso), by=world.carl)
    client.force_login(world.alice)

    said, status = refusal(lambda: delinked(world, world.contoso))
    page = client.get(reverse("customer-delink", args=[world.contoso.kcs_id])).text

    until = written(ending.ending_at, world.alice.zone)
    assert (said, status) == (f"Contoso ended the management. You manage it until {until}, and need no delink.", 409)
    assert (said in page, "Delink Contoso?" in page) == (True, False)


def test_the_tags_of_an_msp_go_when_it_stops_managing(world):
    with acting_as(world.alice):
        seen = Customer.objects.get(pk=world.first.pk).modified_at
        customers.change(world.first, msp=world.aurora, by=world.alice, seen=seen, tags=["slow payer"])
    delinked(world, world.first)

    endings.approve(token("delink", "contact@fjordlinefreight.example"))

    with as_operator():
        assert Customer.objects.get(pk=world.first.pk).tags == []


def test_a_letter_under_way_to_the_msp_does_not_go_out_after_the_delink(world):
    late = cast.customer(world.aurora, world.alice, "Late")
    waiting = Email.objects.filter(to__contains="alice@aurora.example", subject="Late is Active")
    there = waiting.count()
    delinked(world, late)

    endings.approve(token("delink", "contact@late.example"))

    assert (there, waiting.count()) == (1, 0)


def test_while_a_delink_is_open_the_msp_goes_on_managing_but_cannot_ask_twice(world):
    delink = delinked(world, world.first)
    with acting_as(world.alice):
        management = Management.objects.select_related("customer", "msp").get(customer=world.first)
        said, status = refusal(lambda: endings.ask(management, by=world.alice))
        endings.take_back(management, by=world.alice)
        management.refresh_from_db()

    assert (delink.state, status, management.state) == ("open", 409, "active")
    assert said.startswith("Alice Example already asked Fjordline Freight on ")


def test_a_link_that_was_replaced_or_is_too_old_says_so(world):
    delink, replaced = delinked(world, world.first), token("delink", "contact@fjordlinefreight.example")
    with acting_as(world.alice):
        endings.send_again(delink.management, by=world.alice)
        delink.refresh_from_db()
    newest = token("delink", "contact@fjordlinefreight.example")

    early, status = refusal(lambda: endings.approve(replaced))
    with time_machine.travel(delink.link_ends_at):
        late, too = refusal(lambda: endings.approve(newest))

    assert early.startswith("A newer email replaced this link on ")
    assert late.startswith("This link ended on ")
    assert (status, too) == (410, 410)


def test_a_refused_delink_leaves_the_customer_active(world):
    delinked(world, world.first)

    endings.refuse(token("delink", "contact@fjordlinefreight.example"))

    with acting_as(world.alice):
        assert Management.objects.get(customer=world.first).state == "active"
    assert "Fjordline Freight refused the delink" in subjects("alice@aurora.example")


def test_the_link_in_the_receipt_ends_management_after_a_day(world):
    approve(world)
    link = token("end", "carl@contoso.example")
    management = endings.start(endings.by_end_link(link), by=None)

    with time_machine.travel(management.ending_at - timedelta(seconds=1)):
        early = endings.end_due()
    with time_machine.travel(management.ending_at):
        due = endings.end_due()
        twice = endings.end_due()

    with acting_as(world.alice):
        assert not Customer.objects.filter(pk=world.contoso.pk).exists()
    with acting_as(world.carl):
        assert access.rights(world.carl, world.contoso) >= {access.VIEW, access.MANAGE}
    assert (early, due, twice) == (0, 1, 0)


def test_the_link_in_an_old_receipt_does_not_end_what_another_msp_manages(world):
    approve(world)
    old = token("end", "carl@contoso.example")
    ending = endings.start(endings.by_end_link(old), by=None)
    nina, nordic = cast.company("nina@nordic.example", "Nordic", sam=world.sam, **cast.MSP_FIELDS)

    with time_machine.travel(ending.ending_at):
        endings.end_due()
        approve(world, by=nina, msp=nordic)
        said, status = refusal(lambda: endings.by_end_link(old))

    assert (said, status) == ("Aurora does not manage Knox for Contoso any more.", 410)


def test_a_delink_that_was_refused_stays_refused_when_the_customer_ends_the_management(world):
    approve(world)
    receipt = token("end", "carl@contoso.example")
    delink = delinked(world, world.contoso)
    endings.refuse(token("delink", "carl@contoso.example"))
    management = endings.start(endings.by_end_link(receipt), by=None)

    with time_machine.travel(management.ending_at):
        endings.end_due()

    with as_operator():
        delink.refresh_from_db()
    assert delink.state == "refused"


def test_the_letter_leads_back_to_where_the_customer_ended_it(world):
    """Who has Full access ends it in the own portal, perhaps without ever having got a receipt."""
    approve(world, wanted=Access.FULL)
    with acting_as(world.carl):
        running = Management.objects.get(customer=world.contoso)
        endings.start(running, by=world.carl)
        endings.keep(running, by=world.carl)
    endings.start(endings.by_end_link(token("end", "carl@contoso.example")), by=None)

    by_person, by_link = [
        mail.message for mail in letters("carl@contoso.example") if "the management by" in mail.subject
    ]

    assert "choose Keep Aurora in the Knox Admin Portal." in by_person
    assert "/admin-portal/" in by_person
    assert "open the link in your receipt again." in by_link
    assert "/admin-portal/" not in by_link


def test_an_ending_can_be_taken_back_within_the_day(world):
    approve(world)
    management = endings.start(endings.by_end_link(token("end", "carl@contoso.example")), by=None)
    at = management.ending_at

    endings.keep(management, by=None)

    with time_machine.travel(at):
        assert endings.end_due() == 0


def test_a_customer_that_comes_back_is_asked_and_changed_as_any_other(world):
    approve(world)
    link = token("end", "carl@contoso.example")
    ending = endings.start(endings.by_end_link(link), by=None)
    with time_machine.travel(ending.ending_at):
        endings.end_due()
        said, status = refusal(lambda: endings.by_end_link(link))

        approve(world)
        with acting_as(world.alice):
            seen = Customer.objects.get(pk=world.contoso.pk).modified_at
            customers.change(world.contoso, msp=world.aurora, by=world.alice, seen=seen, tags=["back"])

        old, gone = refusal(lambda: endings.by_end_link(link))

    assert (said, status) == ("Aurora does not manage Knox for Contoso any more.", 410)
    assert (old, gone) == (
        "This receipt is of an earlier management by Aurora. Use the link in the newest receipt.",
        410,
    )
    with as_operator():
        assert Customer.objects.get(pk=world.contoso.pk).tags == ["back"]
        states = Management.objects.filter(customer=world.contoso).order_by("pk").values_list("state", flat=True)
        assert list(states) == ["ended", "active"]
