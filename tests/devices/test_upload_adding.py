"""What comes in of an upload that was checked, and who hears of it."""

import pytest
from post_office.models import Email

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event, Side
from devices import adding, tasks, upload_steps, uploads
from devices.models import Approval, Device, UploadContent, UploadLine
from devices.pages import approval_list
from rules.errors import RuleBroken
from tenants import managements, memberships
from tests.devices import sending
from tests.devices.sending import AMERICA, added, again, checked, from_reseller, imei, imeis
from tests.devices.uploading import said, seen, sells_to, subjects
from tests.mail.letters import letter, letters
from tests.world import person


def test_the_sender_is_the_msp_of_the_customer_also_for_a_person_of_two(world):
    nils = person("nils@people.example")
    with as_operator():
        for msp, by in ((world.aurora, world.alice), (world.borealis, world.bob)):
            memberships.join(nils, msp.roles.get(name="Technician"), by=by)

    upload = added(nils, [imei(1, AMERICA)], customer=world.foreign)

    assert [one.sender_name for one in seen(Approval, upload=upload)] == ["Borealis"]


def test_good_lines_become_devices_and_the_counts_add_up(world):
    with acting_as(world.tom):
        upload = added(world.tom, [*imeis(5), "bad"], customer=world.first, order_number="A7", tags=["Berlin", "store"])

    assert (upload.state, upload.lines, upload.errors, upload.added) == ("done", 6, 1, 5)
    (approval,) = seen(Approval)
    assert (approval.state, approval.devices, approval.is_complete, approval.sender_name) == (
        "approved", 5, True, "Aurora",
    )  # fmt: skip
    assert {(one.state, one.order_number, tuple(one.tags), one.customer_id) for one in seen(Device)} == {
        ("verified", "A7", ("Berlin", "store"), world.first.pk)
    }
    assert seen(UploadContent) == []


def test_the_one_who_uploaded_reads_the_result_in_a_letter(world):
    upload = added(world.tom, [*imeis(2), "bad"], customer=world.first)

    *_, letter = letters(world.tom.email)
    assert letter.subject == f"Upload {upload.pk}: 2 added, 1 not added"
    assert f"/customers/{world.first.kcs_id}/uploads/{upload.pk}/" in letter.message


def test_who_left_the_page_reads_once_that_the_file_is_checked(world):
    upload = checked(world.tom, [*imeis(2), "bad"], customer=world.first)
    uploads.check(upload.pk)  # a worker that comes too late

    mail = letter(world.tom.email)
    assert mail.subject == f"Upload {upload.pk}: your file is checked"
    assert "2 of 3 lines can be added, 1 needs a correction." in mail.message
    assert f"/customers/{world.first.kcs_id}/uploads/{upload.pk}/" in mail.message


def test_who_left_the_page_reads_once_why_the_file_was_of_no_use(world):
    upload = checked(world.tom, ["Name;City", "Phone;Bergen"], customer=world.first)
    uploads.check(upload.pk)

    mail = letter(world.tom.email)
    assert (upload.state, mail.subject) == ("failed", f"Upload {upload.pk}: nothing added")
    assert upload.refusal in mail.message
    assert f"/customers/{world.first.kcs_id}/uploads/{upload.pk}/" in mail.message


def test_who_lost_the_customer_reads_that_it_ended_and_gets_no_link(world):
    upload = sending.sent(world.tom, imeis(2), customer=world.first)
    with as_operator():
        managements.take(world.first, of=world.aurora)

    uploads.check(upload.pk)

    mail = letter(world.tom.email)
    assert again(upload).refusal == upload_steps.LOST
    assert (upload_steps.LOST in mail.message, "/uploads/" in mail.message) == (True, False)


def test_who_cancels_needs_no_letter(world):
    upload = sending.sent(world.tom, imeis(2), customer=world.first)

    with acting_as(world.tom):
        uploads.cancel(upload, by=world.tom)
    uploads.check(upload.pk)

    assert (again(upload).state, letters(world.tom.email)) == ("cancelled", [])


def test_who_wanted_all_or_nothing_reads_that_it_is_nothing(world):
    upload = checked(world.alice, imeis(5), customer=world.first)
    added(world.alice, [imei(3)], customer=world.second)
    Email.objects.all().delete()

    with acting_as(world.alice):
        uploads.apply(upload, by=world.alice, all_or_nothing=True)
    uploads.add(upload.pk)

    mail = letter(world.alice.email)
    assert mail.subject == f"Upload {upload.pk}: your file is checked"
    assert adding.NOT_ALL in mail.message


