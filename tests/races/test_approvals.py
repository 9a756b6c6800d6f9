"""An upload is decided while others act on it: raced in threads on PostgreSQL. One wins, the rest read why."""

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator, as_reseller
from devices import approvals, reseller_deletions
from devices.models import Approval, Device
from onboarding import endings
from rules.errors import RuleBroken
from tenants.models import Management
from tests import world as cast
from tests.devices.sending import imeis, waiting
from tests.mail.letters import letters, newest_token
from tests.races.committed import at_once, by
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed", "_quick_passwords")
ROUNDS = range(4)
DEVICES = 30


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def sent(world, number):
    return waiting(world, imeis(DEVICES, first=number * 100), customer=world.first, name=f"{number}.csv")


def state(approval):
    """How it was decided, and the states of its devices."""
    with as_operator():
        found = Approval.objects.get(pk=approval.pk)
        return found.state, set(Device.objects.filter(approval=approval).values_list("state", flat=True))


def refusals(answers):
    return [one for one in answers if isinstance(one, RuleBroken)]


def decisions(world):
    mails = letters("rita@resell.example")
    return [mail.subject for mail in mails if mail.subject.startswith(world.first.kcs_id)]


def test_of_two_who_approve_at_once_one_reads_who_was_first(world):
    for number in ROUNDS:
        approval = sent(world, number)

        answers = at_once(
            *(by(one, approvals.approve, approval, by=one) for one in (world.alice, world.mira, world.tom))
        )

        assert state(approval) == ("approved", {"verified"})
        assert sorted(map(str, map(type, answers))) == sorted(map(str, [int, RuleBroken, RuleBroken]))
        assert {no.status for no in refusals(answers)} == {409}
        assert all(f"already approved upload {approval.upload_id}" in str(no) for no in refusals(answers))
    assert len(decisions(world)) == len(ROUNDS)


def test_approve_and_reject_at_once_end_in_one_of_both(world):
    for number in ROUNDS:
        approval = sent(world, number)

        answers = at_once(
            by(world.alice, approvals.approve, approval, by=world.alice),
            by(world.mira, approvals.reject, approval, by=world.mira, reason="Not ordered."),
        )

        assert len(refusals(answers)) == 1
        assert state(approval) in (("approved", {"verified"}), ("rejected", set()))
    assert len(decisions(world)) == len(ROUNDS)


def test_two_who_approve_halves_at_once_approve_the_whole(world):
    for number in ROUNDS:
        approval = sent(world, number)
        with as_operator():
            ids = list(Device.objects.filter(approval=approval).values_list("pk", flat=True))
        half = DEVICES // 2

        answers = at_once(
            by(world.alice, approvals.approve_some, approval, ids[:half], by=world.alice),
            by(world.mira, approvals.approve_some, approval, ids[half:], by=world.mira),
        )

        assert (answers, state(approval)) == ([half, half], ("approved", {"verified"}))
    assert len(decisions(world)) == len(ROUNDS)


def delete(world, approval):
    """The reseller takes the whole upload back."""
    with as_reseller():
        devices = reseller_deletions.own(world.reseller).filter(approval=approval)
        return reseller_deletions.delete(devices, reseller=world.reseller, typed=str(DEVICES), by=world.rita)


def test_approve_while_the_reseller_deletes(world):
    for number in ROUNDS:
        approval = sent(world, number)

        approved, deleted = at_once(
            by(world.alice, approvals.approve, approval, by=world.alice), by(world.rita, delete, world, approval)
        )

        assert deleted == DEVICES
        # Approved first and deleted then, or the other way round; devices are gone in both.
        wanted = "approved" if approved == DEVICES else "rejected"
        assert (state(approval), isinstance(approved, RuleBroken)) == ((wanted, set()), wanted == "rejected")


def test_approve_while_the_customer_leaves(world):
    approval = sent(world, 1)
    with acting_as(world.alice), transaction.atomic():
        management = Management.objects.select_related("customer", "msp").get(customer=world.first)
        endings.ask(management, by=world.alice)
    link = newest_token("delink", "contact@fjordlinefreight.example")

    approved, left = at_once(
        by(world.alice, approvals.approve, approval, by=world.alice), lambda: endings.approve(link)
    )

    assert not isinstance(left, RuleBroken)
    wanted = ("approved", {"verified"}) if approved == DEVICES else ("pending", {"pending"})
    assert state(approval) == wanted
    assert approved == DEVICES or approved.status == 404
