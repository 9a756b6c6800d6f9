"""The way from a look-up to a request that waits for an answer (FAQ Q5)."""

from datetime import timedelta

import time_machine
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from onboarding import consents, requests, tasks
from onboarding.models import ManagementRequest
from tenants import administrators, msps
from tenants.models import Customer, Membership
from tests.mail.letters import newest_token as token
from tests.onboarding.asking import State, approve, ask, refusal, subjects


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
    assert said("40000O0002") == (
        "A KCS Customer ID has ten digits and no other signs. Compare 40000O0002 with the customer's company page."
    )
    assert said(world.first.kcs_id) == "You already manage Fjordline Freight. Open it."
    assert said(world.aurora.public_id) == (
        f"{world.aurora.public_id} is an MSP ID. Here you need the KCS Customer ID of the customer. Ask the customer "
        "for it."
    )
    assert said(world.contoso.kcs_id).startswith("You asked Contoso on ")


def test_who_works_for_two_msps_reads_nothing_of_the_other_ones_customers(world):
    with acting_as(world.mira):
        said, status = refusal(lambda: requests.look_up(world.foreign.kcs_id, msp=world.aurora, by=world.mira))
        unknown, _ = refusal(lambda: requests.look_up("4000000002", msp=world.aurora, by=world.mira))

    assert (said.replace(world.foreign.kcs_id, "4000000002"), status) == (unknown, 422)


def test_a_request_is_withdrawn_where_it_was_made(world, client):
    asked = ask(world)
    with as_operator():
        ManagementRequest.objects.filter(pk=asked.pk).update(msp=world.borealis)
    client.force_login(world.mira)
    client.post(reverse("launch", args=["msp", world.aurora.pk]))

    answers = [client.post(reverse(act, args=[asked.pk])).status_code for act in ("request-again", "request-withdraw")]

    assert answers == [404, 404]


def test_what_is_no_id_is_not_asked(world):
    with acting_as(world.alice):
        said, _ = refusal(lambda: requests.ask("12345", msp=world.aurora, services=[], access="none", by=world.alice))

    assert said == "A KCS Customer ID has ten digits. 12345 has 5. Copy it from the customer's company page."


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


def test_of_a_request_that_was_withdrawn_nobody_is_reminded(world):
    request = ask(world)
    with acting_as(world.alice):
        requests.withdraw(request, by=world.alice)

    with time_machine.travel(request.ends_at - timedelta(days=1)):
        requests.remind_due()

    assert "Still open: Aurora asks to manage Knox for Contoso" not in subjects("carl@contoso.example")


def test_a_request_that_ended_while_no_worker_ran_is_not_called_open(world):
    request = ask(world)

    with time_machine.travel(request.ends_at):
        tasks.watch_requests()

    assert subjects("carl@contoso.example") == ["Aurora asks to manage Knox for Contoso"]
    assert subjects("alice@aurora.example") == ["No answer from Contoso"]


def test_the_request_of_a_suspended_msp_is_not_called_open(world):
    request = ask(world)
    with acting_as(world.sam), as_operator():
        msps.suspend(world.aurora, reason="Fraud", by=world.sam)

    with time_machine.travel(request.ends_at - timedelta(days=1)):
        tasks.watch_requests()

    assert subjects("carl@contoso.example") == ["Aurora asks to manage Knox for Contoso"]


def test_the_answer_is_not_for_a_technician_who_was_blocked_meanwhile(world):
    ask(world, by=world.tom)
    with acting_as(world.alice):
        administrators.block(Membership.objects.get(user=world.tom), by=world.alice)

    consents.approve(token("consent", "carl@contoso.example"), person="Carl Bauer")

    assert subjects("tom@people.example") == ["Your rights at Aurora changed"]
    assert "Contoso approved your request" in subjects("alice@aurora.example")
