"""The way from a look-up to management, and back (FAQ Q5, Q7)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import deployment_app
from devices.models import EnrollmentCode
from onboarding import access_changes, consent_text, consents, customers, endings, receipts, requests
from onboarding.models import Link, ManagementRequest, Receipt
from rules.errors import RuleBroken
from tenants import access, msps
from tenants.models import Access, Customer, KnoxService, Management
from tests import world as cast
from tests.architecture import device_rows
from tests.mail.letters import newest_token as token

KC, KME = KnoxService.CONFIGURE, KnoxService.MOBILE_ENROLLMENT
State = ManagementRequest.State


def ask(world, *, by=None, msp=None, to=None, wanted=Access.NONE):
    by, msp, to = by or world.alice, msp or world.aurora, to or world.contoso
    with acting_as(by):
        return requests.ask(to.kcs_id, msp=msp, services=[KC, KME], access=wanted, by=by)


def approve(world, **more):
    ask(world, **more)
    return consents.approve(token("consent", "carl@contoso.example"), person="Carl Bauer", job_title="IT")


def subjects(to):
    return [mail.subject for mail in Email.objects.filter(to__contains=to).order_by("pk")]


def refusal(act):
    with pytest.raises(RuleBroken) as no:
        act()
    return str(no.value), no.value.status


# Look-up


def test_a_look_up_shows_name_city_and_country_and_nothing_else(world):
    with acting_as(world.alice):
        found = requests.look_up(world.contoso.kcs_id, msp=world.aurora, by=world.alice)

    assert found == requests.Found(world.contoso.kcs_id, "Contoso", "Berlin", "Germany")


def test_what_would_tell_about_others_has_one_sentence(world):
    with acting_as(world.bob):
        american = refusal(lambda: requests.look_up(world.contoso.kcs_id, msp=world.borealis, by=world.bob))
    with acting_as(world.alice):
        unknown = refusal(lambda: requests.look_up("4000000002", msp=world.aurora, by=world.alice))
        managed = refusal(lambda: requests.look_up(world.foreign.kcs_id, msp=world.aurora, by=world.alice))
    with acting_as(world.tom):
        unseen = refusal(lambda: requests.look_up(world.second.kcs_id, msp=world.aurora, by=world.tom))

    said = {text.replace(kcs, "ID") for (text, _), kcs in (
        (unknown, "4000000002"), (managed, world.foreign.kcs_id), (unseen, world.second.kcs_id),
    )}  # fmt: skip
    assert (len(said), {unknown[1], managed[1], unseen[1], american[1]}) == (1, {422})


def test_what_concerns_the_msp_itself_has_its_own_sentence(world):
    ask(world)

    def said(typed):
        with acting_as(world.alice):
            return refusal(lambda: requests.look_up(typed, msp=world.aurora, by=world.alice))[0]

    assert said("12345") == ("A KCS Customer ID has ten digits. 12345 has 5. Copy it from the customer's company page.")
    assert said(world.first.kcs_id) == "You already manage Fjordline Freight. Open it."
    assert said(world.aurora.public_id) == (
        f"{world.aurora.public_id} is an MSP ID. Here you need the KCS Customer ID of the customer. Ask the customer "
        "for it."
    )
    assert said(world.contoso.kcs_id).startswith("You asked Contoso on ")


def test_a_request_that_is_open_says_nothing_of_other_customers(world):
    ask(world)

    with acting_as(world.alice):
        said, _ = refusal(lambda: requests.look_up("4000000002", msp=world.aurora, by=world.alice))

    assert "Contoso" not in said


def test_the_customer_reads_that_it_was_looked_up_and_why_it_did_not_work(world):
    with acting_as(world.bob):
        refusal(lambda: requests.look_up(world.contoso.kcs_id, msp=world.borealis, by=world.bob))

    with acting_as(world.carl):
        seen = [event.sentence for event in Event.objects.of_customer(world.contoso.pk)]
    assert "looked this company up: The MSP is approved for North America, and your company is elsewhere." in seen


# Request


def test_a_request_mails_the_super_admin_and_changes_nothing(world):
    request = ask(world)

    with acting_as(world.alice):
        assert (request.state, Customer.objects.filter(pk=world.contoso.pk).exists()) == (State.OPEN, False)
    assert subjects("carl@contoso.example")[-1] == "Aurora asks to manage Knox for Contoso"


def test_one_request_of_an_msp_is_open_at_a_time(world):
    ask(world)

    said, status = refusal(lambda: ask(world))

    assert (said.startswith("You asked Contoso on "), status) == (True, 422)


def test_a_limited_technician_who_asks_sees_the_customer_after_the_approval(world):
    approve(world, by=world.tom)

    with acting_as(world.tom):
        assert set(Customer.objects.values_list("name", flat=True)) == {"Fjordline Freight", "Contoso"}


def test_a_limited_technician_sees_only_the_own_requests(world):
    ask(world)

    with acting_as(world.tom):
        tom = ManagementRequest.objects.count()
    with acting_as(world.vera):
        vera = ManagementRequest.objects.count()

    assert (tom, vera) == (0, 1)


# Links


def withdrawn(world, request):
    with acting_as(world.alice):
        requests.withdraw(request, by=world.alice)


def replaced(world, request):
    with acting_as(world.alice):
        requests.send_again(request, by=world.alice)


def suspended(world, request):
    with acting_as(world.sam), as_operator():
        msps.suspend(world.aurora, reason="Fraud", by=world.sam)


def refused(world, request):
    consents.refuse(token("consent", "carl@contoso.example"))


def another_approved(world, request):
    other, polaris = cast.company("p@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    ask(world, by=other, msp=polaris)
    consents.approve(token("consent", "carl@contoso.example"), person="Carl")


@pytest.mark.parametrize(
    ("happens", "said", "pressed_later"),
    [
        (refused, "Contoso already answered this request on ", 409),
        (replaced, "A newer email replaced this link on ", 410),
        (withdrawn, "Aurora took this request back on ", 410),
        (suspended, "This request is closed. Nothing changed at Contoso.", 410),
        (another_approved, "This request is closed. Contoso can have one MSP at a time.", 410),
    ],
)
def test_each_ended_link_says_so_in_its_own_words(world, happens, said, pressed_later):
    request = ask(world)
    link = token("consent", "carl@contoso.example")
    happens(world, request)

    text, status = refusal(lambda: consents.question(link))
    pressed = refusal(lambda: consents.approve(link, person="Carl"))

    assert (text.startswith(said), status, pressed[1]) == (True, 410, pressed_later)


def test_a_link_that_is_over_says_until_when_it_worked(world):
    request = ask(world)
    link = token("consent", "carl@contoso.example")

    with time_machine.travel(request.ends_at, tick=False):
        text, status = refusal(lambda: consents.question(link))
        pressed = refusal(lambda: consents.approve(link, person="Carl"))

    assert (text.startswith("This link ended on "), status, pressed[1]) == (True, 410, 410)


def test_a_forged_link_tells_nothing(world):
    ask(world)
    link = "~" + token("consent", "carl@contoso.example")[1:]  # a letter that no link has

    text, status = refusal(lambda: consents.question(link))

    assert (text, status) == (
        "This link does not work. Parts may be missing: open it from the email again, or copy the whole address.",
        404,
    )


def test_a_link_works_until_its_last_microsecond(world):
    request = ask(world)
    link = token("consent", "carl@contoso.example")

    with time_machine.travel(request.ends_at - timedelta(microseconds=1), tick=False):
        consents.question(link)
        assert consents.approve(link, person="Carl").number == 1


def test_looking_changes_nothing(world):
    ask(world)
    link = token("consent", "carl@contoso.example")

    for _ in range(10):
        consents.question(link)

    with as_operator():
        assert (ManagementRequest.objects.get().state, Management.objects.filter(customer=world.contoso).count()) == (
            State.OPEN,
            0,
        )


def test_only_the_hash_of_a_token_is_stored(world):
    ask(world)
    link = token("consent", "carl@contoso.example")

    with as_operator():
        assert link not in str(list(Link.objects.values()))


# Approval


def test_approval_moves_management_and_grants_and_closes_the_consoles(world):
    approve(world)

    with acting_as(world.carl):
        assert (access.rights(world.carl, world.contoso), Customer.objects.count()) == (set(), 0)
    with acting_as(world.vera):
        assert Customer.objects.get(pk=world.contoso.pk).access == Access.NONE
    with acting_as(world.alice):
        assert access.rights(world.alice, world.contoso) >= {access.VIEW, access.MANAGE}
        assert set(world.contoso.services.values_list("service", flat=True)) == {"KC", "KME"}


def test_with_full_access_the_customer_keeps_its_consoles(world):
    approve(world, wanted=Access.FULL)

    with acting_as(world.carl):
        assert access.rights(world.carl, world.contoso) >= {access.VIEW, access.MANAGE}


def test_both_sides_are_mailed_and_the_msp_reads_no_name_of_the_customers_side(world):
    approve(world)

    to_alice = Email.objects.filter(to__contains="alice@aurora.example", subject__contains="Contoso")
    assert subjects("carl@contoso.example")[-1] == "Receipt: Aurora manages Knox for Contoso"
    assert [mail.subject for mail in to_alice.order_by("pk")] == [
        "Receipt: Aurora manages Knox for Contoso",
        "Contoso approved your request",
    ]
    assert not any("Carl Bauer" in mail.message + mail.html_message for mail in to_alice)
    assert not any("/end/" in mail.message for mail in to_alice)


def test_two_may_ask_and_the_first_approval_wins(world):
    other, polaris = cast.company("p@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    ask(world, by=other, msp=polaris)

    approve(world)

    with acting_as(other):
        assert ManagementRequest.objects.get().state == State.CLOSED
    letter = Email.objects.filter(to__contains="p@polaris.example").latest("pk")
    assert (letter.subject, "Aurora" in letter.message) == ("Your request to Contoso is closed", False)


def test_the_timeline_shows_the_other_side_as_the_company_only(world):
    approve(world)

    with acting_as(world.alice):
        event = Event.objects.of_customer(world.contoso.pk).get(verb="request.approved")

    assert (event.actor_name, event.actor_id, event.side) == ("Contoso", None, "customer")


# Receipts


def test_the_receipt_holds_what_the_page_showed(world):
    ask(world)
    link = token("consent", "carl@contoso.example")
    shown = consents.question(link).blocks

    receipt = consents.approve(link, person="Carl Bauer", job_title="IT")

    assert (receipt.text, receipt.person, receipt.services, receipt.access) == (
        consent_text.plain(shown),
        "Carl Bauer",
        ["KC", "KME"],
        Access.NONE,
    )


def test_receipts_follow_one_another_and_a_changed_byte_is_found(world):
    first = approve(world)
    with as_operator():
        assert list(receipts.faults()) == []
        first.text = first.text.replace("Aurora", "Aurore", 1)

        assert first.fingerprint != receipts.fingerprint(first)


def test_a_receipt_can_be_neither_changed_nor_removed(world):
    approve(world)

    for act in (lambda: Receipt.objects.update(person="X"), lambda: Receipt.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic(), as_operator():
            act()


@pytest.mark.parametrize(
    ("devices", "people", "licenses", "said"),
    [
        (0, 1, 2, "Today: no devices, 1 administrator, 2 licenses."),
        (1, 0, 1, "Today: 1 device, no administrators, 1 license."),
        (2000, 2, 0, "Today: 2,000 devices, 2 administrators, no licenses."),
    ],
)
def test_the_text_counts_in_words_that_fit(devices, people, licenses, said):
    counts = consent_text.Counts(administrators=people, devices=devices, licenses=licenses)

    assert f"Today: {counts.listed}." == said


def test_the_verified_devices_are_counted_and_kept(world):
    device_rows.fill(world)  # Contoso has a phone; the others wait, or are another customer's

    receipt = approve(world)

    assert (receipt.counts, receipt.text_version) == (
        {"administrators": 1, "devices": 1, "licenses": 0},
        consent_text.VERSION,
    )
    assert "Today: 1 device, 1 administrator, no licenses." in receipt.text


def test_a_receipt_of_before_devices_were_counted_still_fits(world):
    """The fingerprint is over what is stored, whatever the counts were then."""
    kept = approve(world)
    other, polaris = cast.company("p@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    with as_operator():
        asked = ManagementRequest.objects.create(
            customer=world.second, msp=polaris, kcs_id=world.second.kcs_id, services=[KC], asked_by=other,
            ends_at=timezone.now(),
        )  # fmt: skip
        stored = {field.attname: getattr(kept, field.attname) for field in Receipt._meta.concrete_fields}
        older = {"counts": {"administrators": 1}, "text_version": "2026-11", "text": "Today: 1 administrator."}
        links = {"number": 2, "request_id": asked.pk, "fingerprint_before": kept.fingerprint}
        receipt = Receipt(**stored | older | links)
        receipt.fingerprint = receipts.fingerprint(receipt)
        receipt.save(force_insert=True)

        assert list(receipts.faults()) == []


# The Knox Deployment App (FAQ Q16)


def test_the_app_of_a_customer_closes_with_its_consent(world):
    with acting_as(world.carl):
        code = deployment_app.make(world.contoso, by=world.carl).code
    device = deployment_app.enroll(code, typed="352143001234501")

    approve(world)

    said = refusal(lambda: deployment_app.enroll(code, typed="352143001234519"))
    assert said[0].startswith("The Knox Deployment App is for direct customers only. Contoso has an MSP.")
    with acting_as(world.alice):
        assert device.customer.devices.count() == 1
    with as_operator():
        assert EnrollmentCode.objects.get(customer=world.contoso).closed_at is not None


# Refusal


def test_a_refusal_changes_nothing_and_may_be_asked_again_after_a_while(world):
    ask(world)
    consents.refuse(token("consent", "carl@contoso.example"), note="Not this year")

    said, status = refusal(lambda: ask(world))
    with time_machine.travel(timezone.now() + timedelta(days=14, seconds=1)):
        again = ask(world)

    letter = Email.objects.filter(to__contains="alice@aurora.example", subject="Contoso refused your request").get()
    assert (status, said.startswith("Contoso refused your request on "), again.state) == (429, True, State.OPEN)
    assert "Not this year" in letter.message


# Access


def test_full_access_opens_the_consoles_again_one_way(world):
    approve(world)
    with acting_as(world.alice):
        management = Management.objects.select_related("customer", "msp").get(customer=world.contoso)
        wrong = refusal(lambda: access_changes.give_full(management, typed="contoso", by=world.alice))
        access_changes.give_full(management, typed="Contoso", by=world.alice)
        again = refusal(lambda: access_changes.give_full(management, typed="Contoso", by=world.alice))

    with acting_as(world.carl):
        assert access.rights(world.carl, world.contoso) >= {access.VIEW, access.MANAGE}
    assert (wrong[1], again[1]) == (422, 409)
    assert subjects("carl@contoso.example")[-1] == "Contoso has Full access now"


def test_a_customer_without_people_gets_a_link_to_an_account(world):
    with acting_as(world.alice):
        management = Management.objects.select_related("customer", "msp").get(customer=world.first)
        access_changes.give_full(management, typed="Fjordline Freight", by=world.alice)

    assert "/join/" in Email.objects.filter(to__contains="contact@fjordlinefreight.example").latest("pk").message


# Delink


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


def test_a_refused_delink_leaves_the_customer_active(world):
    delinked(world, world.first)

    endings.refuse(token("delink", "contact@fjordlinefreight.example"))

    with acting_as(world.alice):
        assert Management.objects.get(customer=world.first).state == "active"
    assert "Fjordline Freight refused the delink" in subjects("alice@aurora.example")


# Ending without an account


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


def test_an_ending_can_be_taken_back_within_the_day(world):
    approve(world)
    management = endings.start(endings.by_end_link(token("end", "carl@contoso.example")), by=None)
    at = management.ending_at

    endings.keep(management, by=None)

    with time_machine.travel(at):
        assert endings.end_due() == 0


# The clock


def test_requests_are_reminded_once_and_expire(world):
    request = ask(world)
    with time_machine.travel(request.ends_at - timedelta(days=1)):
        requests.remind_due()
        requests.remind_due()
    with time_machine.travel(request.ends_at):
        expired = (requests.expire_due(), requests.expire_due())

    assert expired == (1, 0)
    assert subjects("carl@contoso.example").count("Still open: Aurora asks to manage Knox for Contoso") == 1
    assert subjects("alice@aurora.example")[-1] == "No answer from Contoso"
