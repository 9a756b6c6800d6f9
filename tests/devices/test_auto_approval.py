"""A reseller that a customer's side auto-approves needs no click, for that customer alone (FAQ Q6)."""

from post_office.models import Email

from accounts.acting import as_operator
from devices import approvals, resellers
from devices.models import Approval, ResellerCustomer
from tests.devices.deciding import APPROVED, PENDING, deciding, from_another, seen, waiting
from tests.mail.letters import letters


def auto_approve(world):
    deciding(world.alice, approvals.approve, waiting(world))
    with as_operator():
        relation = ResellerCustomer.objects.get(customer=world.first)
    deciding(world.alice, resellers.approve_by_itself, relation, to=True, msp=world.aurora)


def test_an_auto_approved_reseller_needs_no_click(world):
    auto_approve(world)
    Email.objects.all().delete()

    approval = waiting(world, first=10)

    assert seen(approval)[:2] == (APPROVED, ["verified"] * 3)
    with as_operator():
        assert Approval.objects.get(pk=approval.pk).decided_by is None
    assert [one.subject for one in letters("alice@aurora.example")] == []


def test_a_reseller_that_is_auto_approved_no_more_waits_again(world):
    auto_approve(world)
    with as_operator():
        relation = ResellerCustomer.objects.get(customer=world.first)
    deciding(world.alice, resellers.approve_by_itself, relation, to=False, msp=world.aurora)

    approval = waiting(world, first=10)

    assert seen(approval)[:2] == (PENDING, ["pending"] * 3)


def test_auto_approve_is_for_one_reseller_at_one_customer(world):
    auto_approve(world)

    elsewhere = waiting(world, customer=world.second, first=10)
    of_another = from_another(world, world.first, first=20)

    assert (seen(elsewhere)[0], seen(of_another)[0]) == (PENDING, PENDING)


def test_nothing_is_approved_by_itself_without_the_wish(world):
    approval = waiting(world)

    assert approvals.approve_by_itself(approval) is False
    assert seen(approval)[0] == PENDING
