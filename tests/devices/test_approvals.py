"""Uploads of resellers wait until the customer's side decides (FAQ Q6; knox.md 4.5)."""

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator
from audit.models import Side
from devices import approvals, resellers
from devices.models import Approval, ResellerCustomer
from tenants.times import written
from tests import world as cast
from tests.devices.deciding import (
    APPROVED,
    PENDING,
    REJECTED,
    deciding,
    from_another,
    ids,
    own_people,
    refusal,
    seen,
    waiting,
)
from tests.mail.letters import letters, said

pytestmark = pytest.mark.usefixtures("read_mail")


def test_what_a_reseller_sends_waits(world):
    approval = waiting(world)

    assert seen(approval) == (PENDING, ["pending"] * 3, "pending")


def test_approve_verifies_every_device_and_makes_the_reseller_known(world):
    approval = waiting(world)

    count = deciding(world.alice, approvals.approve, approval)

    assert (count, *seen(approval)) == (3, APPROVED, ["verified"] * 3, "active")
    with as_operator():
        decided = Approval.objects.get(pk=approval.pk)
    assert (decided.decided_by, decided.decided_at is not None) == (world.alice, True)


def test_approve_is_one_update_for_any_number_of_devices(world, django_assert_max_num_queries):
    approval = waiting(world, 40)

    with acting_as(world.alice), transaction.atomic(), django_assert_max_num_queries(30) as queries:
        approvals.approve(approval, by=world.alice)

    assert len([one for one in queries if one["sql"].startswith('UPDATE "devices_device"')]) == 1


def test_a_second_approval_leaves_a_removed_reseller_removed(world):
    deciding(world.alice, approvals.approve, waiting(world))
    approval = waiting(world, first=10)
    with as_operator():
        relation = ResellerCustomer.objects.get(customer=world.first)
    deciding(world.alice, resellers.remove, relation, msp=world.aurora)

    deciding(world.alice, approvals.approve, approval)

    assert seen(approval) == (APPROVED, ["verified"] * 3, "inactive")


def test_some_are_approved_and_the_rest_waits(world):
    approval = waiting(world)

    count = deciding(world.alice, approvals.approve_some, approval, ids(approval)[:2])

    assert (count, *seen(approval)) == (2, PENDING, ["pending", "verified", "verified"], "active")
    assert letters("rita@resell.example") != []  # what the check found
    assert not [one for one in letters("rita@resell.example") if "approved" in one.subject]


def test_with_the_last_device_the_upload_is_decided(world):
    approval = waiting(world)
    first, *others = ids(approval)
    deciding(world.alice, approvals.approve_some, approval, [first])

    deciding(world.alice, approvals.approve_some, approval, others)

    assert seen(approval) == (APPROVED, ["verified"] * 3, "active")


def test_only_devices_of_this_approval_can_be_ticked(world):
    approval, other = waiting(world), waiting(world, first=10)

    no = refusal(lambda: deciding(world.alice, approvals.approve_some, approval, ids(other)))
    nothing = refusal(lambda: deciding(world.alice, approvals.approve_some, approval, []))

    assert no == ("These devices do not wait any more. Nothing changed.", 409, None)
    assert nothing == ("Tick at least one device.", 422, "device")
    assert (seen(approval)[1], seen(other)[1]) == (["pending"] * 3, ["pending"] * 3)


def test_rejected_devices_are_free_again(world):
    approval = waiting(world)

    deciding(world.alice, approvals.reject, approval, reason=" Not ordered. ")
    again = waiting(world, 3, customer=world.contoso)

    assert seen(approval) == (REJECTED, [], "pending")
    assert seen(again)[1] == ["pending"] * 3
    with as_operator():
        assert Approval.objects.get(pk=approval.pk).reason == "Not ordered."


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_rejection_needs_a_reason(world, reason):
    approval = waiting(world)

    no = refusal(lambda: deciding(world.alice, approvals.reject, approval, reason=reason))

    assert no == ("The other side reads the reason in an email. Write one or two sentences.", 422, "reason")
    assert seen(approval)[:2] == (PENDING, ["pending"] * 3)


