"""A reseller and a customer's side at the same moment, in threads on PostgreSQL, several rounds each."""

from functools import partial

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator, as_reseller
from devices import approvals, reseller_deletions, resellers
from devices.models import Approval, Device, ResellerCustomer
from rules.errors import RuleBroken
from tests.devices.sending import from_reseller, imeis
from tests.races.committed import at_once, by
from tests.world import World, build

pytestmark = pytest.mark.usefixtures("committed", "_quick_passwords")
ROUNDS = range(4)
State = ResellerCustomer.State


@pytest.fixture
def made(committed: None) -> World:
    return build()


def in_role(verb, *args, **fields):
    """As a page of the Reseller Portal asks."""
    with as_reseller():
        return verb(*args, **fields)


def relation(world):
    with as_operator():
        return ResellerCustomer.objects.get(customer=world.first, reseller=world.reseller)


def clear(world):
    with as_operator():
        Device.objects.all().delete()
        ResellerCustomer.objects.all().delete()


def adds(world):
    return by(world.rita, in_role, resellers.add_customer, world.reseller, world.first.kcs_id, by=world.rita)


def registers(world):
    return by(world.alice, resellers.register, world.first, world.reseller.public_id, msp=world.aurora, by=world.alice)


def test_a_reseller_adds_and_the_msp_registers_at_once(made):
    for _ in ROUNDS:
        answers = at_once(adds(made), registers(made))

        assert relation(made).state == State.ACTIVE
        assert [one.status for one in answers if isinstance(one, RuleBroken)] in ([], [409])
        clear(made)


def test_two_people_register_at_once_and_one_reads_that_it_is_so(made):
    for _ in ROUNDS:
        answers = at_once(registers(made), registers(made))

        assert [str(one) for one in answers if isinstance(one, RuleBroken)] == [
            "Fjordline Freight already has the reseller Resell. Nothing changed."
        ]
        clear(made)


def test_register_and_remove_at_once_end_in_one_of_the_two(made):
    for _ in ROUNDS:
        at_once(adds(made))
        row = relation(made)
        removes = by(made.alice, resellers.remove, row, msp=made.aurora, by=made.alice)

        answers = at_once(registers(made), removes)

        assert [one for one in answers if isinstance(one, RuleBroken)] == []
        assert relation(made).state in (State.ACTIVE, State.INACTIVE)
        clear(made)


def test_auto_approve_and_remove_at_once_leave_no_stranger_approved(made):
    for _ in ROUNDS:
        at_once(registers(made))
        row = relation(made)
        switches_on = by(made.alice, resellers.approve_by_itself, row, to=True, msp=made.aurora, by=made.alice)
        removes = by(made.alice, resellers.remove, row, msp=made.aurora, by=made.alice)

        at_once(switches_on, removes)

        assert (relation(made).state, relation(made).auto_approve) == (State.INACTIVE, False)
        clear(made)


def test_deleting_while_approving_leaves_nothing_half_done(made):
    for _ in ROUNDS:
        at_once(adds(made))
        upload = from_reseller(made, imeis(40), target=made.first)
        with as_operator():
            approval = Approval.objects.select_related("customer").get(upload=upload)
        chosen = partial(reseller_deletions.of_upload, upload, reseller=made.reseller)
        deletes = by(made.rita, _deletes, made, chosen)

        answers = at_once(deletes, by(made.alice, _approves, made, approval))

        with as_operator():
            left = Device.objects.count()
            decided = Approval.objects.get(pk=approval.pk)
        refused = [one for one in answers if isinstance(one, RuleBroken)]
        # Approved first: deleted all the same. Deleted first: nothing is left to approve.
        assert (left, decided.state, len(refused)) in ((0, "approved", 0), (0, "rejected", 1))
        clear(made)


def _deletes(world, chosen):
    with as_reseller():
        return reseller_deletions.delete(chosen(), reseller=world.reseller, typed="40", by=world.rita)


def _approves(world, approval):
    with acting_as(world.alice), transaction.atomic():
        return approvals.approve(approval, by=world.alice)
