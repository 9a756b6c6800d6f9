"""A customer answers while others act: raced in threads on PostgreSQL. One wins, the rest read why."""

from threading import Event
from typing import Any

import pytest
import time_machine
from django.db import transaction
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from devices import deployment_app
from devices.models import Device
from onboarding import consents, customers, endings, receipts, requests, wishes
from onboarding.models import Delink, Link, ManagementRequest, Receipt
from rules.errors import RuleBroken
from tenants.models import Access, Customer, KnoxService, Management
from tests import world as cast
from tests.mail.letters import newest_token as token
from tests.races.committed import at_once, by, until_somebody_waits
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")
CARL = "carl@contoso.example"
THREADS = 20


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def asked(world: World) -> ManagementRequest:
    with acting_as(world.alice):
        return requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
        )


def approving(link: str) -> Any:
    return lambda: consents.approve(link, person="Carl")


def state() -> tuple[list[str], int, int]:
    with as_operator():
        return (
            sorted(ManagementRequest.objects.values_list("state", flat=True)),
            Management.objects.filter(customer__name="Contoso", ended_at=None).count(),
            Receipt.objects.count(),
        )


def test_twenty_phones_approve_and_one_counts(world):
    asked(world)

    got = at_once(*[approving(token("consent", CARL))] * THREADS)

    refused = [no for no in got if isinstance(no, RuleBroken)]
    assert (len(refused), {no.status for no in refused} <= {409, 410}, state()) == (
        THREADS - 1,
        True,
        (["approved"], 1, 1),
    )
    assert Email.objects.filter(to__contains=CARL, subject__startswith="Receipt").count() == 1


