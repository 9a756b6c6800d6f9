"""What the history and letters say of uploads that wait and of decisions."""

import pytest
from django.db import transaction
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import approvals
from mail import outbox
from tenants import administrators, memberships, roles
from tenants.models import Membership
from tenants.times import written
from tests.devices.deciding import deciding, own_people, waiting
from tests.devices.sending import from_reseller, imei
from tests.mail.letters import letters, said

pytestmark = pytest.mark.usefixtures("read_mail")


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


def test_who_may_not_approve_is_not_asked_to(world):
    with acting_as(world.alice):
        desk = roles.add(world.aurora, name="Desk", description="", chosen=["manage_customer"], by=world.alice)
        place = Membership.objects.get(user=world.mira, msp=world.aurora)
        administrators.change(place, role=desk, by=world.alice)

    waiting(world)

    asked = [one.subject for who in (world.alice, world.mira) for one in letters(who.email) if "devices" in one.subject]
    assert asked == ["Fjordline Freight: 3 devices wait for your approval"]


def test_one_device_waits_in_the_singular(world):
    waiting(world, 1)

    assert letters("tom@people.example")[0].subject == "Fjordline Freight: 1 device waits for your approval"


def test_a_direct_customer_hears_it_itself(world):
    approval = waiting(world, customer=world.contoso)

    (mail,) = letters("carl@contoso.example")

    assert mail.subject == "Contoso: 3 devices wait for your approval"
    assert f"/admin-portal/approvals/{approval.pk}/" in mail.message


def test_where_both_manage_both_hear_it(world):
    """knox.md 9.5: jointly managed, the customer's people get what they would without an MSP."""
    karin, company = own_people(world)
    approval = waiting(world, customer=company)

    ours, theirs = letters("alice@aurora.example")[-1], letters(karin.email)[-1]

    assert ours.subject == theirs.subject == "Kestrel: 3 devices wait for your approval"
    assert f"/customers/{company.kcs_id}/approvals/{approval.pk}/" in ours.message
    assert f"/admin-portal/approvals/{approval.pk}/" in theirs.message


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


def test_a_sender_who_left_the_reseller_hears_no_decision(world):
    approval = waiting(world)
    with as_operator():
        memberships.block(Membership.objects.get(user=world.rita), by=None)
    Email.objects.all().delete()

    deciding(world.alice, approvals.approve, approval)

    assert letters("rita@resell.example") == []


def test_a_letter_under_way_is_cancelled_when_the_msp_leaves(world):
    waiting(world)
    before = len(letters("tom@people.example"))

    outbox.cancel(msp=world.aurora.public_id, customer=world.first.kcs_id)  # as the end of management does

    assert (before, letters("tom@people.example")) == (1, [])
