"""Links of a request, the customer's answer, and the access that it leaves or gets (FAQ Q5, Q7)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import deployment_app
from devices.models import EnrollmentCode
from onboarding import access_changes, consent_text, consents, contacts, customers, endings, requests
from onboarding.models import Link, ManagementRequest
from tenants import access, msps
from tenants.models import Access, Customer, KnoxService, Management, Msp
from tests import world as cast
from tests.mail.letters import newest_token as token
from tests.onboarding.asking import KC, State, approve, ask, refusal, subjects


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


def test_the_customer_reads_which_services_the_msp_manages_besides_those_it_asked_for(world):
    with as_operator():
        for one in (KnoxService.EFOTA, KnoxService.GUARD):
            world.contoso.services.create(service=one)
        Msp.objects.filter(pk=world.aurora.pk).update(knox_guard=False)
    ask(world)
    link = token("consent", "carl@contoso.example")

    text = consent_text.plain(consents.question(link).blocks)
    receipt = consents.approve(link, person="Carl Bauer")

    assert "Services: Knox Configure and Knox Mobile Enrollment.\nAurora also manages what you use already:" in text
    assert ("already: Knox E-FOTA.\n" in text, text == receipt.text) == (True, True)  # not Knox Guard
    assert receipt.service_names == ["Knox Configure", "Knox Mobile Enrollment", "Knox E-FOTA"]
    receipts = Email.objects.filter(subject__startswith="Receipt: Aurora")
    assert len(receipts) == 2
    assert all("manages Knox Configure, Knox Mobile Enrollment, Knox E-FOTA." in one.message for one in receipts)


def test_two_may_ask_and_the_first_approval_wins(world):
    other, polaris = cast.company("p@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    ask(world, by=other, msp=polaris)

    approve(world)

    with acting_as(other):
        assert ManagementRequest.objects.get().state == State.CLOSED
    letter = Email.objects.filter(to__contains="p@polaris.example").latest("pk")
    assert (letter.subject, "Aurora" in letter.message) == ("Your request to Contoso is closed", False)


def test_an_approval_closes_no_request_to_another_customer(world):
    _, kestrel = cast.direct_customer(world.sam, "Kestrel", "kim@kestrel.example")
    asked = ask(world, to=kestrel)

    approve(world)

    with acting_as(world.alice):
        assert ManagementRequest.objects.get(pk=asked.pk).state == State.OPEN


def test_the_timeline_shows_the_other_side_as_the_company_only(world):
    approve(world)

    with acting_as(world.alice):
        event = Event.objects.of_customer(world.contoso.pk).get(verb="request.approved")

    assert (event.actor_name, event.actor_id, event.side) == ("Contoso", None, "customer")


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


def test_a_refusal_changes_nothing_and_may_be_asked_again_after_a_while(world):
    ask(world)
    consents.refuse(token("consent", "carl@contoso.example"), note="Not this year")

    said, status = refusal(lambda: ask(world))
    with time_machine.travel(timezone.now() + timedelta(days=14, seconds=1)):
        again = ask(world)

    letter = Email.objects.filter(to__contains="alice@aurora.example", subject="Contoso refused your request").get()
    assert (status, said.startswith("Contoso refused your request on "), again.state) == (429, True, State.OPEN)
    assert "Not this year" in letter.message


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


def test_a_name_is_typed_as_a_page_shows_it(world):
    """Browsers show spaces that follow each other as one."""
    with acting_as(world.alice):
        Customer.objects.filter(pk=world.first.pk).update(name="Fjordline  Freight")
        management = Management.objects.select_related("customer", "msp").get(customer=world.first)
        customer = access_changes.give_full(management, typed="Fjordline Freight", by=world.alice)

    assert customer.access == Access.FULL


def test_a_customer_without_people_gets_a_link_to_an_account(world):
    with acting_as(world.alice):
        management = Management.objects.select_related("customer", "msp").get(customer=world.first)
        access_changes.give_full(management, typed="Fjordline Freight", by=world.alice)

    assert "/join/" in Email.objects.filter(to__contains="contact@fjordlinefreight.example").latest("pk").message


def test_letters_to_who_may_have_no_account_name_utc_beside_the_zone_of_the_country(world):
    approve(world)

    request, receipt = Email.objects.filter(to__contains="carl@contoso.example").order_by("pk")[:2]

    for mail in (request, receipt):
        assert re.search(
            r"\d{1,2} \w{3} \d{4}, \d\d:\d\d CES?T \((\d{1,2} \w{3} \d{4}, )?\d\d:\d\d UTC\)", mail.message
        )


def _gone_to_aurora(world):
    """A company of which nobody has joined, managed with No access."""
    with acting_as(world.sam), as_operator():
        company = customers.register(
            by=world.sam, services=[KC], name="Kestrel", contact_email="karin@kestrel.example", **cast.CUSTOMER_FIELDS
        )
    ask(world, to=company)
    consents.approve(token("consent", "karin@kestrel.example"), person="Karin Blom")
    with as_operator():
        return Management.objects.select_related("customer", "msp").get(customer=company)


def _opens_for_karin(customer):
    """Who joins by the newest invitation reads the company."""
    karin = contacts.join(token("join", "karin@kestrel.example"), password="a long secret")
    with acting_as(karin):
        return access.rights(karin, customer) == {*access.WORK, "manage_own_people"}


def test_full_access_opens_a_company_of_which_nobody_had_joined_before(world):
    management = _gone_to_aurora(world)

    with acting_as(world.alice):
        access_changes.give_full(management, typed="Kestrel", by=world.alice)

    assert _opens_for_karin(management.customer)


def test_the_end_of_management_opens_a_company_of_which_nobody_had_joined_before(world):
    management = _gone_to_aurora(world)
    with acting_as(world.alice):
        endings.ask(management, by=world.alice)

    endings.approve(token("delink", "karin@kestrel.example"))

    assert _opens_for_karin(management.customer)


def test_who_is_closed_out_reads_which_msp_manages_now(world):
    approve(world)
    with as_operator():
        endings.end(Management.objects.select_related("customer", "msp").get(customer=world.contoso))
    approve(world)

    assert access_changes.closed_sentence(world.contoso.pk).startswith("Aurora manages Knox for Contoso")
