"""Uploads of resellers wait until the customer's side decides (FAQ Q6; knox.md 4.5)."""

import pytest
from django.db import transaction
from post_office.models import Email

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event, Side
from devices import approvals, resellers, uploads
from devices.models import Approval, Device, ResellerCustomer
from mail import outbox
from onboarding.models import Program
from rules.errors import RuleBroken
from tenants.times import written
from tests import world as cast
from tests.devices import sending
from tests.devices.sending import from_reseller, imei, imeis
from tests.mail.letters import letters, said

PENDING, APPROVED, REJECTED = Approval.State.PENDING, Approval.State.APPROVED, Approval.State.REJECTED


@pytest.fixture
def world(world):
    """The cast, after it has read its mail."""
    Email.objects.all().delete()
    return world


def waiting(world, count=3, customer=None, first=0):
    """An upload of Rita's for one customer, and its approval."""
    lines = imeis(count, first=first)
    return sending.waiting(world, lines, customer=customer or world.first, name=f"{first}.csv")


def deciding(person, verb, *args, **fields):
    with acting_as(person), transaction.atomic():
        return verb(*args, by=person, **fields)


def refusal(act):
    with pytest.raises(RuleBroken) as no:
        act()
    return str(no.value), no.value.status, no.value.field


def seen(approval):
    """Its state, the states of its devices, and how the reseller stands to the customer."""
    with as_operator():
        found = Approval.objects.get(pk=approval.pk)
        states = sorted(Device.objects.filter(approval=approval).values_list("state", flat=True))
        relation = ResellerCustomer.objects.get(customer=found.customer, reseller=found.reseller)
        return found.state, states, relation.state


def ids(approval):
    with as_operator():
        return list(Device.objects.filter(approval=approval).order_by("pk").values_list("pk", flat=True))


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
        place = cast.access.join(world.alice, company.roles.get(name="Super Admin"), by=karin, side=Side.CUSTOMER)
        before = approvals.side_of(world.alice, company)
        cast.access.block(place, by=karin)

        assert [before, approvals.side_of(world.alice, company)] == [Side.CUSTOMER, Side.MSP]
        assert approvals.side_of(karin, company) == Side.CUSTOMER
        assert approvals.side_of(karin, world.contoso) == Side.MSP


def own_people(world):
    """A customer of Aurora with Full access, and its super admin."""
    company = cast.full_access(world.aurora, world.alice, "Kestrel")
    karin = cast.person("karin@kestrel.example")
    with as_operator():
        cast.access.join(karin, company.roles.get(name="Super Admin"), by=karin, side=Side.CUSTOMER)
    return karin, company


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


# By itself


def trust(world):
    deciding(world.alice, approvals.approve, waiting(world))
    with as_operator():
        relation = ResellerCustomer.objects.get(customer=world.first)
    deciding(world.alice, resellers.approve_by_itself, relation, to=True, msp=world.aurora)


def test_a_trusted_reseller_needs_no_click(world):
    trust(world)
    Email.objects.all().delete()

    approval = waiting(world, first=10)

    assert seen(approval)[:2] == (APPROVED, ["verified"] * 3)
    with as_operator():
        assert Approval.objects.get(pk=approval.pk).decided_by is None
    assert [one.subject for one in letters("alice@aurora.example")] == []


def test_a_reseller_that_is_trusted_no_more_waits_again(world):
    trust(world)
    with as_operator():
        relation = ResellerCustomer.objects.get(customer=world.first)
    deciding(world.alice, resellers.approve_by_itself, relation, to=False, msp=world.aurora)

    approval = waiting(world, first=10)

    assert seen(approval)[:2] == (PENDING, ["pending"] * 3)


def test_trust_is_in_one_reseller_for_one_customer(world):
    trust(world)

    elsewhere = waiting(world, customer=world.second, first=10)
    of_another = from_another(world, world.first, first=20)

    assert (seen(elsewhere)[0], seen(of_another)[0]) == (PENDING, PENDING)


def test_a_yes_makes_one_reseller_known_at_one_customer(world):
    approval, elsewhere = waiting(world), waiting(world, customer=world.second, first=10)
    of_another = from_another(world, world.first, first=20)

    deciding(world.alice, approvals.approve, approval)

    assert [seen(one)[2] for one in (approval, elsewhere, of_another)] == ["active", "pending", "pending"]