def test_approve_and_refuse_at_once(world):
    asked(world)
    link = token("consent", CARL)

    got = at_once(*[approving(link), lambda: consents.refuse(link)] * (THREADS // 2))

    assert sum(isinstance(one, RuleBroken) for one in got) == THREADS - 1
    assert state() in ((["approved"], 1, 1), (["refused"], 0, 0))


def test_approve_and_withdraw_at_the_same_instant(world):
    request = asked(world)
    link = token("consent", CARL)

    got = at_once(*[approving(link), by(world.alice, requests.withdraw, request, by=world.alice)] * (THREADS // 2))

    assert sum(isinstance(one, RuleBroken) for one in got) == THREADS - 1
    assert state() in ((["approved"], 1, 1), (["withdrawn"], 0, 0))


def test_send_again_while_approving(world):
    request = asked(world)
    link = token("consent", CARL)

    got = at_once(approving(link), *[by(world.alice, requests.send_again, request, by=world.alice)] * 5)

    approved = not isinstance(got[0], RuleBroken)
    with as_operator():
        living = Link.objects.filter(purpose="consent", voided_at=None).count()
    assert (state(), living) == ((["approved"], 1, 1) if approved else (["open"], 0, 0), 1)


def test_two_msps_are_approved_at_once_and_one_gets_the_customer(world):
    other, polaris = cast.company("p@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    asked(world)
    first = token("consent", CARL)
    with acting_as(other):
        requests.ask(world.contoso.kcs_id, msp=polaris, services=[KnoxService.CONFIGURE], access=Access.NONE, by=other)
    second = token("consent", CARL)

    got = at_once(*[approving(first), approving(second)] * (THREADS // 2))

    assert sum(isinstance(one, RuleBroken) for one in got) == THREADS - 1
    assert state() == (["approved", "closed"], 1, 1)


def test_twenty_requests_of_one_msp_leave_one_open(world):
    ask = by(
        world.alice,
        requests.ask,
        world.contoso.kcs_id,
        msp=world.aurora,
        services=[KnoxService.CONFIGURE],
        access=Access.NONE,
        by=world.alice,
    )

    got = at_once(*[ask] * THREADS)

    assert (sum(isinstance(one, RuleBroken) for one in got), state()) == (THREADS - 1, (["open"], 0, 0))


def test_receipts_written_at_once_form_one_chain(world):
    links = []
    for number in range(6):
        with acting_as(world.sam), as_operator():
            made = cast.customers.register(
                by=world.sam,
                services=[KnoxService.CONFIGURE],
                name=f"Company {number}",
                contact_email=f"boss{number}@company.example",
                **cast.CUSTOMER_FIELDS,
            )
        with acting_as(world.alice):
            requests.ask(
                made.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
            )
        links.append(token("consent", f"boss{number}@company.example"))

    at_once(*[approving(link) for link in links])

    with as_operator():
        numbers = list(Receipt.objects.order_by("number").values_list("number", flat=True))
        assert (numbers, list(receipts.faults())) == ([1, 2, 3, 4, 5, 6], [])


def test_a_delink_is_approved_and_taken_back_at_once(world):
    with acting_as(world.alice), transaction.atomic():
        management = Management.objects.select_related("customer", "msp").get(customer=world.first)
        endings.ask(management, by=world.alice)
    link = token("delink", "contact@fjordlinefreight.example")

    got = at_once(*[lambda: endings.approve(link), by(world.alice, endings.take_back, management, by=world.alice)] * 10)

    with as_operator():
        ended = Management.objects.get(customer=world.first).state
    with acting_as(world.alice), transaction.atomic():
        seen = Customer.objects.filter(pk=world.first.pk).count()
    assert sum(isinstance(one, RuleBroken) for one in got) == THREADS - 1
    assert (ended, seen) in (("ended", 0), ("active", 1))


def test_phones_that_enroll_while_the_customer_approves_come_in_before_or_not_at_all(world):
    """FAQ Q16: also where it got its MSP a second ago."""
    with acting_as(world.carl):
        code = deployment_app.make(world.contoso, by=world.carl).code
    asked(world)
    phones = [f"3521430012345{last}" for last in ("01", "19", "27", "35", "43", "50")]

    got = at_once(
        approving(token("consent", CARL)),
        *[lambda imei=imei: deployment_app.enroll(code, typed=imei) for imei in phones],
    )

    refused = [str(no) for no in got if isinstance(no, RuleBroken)]
    with as_operator():
        receipt, devices = Receipt.objects.get(), Device.objects.filter(customer=world.contoso)
        assert devices.count() == len(phones) - len(refused) == receipt.counts["devices"]
    assert all(said.startswith("The Knox Deployment App is for direct customers only.") for said in refused)


@pytest.fixture
def wished(world: World) -> Any:
    """The management of Contoso, managed by Aurora with Full access, whose own Carl asks for its end."""
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.FULL, by=world.alice
        )
    consents.approve(token("consent", CARL), person="Carl")
    with as_operator():
        return Management.objects.select_related("customer", "msp").get(customer=world.contoso)


def relation(world: World) -> tuple[str, list[str], int]:
    with as_operator():
        state = Management.objects.get(customer=world.contoso).state
        delinks = sorted(Delink.objects.filter(customer=world.contoso).values_list("state", flat=True))
    with acting_as(world.alice), transaction.atomic():
        return state, delinks, Customer.objects.filter(pk=world.contoso.pk).count()


def test_a_customers_wish_is_approved_and_taken_back_at_once(world, wished):
    with acting_as(world.carl):
        wishes.ask(wished, by=world.carl)
    approve = by(world.alice, wishes.approve, wished, by=world.alice)
    take_back = by(world.carl, wishes.take_back, wished, by=world.carl)

    got = at_once(*[approve, take_back] * (THREADS // 2))

    refused = [no for no in got if isinstance(no, RuleBroken)]
    assert (len(refused), {no.status for no in refused}) == (THREADS - 1, {409})
    assert relation(world) in (("ended", ["approved"], 0), ("active", ["withdrawn"], 1))


def test_a_customers_wish_is_approved_and_rejected_at_once_by_two_colleagues(world, wished):
    with acting_as(world.carl):
        wishes.ask(wished, by=world.carl)
    approve = by(world.alice, wishes.approve, wished, by=world.alice)
    reject = by(world.mira, wishes.reject, wished, reason="No.", by=world.mira)

    got = at_once(*[approve, reject] * (THREADS // 2))

    assert sum(isinstance(one, RuleBroken) for one in got) == THREADS - 1
    assert relation(world) in (("ended", ["approved"], 0), ("active", ["rejected"], 1))


def test_both_sides_ask_at_once_and_one_question_is_open(world, wished):
    theirs = by(world.carl, wishes.ask, wished, by=world.carl)
    ours = by(world.alice, endings.ask, wished, by=world.alice)

    got = at_once(*[theirs, ours] * (THREADS // 2))

    assert sum(isinstance(one, RuleBroken) for one in got) == THREADS - 1
    assert relation(world) in (("delink_wanted", ["open"], 1), ("delink_requested", ["open"], 1))


def test_what_the_msp_saves_while_the_clock_ends_its_management_stays(world, wished):
    with acting_as(world.carl):
        ending = endings.start(wished, by=world.carl)
    has_customer = Event()

    def moves() -> None:
        with acting_as(world.alice), transaction.atomic():
            seen = Customer.objects.select_for_update().get(pk=world.contoso.pk).modified_at
            has_customer.set()
            until_somebody_waits()
            customers.change(world.contoso, msp=world.aurora, by=world.alice, seen=seen, city="Hamburg")

    with time_machine.travel(ending.ending_at):
        _, ended = at_once(moves, lambda: has_customer.wait(30) and endings.end_due())

    with as_operator():
        assert (ended, Customer.objects.get(pk=world.contoso.pk).city) == (1, "Hamburg")