def test_the_msp_reads_in_its_history_which_colleague_uploaded(world):
    upload = added(world.tom, imeis(2), customer=world.first)

    with acting_as(world.alice):
        written = Event.objects.filter(msp_id=world.aurora.pk, verb__startswith="upload.")
        who = {one.verb: one.who(reader=Side.MSP) for one in written}
    assert who == dict.fromkeys(("upload.received", "upload.applied", "upload.done"), str(world.tom))
    assert again(upload).state == "done"


def test_what_brings_no_device_waits_for_nobody(world, relation):
    slow = sending.sent(
        world.rita, imeis(2), role=as_reseller, reseller=world.reseller, target=world.first, add_at_once=True
    )
    uploads.check(slow.pk)
    added(world.alice, imeis(2), customer=world.first)

    uploads.add(slow.pk)

    (approval,) = seen(Approval, upload=slow)
    assert (approval.devices, approval.state, approval.reason) == (0, "rejected", "No device of this upload was added.")
    assert not any("wait for your approval" in subject for subject in subjects(world.alice))
    with acting_as(world.alice):
        assert not approval_list.of_customer(world.first).exists()


def test_what_a_reseller_sends_waits_and_the_customers_team_reads_it(world, relation):
    upload = from_reseller(world, imeis(2), target=world.first)

    assert {one.state for one in seen(Device)} == {"pending"}
    assert "Fjordline Freight: 2 devices wait for your approval" in subjects(world.alice)
    assert again(upload).status == "Completed"


def test_what_an_approved_reseller_sends_needs_no_click(world):
    sells_to(world, world.first, auto_approve=True)

    from_reseller(world, imeis(2), target=world.first)

    assert {one.state for one in seen(Device)} == {"verified"}
    assert not any("wait for your approval" in subject for subject in subjects(world.alice))


def test_an_upload_for_a_customer_of_others_is_not_there(world):
    upload = checked(world.alice, [imei(1)], customer=world.first)

    for act in (uploads.apply, uploads.cancel):
        with acting_as(world.bob), pytest.raises(RuleBroken) as no:
            act(upload, by=world.bob)
        assert no.value.status == 404


def test_all_or_nothing_needs_good_lines_only(world):
    upload = checked(world.tom, [imei(1), "bad"], customer=world.first)

    with acting_as(world.tom), pytest.raises(RuleBroken, match="1 line needs a correction"):
        uploads.apply(upload, by=world.tom, all_or_nothing=True)


def test_all_or_nothing_adds_nothing_where_another_was_faster(world):
    upload = checked(world.alice, imeis(5), customer=world.first)
    added(world.alice, [imei(3)], customer=world.second)

    with acting_as(world.alice):
        uploads.apply(upload, by=world.alice, all_or_nothing=True)
    uploads.add(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.added, upload.errors, len(seen(Device))) == ("checked", 0, 1, 1)
    assert "so we added nothing" in upload.refusal
    assert said(upload) == {4: "This device is at Lumen Retail. Delete it there first."}


def test_where_another_was_faster_with_every_device_nothing_is_left_to_add(world):
    upload = checked(world.alice, imeis(2), customer=world.first)
    added(world.alice, imeis(2), customer=world.second)
    with acting_as(world.alice):
        uploads.apply(upload, by=world.alice, all_or_nothing=True)
    uploads.add(upload.pk)

    with acting_as(world.alice), pytest.raises(RuleBroken, match="No line can be added"):
        uploads.apply(upload, by=world.alice)

    assert again(upload).state == "checked"


def test_a_device_that_came_in_since_the_check_is_left_out(world):
    upload = checked(world.alice, imeis(5), customer=world.first)
    added(world.alice, [imei(3)], customer=world.second)

    with acting_as(world.alice):
        uploads.apply(upload, by=world.alice)
    uploads.add(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.added, upload.errors) == ("done", 4, 1)
    assert said(upload) == {4: "This device is at Lumen Retail. Delete it there first."}


def test_nothing_can_be_added_twice(world):
    upload = added(world.tom, imeis(5), customer=world.first)

    uploads.add(upload.pk)
    uploads.check(upload.pk)
    with acting_as(world.tom), pytest.raises(RuleBroken) as no:
        uploads.apply(upload, by=world.tom)

    assert (no.value.status, len(seen(Device)), again(upload).added) == (409, 5, 5)


def test_lines_that_became_devices_go_and_the_report_stays(world):
    upload = added(world.tom, [imei(1), "bad"], customer=world.first)

    tasks.tidy(upload.pk)

    assert [one.number for one in seen(UploadLine)] == [2]