def from_another(world, customer, *, first):
    """An upload of a second reseller for the customer, and its approval."""
    otto, handel = cast.company(
        "otto@handel.example", "Handel", Program.RESELLER, sam=world.sam, **cast.RESELLER_FIELDS
    )
    with acting_as(otto), as_reseller():
        resellers.add_customer(handel, customer.kcs_id, by=otto)
    upload = sending.sent(
        otto, imeis(3, first=first), role=as_reseller, reseller=handel, target=customer, add_at_once=True
    )
    uploads.check(upload.pk)
    uploads.add(upload.pk)
    with as_operator():
        return Approval.objects.select_related("customer").get(upload=upload)


def test_nothing_is_approved_by_itself_without_the_wish(world):
    approval = waiting(world)

    assert approvals.approve_by_itself(approval) is False
    assert seen(approval)[0] == PENDING


# History and letters


def test_the_history_says_who_decided_what(world):
    first, second = waiting(world), waiting(world, first=10)

    deciding(world.alice, approvals.approve, first)
    deciding(world.mira, approvals.reject, second, reason="Not ordered.")

    with acting_as(world.alice), transaction.atomic():
        found = [str(one) for one in Event.objects.of_customer(world.first.pk).filter(verb__startswith="upload.")]
    assert found[:2] == [
        f"Mira Example rejected upload {second.upload_id} from Resell: Not ordered.",
        f"Alice Example approved 3 devices of upload {first.upload_id} from Resell",
    ]


def test_the_team_hears_that_devices_wait(world):
    approval = waiting(world)

    mails = {who: letters(getattr(world, who).email) for who in ("alice", "tom", "mira", "vera", "bob", "blake")}
    (mail,) = mails["alice"]
    upload = approval.upload_id

    assert {who: len(found) for who, found in mails.items()} == {
        "alice": 1, "tom": 1, "mira": 1, "vera": 0, "bob": 0, "blake": 0,
    }  # fmt: skip
    assert (mail.subject, mail.headers["X-Knox-Between"]) == (
        "Fjordline Freight: 3 devices wait for your approval",
        f"{world.aurora.public_id} {world.first.kcs_id}",
    )
    assert said(mail)[0] == (
        f"Resell sent upload {upload} on {written(approval.sent_at, world.alice.zone)}: 3 lines, 0 with errors."
    )
    assert f"/customers/{world.first.kcs_id}/approvals/{approval.pk}/" in mail.message
    assert imei(0) not in mail.message


def test_one_device_waits_in_the_singular(world):
    waiting(world, 1)

    assert letters("tom@people.example")[0].subject == "Fjordline Freight: 1 device waits for your approval"


def test_a_direct_customer_hears_it_itself(world):
    approval = waiting(world, customer=world.contoso)

    (mail,) = letters("carl@contoso.example")

    assert mail.subject == "Contoso: 3 devices wait for your approval"
    assert f"/admin-portal/approvals/{approval.pk}/" in mail.message


def test_a_file_for_many_customers_tells_each_only_its_own(world):
    waiting(world, 1), waiting(world, 1, customer=world.contoso, first=1)
    lines = [f"{kcs},{imei(number)}" for number, kcs in enumerate([world.first.kcs_id, world.contoso.kcs_id] * 2, 50)]

    from_reseller(world, lines, name="many.csv")

    mail = letters("tom@people.example")[-1]
    assert mail.subject == "Fjordline Freight: 2 devices wait for your approval"
    assert "lines" not in mail.message


def test_the_sender_hears_the_decision_without_names(world):
    approved, rejected = waiting(world), waiting(world, first=10)
    Email.objects.all().delete()

    deciding(world.alice, approvals.approve, approved)
    deciding(world.alice, approvals.reject, rejected, reason="Not ordered.")

    yes, no = letters("rita@resell.example")
    kcs = world.first.kcs_id
    assert [one.subject for one in (yes, no)] == [
        f"{kcs}: upload {approved.upload_id} approved",
        f"{kcs}: upload {rejected.upload_id} rejected",
    ]
    assert said(no)[0].endswith("Reason: Not ordered.")
    assert not [word for word in ("Aurora", "Alice", "Fjordline") if word in yes.message + no.message]


def test_a_letter_under_way_is_cancelled_when_the_msp_leaves(world):
    waiting(world)
    before = len(letters("tom@people.example"))

    outbox.cancel(msp=world.aurora.public_id, customer=world.first.kcs_id)  # as the end of management does

    assert (before, letters("tom@people.example")) == (1, [])
