"""A reseller deletes what it uploaded: ticked devices, a list, a whole upload, and nothing of others (FAQ Q6)."""

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator, as_reseller
from devices import approvals, reseller_deletions, resellers
from devices.files import Row
from devices.models import Approval, Device, Upload
from tests import world as cast
from tests.devices.deciding import own_people
from tests.devices.relations import add, refusal, remove, stored
from tests.devices.sending import from_reseller, imei, imeis
from tests.mail.letters import letters, said

NOT_YOURS = "We did not find this device among the ones that you uploaded."


@pytest.fixture
def otto(world):
    """A second reseller."""
    person, world.handel = cast.second_reseller(world)
    return person


@pytest.fixture
def sent(world):
    """Three devices of Rita's at Aurora's first customer, approved."""
    add(world, world.first.kcs_id)
    upload = from_reseller(world, imeis(3), target=world.first)
    with acting_as(world.alice), transaction.atomic():
        approvals.approve(_approval(upload), by=world.alice)
    return upload


def _approval(upload):
    with as_operator():
        return Approval.objects.select_related("customer").get(upload=upload)


def delete(world, devices, typed, by=None, reseller=None):
    with acting_as(by or world.rita), as_reseller():
        return reseller_deletions.delete(devices, reseller=reseller or world.reseller, typed=typed, by=by or world.rita)


def left():
    with as_operator():
        return sorted(Device.objects.values_list("imei", flat=True))


def line(number, typed, customer=""):
    return Row(number, typed, customer, "", "", "", "", "")


def look(world, *rows, by=None, reseller=None):
    with acting_as(by or world.rita), as_reseller():
        return reseller_deletions.look(rows, reseller=reseller or world.reseller)


def of(upload, world):
    return reseller_deletions.of_upload(upload, reseller=world.reseller)


def test_a_whole_upload_goes_and_the_team_is_told(world, sent):
    gone = delete(world, of(sent, world), "3")

    assert (gone, left()) == (3, [])
    mail = letters("alice@aurora.example")[-1]
    assert mail.subject == "Fjordline Freight: Resell deleted 3 devices"
    assert said(mail)[0].endswith("They left all services. Their seats are free again.")


def test_where_both_manage_both_are_told(world):
    karin, company = own_people(world)
    add(world, company.kcs_id)
    upload = from_reseller(world, imeis(3), target=company)

    delete(world, of(upload, world), "3")

    theirs = letters(karin.email)[-1]
    assert theirs.subject == letters("alice@aurora.example")[-1].subject == "Kestrel: Resell deleted 3 devices"
    assert "/admin-portal/devices/" in theirs.message


def test_deleted_devices_can_be_uploaded_again(world, sent):
    delete(world, of(sent, world), "3")

    again = from_reseller(world, imeis(3), target=world.first)

    assert (again.added, len(left())) == (3, 3)


def test_the_number_of_devices_must_be_typed(world, sent):
    assert refusal(delete, world, of(sent, world), "2") == (
        "Type 3 exactly as shown, so that you do not delete other devices.",
        422,
        "typed",
    )
    assert len(left()) == 3


def test_a_list_names_devices_with_or_without_their_customer(world, sent):
    looked = look(world, line(1, imei(0)), line(2, imei(1), world.first.kcs_id), line(3, imei(0)))

    assert (len(looked.devices), looked.refused) == (2, [(3, imei(0), "Line 1 has the same device.")])


def test_devices_of_others_and_devices_of_nobody_read_the_same(world, sent, otto):
    """Markers: Otto learns nothing about Rita's devices, and Rita nothing about the MSP's."""
    with acting_as(otto), as_reseller():
        resellers.add_customer(world.handel, world.first.kcs_id, by=otto)

    looked = look(world, line(1, imei(0)), line(2, imei(7)), by=otto, reseller=world.handel)
    elsewhere = look(world, line(1, imei(0), world.second.kcs_id))

    assert (looked.devices, looked.refused) == ([], [(1, imei(0), NOT_YOURS), (2, imei(7), NOT_YOURS)])
    assert [one.sentence for one in elsewhere.refused] == [NOT_YOURS]


def test_a_line_that_is_no_device_says_so(world, sent):
    looked = look(world, line(1, "hello"))

    assert looked.refused[0].sentence.startswith("hello is not an IMEI")


def test_a_removed_reseller_deletes_nothing_of_that_customer(world, sent):
    remove(world, stored(world))

    looked = look(world, line(1, imei(0)))

    assert (looked.devices, looked.refused[0].sentence) == ([], NOT_YOURS)
    assert refusal(delete, world, of(sent, world), "3")[1] == 409
    assert len(left()) == 3


def test_another_reseller_deletes_nothing_even_with_the_number_of_the_row(world, sent, otto):
    with as_operator():
        foreign = list(Device.objects.values_list("pk", flat=True))

    chosen = Device.objects.filter(pk__in=foreign)

    assert refusal(delete, world, chosen, "3", by=otto, reseller=world.handel)[1] == 409
    assert len(left()) == 3


def test_an_upload_that_waits_and_is_deleted_needs_no_decision(world):
    add(world, world.first.kcs_id)
    upload = from_reseller(world, imeis(2), target=world.first)

    delete(world, of(upload, world), "2")

    approval = _approval(upload)
    assert (approval.state, approval.reason) == ("rejected", "Resell deleted the devices that waited for a decision.")
    assert said(letters("alice@aurora.example")[-1])[0].endswith(
        "They waited for your approval, so there is nothing left to decide about them."
    )


def test_part_of_an_upload_that_waits_leaves_the_rest_to_decide(world):
    add(world, world.first.kcs_id)
    upload = from_reseller(world, imeis(2), target=world.first)

    looked = look(world, line(1, imei(0)))
    delete(world, Device.objects.filter(pk__in=looked.devices), "1")

    assert (_approval(upload).state, left()) == ("pending", [imei(1)])


def test_what_is_left_of_an_upload_is_approved_when_nothing_waits_any_more(world):
    add(world, world.first.kcs_id)
    upload = from_reseller(world, imeis(2), target=world.first)
    with acting_as(world.alice):
        kept = Device.objects.get(imei=imei(0)).pk
        approvals.approve_some(_approval(upload), [kept], by=world.alice)

    delete(world, of(upload, world).exclude(pk=kept), "1")

    assert (_approval(upload).state, left()) == ("approved", [imei(0)])


def test_an_upload_in_progress_is_not_deleted(world, sent):
    with as_operator():
        Upload.objects.filter(pk=sent.pk).update(state="adding", ended_at=None)

    assert refusal(delete, world, of(sent, world), "3") == (
        "This upload is still in progress. Wait until it has ended.",
        409,
        None,
    )