def test_what_was_approved_before_a_rejection_stays(world):
    approval = waiting(world)
    deciding(world.alice, approvals.approve_some, approval, ids(approval)[:1])

    count = deciding(world.alice, approvals.reject, approval, reason="Two were not ordered.")

    assert (count, *seen(approval)) == (2, APPROVED, ["verified"], "active")
    (letter,) = [one for one in letters("rita@resell.example") if "approved" in one.subject]
    assert "It did not approve every device. Reason: Two were not ordered." in said(letter)


def test_an_upload_has_one_decision(world):
    approval = waiting(world)
    deciding(world.alice, approvals.approve, approval)

    by_mira = refusal(lambda: deciding(world.mira, approvals.reject, approval, reason="No."))

    with as_operator():
        at = Approval.objects.get(pk=approval.pk).decided_at
    assert by_mira == (
        f"Alice Example already approved upload {approval.upload_id} on {written(at, world.mira.zone)}. "
        "An upload has one decision. Nothing changed.",
        409,
        None,
    )


def test_the_customers_own_people_and_its_msp_do_not_read_each_others_names(world):
    karin, company = own_people(world)
    first, second = waiting(world, customer=company), waiting(world, customer=company, first=10)
    deciding(world.alice, approvals.approve, first)
    deciding(karin, approvals.reject, second, reason="Not ours.")

    to_karin = refusal(lambda: deciding(karin, approvals.approve, first))[0]
    to_alice = refusal(lambda: deciding(world.alice, approvals.approve, second))[0]

    assert to_karin.startswith(f"The MSP already approved upload {first.upload_id} on ")
    assert to_alice.startswith(f"The customer already rejected upload {second.upload_id} on ")


def test_who_was_blocked_at_the_customer_decides_for_its_msp(world):
    karin, company = own_people(world)
    with as_operator():
        place = cast.memberships.join(world.alice, company.roles.super_admin(), by=karin, side=Side.CUSTOMER)
        before = approvals.side_of(world.alice, company)
        cast.memberships.block(place, by=karin)

        assert [before, approvals.side_of(world.alice, company)] == [Side.CUSTOMER, Side.MSP]
        assert approvals.side_of(karin, company) == Side.CUSTOMER
        assert approvals.side_of(karin, world.contoso) == Side.MSP


def test_an_upload_that_is_not_done_cannot_be_decided(world):
    approval = waiting(world)
    with as_operator():
        Approval.objects.filter(pk=approval.pk).update(is_complete=False)

    no = refusal(lambda: deciding(world.alice, approvals.approve, approval))

    assert no == ("The check of this upload is at 99%. You can approve when it is done.", 409, None)


@pytest.mark.parametrize("who", ["bob", "vera", "carl", "rita", "nora", "blake"])
def test_nobody_else_decides(world, who):
    approval = waiting(world)

    no = refusal(lambda: deciding(getattr(world, who), approvals.approve, approval))

    assert no[1] == 404
    assert seen(approval)[:2] == (PENDING, ["pending"] * 3)


def test_a_direct_customer_decides_itself(world):
    approval = waiting(world, customer=world.contoso)

    count = deciding(world.carl, approvals.approve, approval)

    assert (count, *seen(approval)) == (3, APPROVED, ["verified"] * 3, "active")


def test_a_yes_makes_one_reseller_known_at_one_customer(world):
    approval, elsewhere = waiting(world), waiting(world, customer=world.second, first=10)
    of_another = from_another(world, world.first, first=20)

    deciding(world.alice, approvals.approve, approval)

    assert [seen(one)[2] for one in (approval, elsewhere, of_another)] == ["active", "pending", "pending"]


def test_an_approval_registers_its_own_reseller_at_its_own_customer(world):
    own, elsewhere = waiting(world), waiting(world, customer=world.second, first=10)
    of_another = from_another(world, world.first, first=20)

    deciding(world.alice, approvals.approve, own)

    assert [seen(one)[2] for one in (own, elsewhere, of_another)] == ["active", "pending", "pending"]
