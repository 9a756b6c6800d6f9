"""Uploads: what is received, how lines are checked, what comes in, and what everybody is told."""

import csv
import io

import pytest
from django.db import transaction
from post_office.models import Email

from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import User
from audit.models import Event, Side
from devices import adding, tasks, upload_steps, uploads
from devices.models import Approval, Device, DeviceModel, ResellerCustomer, Upload, UploadContent, UploadLine
from devices.pages import approval_list_views
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import access, exports, public_ids
from tenants.models import Customer
from tests.devices import sending
from tests.devices.sending import AMERICA, MEID, SERIAL, added, again, checked, from_reseller, imei, imeis
from tests.mail.letters import letter, letters
from tests.world import World, person


@pytest.fixture
def relation(world: World) -> ResellerCustomer:
    """Rita's company uploads for Aurora's first customer."""
    return sells_to(world, world.first)


def sells_to(world: World, customer: Customer, state: str = "active", **fields) -> ResellerCustomer:
    with as_operator():
        return ResellerCustomer.objects.create(
            customer=customer, reseller=world.reseller, kcs_id=customer.kcs_id, reseller_name="Resell", state=state,
            **fields,
        )  # fmt: skip


def seen(model=Device, **which):
    with as_operator():
        return list(model.objects.filter(**which).order_by("pk"))


def said(upload: Upload) -> dict[int, str]:
    """The sentence of each bad line."""
    with as_operator():
        return {row[0]: row[-1] for row in list(uploads.report(upload))[1:]}


def subjects(person: User) -> list[str]:
    return [letter.subject for letter in letters(person.email)]


# Received --------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_as_it_came_and_waits_for_the_worker(world):
    content = "".join(f"{one}\n" for one in imeis(1000)).encode()
    chunks = [content[at : at + 700] for at in range(0, len(content), 700)]

    with acting_as(world.tom):
        upload = uploads.receive(iter(chunks), name="devices.csv", by=world.tom, customer=world.first)

    kept = seen(UploadContent, upload=upload)
    assert (again(upload).state, again(upload).size, [len(bytes(one.content)) for one in kept]) == (
        "waiting", len(content), [len(content)],
    )  # fmt: skip
    assert bytes(kept[0].content) == content


def test_a_file_over_the_limit_is_refused_and_nothing_is_kept(world):
    with as_operator():
        rule.change("upload_megabytes", to=1, reason="A test", by=world.sam)

    with pytest.raises(RuleBroken, match=r"devices.csv has .* MB. A file can have up to 1 MB.") as no:
        sending.sent(world.tom, ["1" * 1_100_000], customer=world.first)

    assert (no.value.status, seen(Upload), seen(UploadContent)) == (413, [], [])


def test_the_same_file_for_the_same_customer_is_recognised(world):
    first = added(world.alice, imeis(3), customer=world.first)

    with pytest.raises(uploads.SentBefore, match="We added nothing twice") as no:
        sending.sent(world.alice, imeis(3), customer=world.first)

    assert (no.value.upload, no.value.status) == (first, 409)
    assert sending.sent(world.alice, imeis(3), customer=world.second).state == "waiting"


def test_a_file_can_be_sent_again_after_it_was_cancelled_or_its_devices_are_gone(world):
    upload = sending.sent(world.tom, imeis(3), customer=world.first)
    with acting_as(world.tom):
        uploads.cancel(upload, by=world.tom)

    upload = added(world.tom, imeis(3), customer=world.first)
    with acting_as(world.tom):
        Device.objects.all().delete()

    assert sending.sent(world.tom, imeis(3), customer=world.first).pk > upload.pk


def test_nobody_sends_for_a_customer_that_is_not_theirs(world):
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        sending.sent(world.tom, imeis(1), customer=world.second)


def test_a_reseller_sends_to_no_customer_that_removed_it(world):
    sells_to(world, world.first, state="inactive")

    with pytest.raises(RuleBroken, match="We cannot upload to the KCS Customer ID"):
        from_reseller(world, imeis(1), target=world.first)


# Checked ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "problem", "sentence"),
    [
        (imei(1)[:-1], "imei_zero", "This IMEI has 14 digits and needs 15."),
        (imei(1)[:-3], "imei_length", "This IMEI has 12 digits. It needs 15."),
        (imei(1)[:-1] + str((int(imei(1)[-1]) + 1) % 10), "imei_digit", "One digit of this IMEI is wrong"),
        ("3.52143E+14", "rounded", "A spreadsheet rounded this number"),
        ("ABC", "id", "ABC is not an IMEI, MEID or serial number."),
        ("=1+1", "formula", "This cell starts like a formula."),
        (imei(1, tac="99000000"), "model", "We do not know the model of this device."),
        (SERIAL, "model_missing", "A serial number does not tell the model."),
        (MEID, "model_missing", "A MEID does not tell the model."),
        (f"{SERIAL},SM-NONE", "model", "We do not know the model of this device."),
        (f"{imei(1)},,A-1", "order_number", "An order number has letters and digits only."),
        (f"{imei(1)},,A1,24.11.2026", "order_date", "An order date looks like 2026-11-24."),
        (f"{imei(1)},,A1,2026-02-30", "order_date", "An order date looks like 2026-11-24."),
    ],
)  # fmt: skip
def test_a_line_has_the_problem_and_its_sentence(world, line, problem, sentence):
    upload = checked(world.tom, [imei(500), line], customer=world.first)

    (bad,) = [one for one in seen(UploadLine, upload=upload) if one.problem]
    assert (upload.state, upload.lines, upload.errors, bad.number, bad.problem) == ("checked", 2, 1, 2, problem)
    assert said(upload)[2].startswith(sentence)


def test_the_refusal_of_a_region_names_both(world):
    upload = checked(world.tom, [imei(1, tac=AMERICA)], customer=world.first)

    assert said(upload)[1] == (
        "Galaxy S24 (SM-S921U) is a device for North America. Samsung approved your MSP for Europe. "
        "Use the model for Europe."
    )


def test_a_reseller_reads_no_word_about_an_msp(world, relation):
    upload = from_reseller(world, [imei(1, tac=AMERICA)], target=world.first)

    assert said(upload)[1] == (
        "Galaxy S24 (SM-S921U) is a device for North America. This customer can have devices for Europe only. "
        "Send the model for Europe."
    )


def test_the_second_line_with_the_same_device_names_the_first(world):
    upload = checked(world.tom, [imei(1), imei(2), imei(1), imei(1)], customer=world.first)

    assert said(upload) == {
        3: "Line 1 has the same device. We added that one. Remove this line.",
        4: "Line 1 has the same device. We added that one. Remove this line.",
    }


def test_a_device_that_was_uploaded_to_this_customer_before_is_nothing_to_do(world):
    added(world.tom, imeis(2), customer=world.first)

    upload = checked(world.tom, imeis(3), customer=world.first)

    assert set(said(upload)) == {1, 2}
    assert said(upload)[1].startswith("You uploaded this device to this customer on ")


def test_an_msp_reads_at_which_of_its_customers_a_device_is(world):
    added(world.alice, imeis(1), customer=world.second)

    assert said(checked(world.alice, imeis(1), customer=world.first)) == {
        1: "This device is at Lumen Retail. Delete it there first."
    }


def test_somebody_who_may_not_see_the_other_customer_reads_that_the_device_is_known(world):
    added(world.alice, imeis(1), customer=world.second)

    (sentence,) = said(checked(world.tom, imeis(1), customer=world.first)).values()

    assert sentence.startswith("This device is already in Knox, and a device can be in one place.")


def test_a_reseller_reads_where_it_sent_a_device_and_nothing_about_others(world, relation):
    sells_to(world, world.second)
    from_reseller(world, imeis(1), target=world.second)
    added(world.alice, imeis(1, first=50), customer=world.second)

    upload = from_reseller(world, [imei(0), imei(50)], target=world.first)

    own, known = said(upload).values()
    assert own == f"This device is at the KCS Customer ID {world.second.kcs_id}. Delete it there first."
    assert known.startswith("This device is already in Knox")


def test_serial_numbers_take_the_model_of_their_line_or_of_the_upload(world):
    lines = [f"{SERIAL},SM-S921B", "R58M12ABCDF", MEID]

    upload = added(world.tom, lines, customer=world.first, default_model="sm-a166b")

    codes = {one.identifier: DeviceModel.objects.get(pk=one.model_id).code for one in seen(Device)}
    assert (upload.added, codes) == (3, {SERIAL: "SM-S921B", "R58M12ABCDF": "SM-A166B", MEID: "SM-A166B"})


def test_an_unreadable_file_fails_with_its_sentence_and_leaves_nothing(world):
    upload = sending.sent(world.tom, ["\0\0"], customer=world.first)

    uploads.check(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.lines, seen(UploadLine), seen(UploadContent)) == ("failed", 0, [], [])
    assert "is not a CSV file" in upload.refusal


# Many customers, by line -----------------------------------------------------------------------------------------


def test_lines_go_to_the_customers_that_they_name(world, relation):
    sells_to(world, world.contoso, state="pending")
    lines = [f"{world.first.kcs_id},{imei(1)},A1,2026-11-24", f"{world.contoso.kcs_id},{imei(2)}"]

    upload = from_reseller(world, lines)

    found = {one.imei: (one.customer_id, one.order_number, one.state) for one in seen(Device)}
    assert (upload.state, upload.added, upload.errors) == ("done", 2, 0)
    assert found == {
        imei(1): (world.first.pk, "A1", "pending"), imei(2): (world.contoso.pk, "", "pending"),
    }  # fmt: skip
    assert [(one.customer_id, one.devices, one.is_complete, one.state) for one in seen(Approval)] == [
        (world.first.pk, 1, True, "pending"), (world.contoso.pk, 1, True, "pending"),
    ]  # fmt: skip


def test_an_id_that_is_no_customer_of_the_reseller_is_refused_alike(world, relation):
    unknown = public_ids.new(public_ids.Kind.CUSTOMER)
    ids = [world.first.kcs_id, world.second.kcs_id, world.foreign.kcs_id, unknown]

    upload = from_reseller(world, [f"{one},{imei(at)}" for at, one in enumerate(ids)])

    assert upload.added == 1
    assert said(upload) == {
        at: f"We cannot upload to the KCS Customer ID {ids[at - 1]}. Check it with the customer, and ask whether your "
        "company may upload for it."
        for at in (2, 3, 4)
    }


def test_an_msp_id_in_a_line_is_named(world, relation):
    upload = from_reseller(world, [f"{world.first.kcs_id},{imei(1)}", f"{world.aurora.public_id},{imei(2)}"])

    assert said(upload)[2] == (
        f"{world.aurora.public_id} is an MSP ID. Devices go to a customer, never to an MSP. "
        "Ask the MSP for the KCS Customer ID of its customer."
    )


def test_a_line_for_another_customer_than_the_uploads_is_not_misplaced(world):
    lines = ["Customer ID,IMEI", f"{world.second.kcs_id},{imei(1)}", f"{world.first.kcs_id},{imei(2)}"]

    upload = added(world.alice, lines, customer=world.first)

    assert ([one.imei for one in seen(Device)], list(said(upload))) == ([imei(2)], [2])


# Added -----------------------------------------------------------------------------------------------------------


def test_the_sender_is_the_msp_of_the_customer_also_for_a_person_of_two(world):
    nils = person("nils@people.example")
    with as_operator():
        for msp, by in ((world.aurora, world.alice), (world.borealis, world.bob)):
            access.join(nils, msp.roles.get(name="Technician"), by=by)

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
        access.take_management(world.first, of=world.aurora)

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
        assert not approval_list_views.of_customer(world.first).exists()


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

    with acting_as(world.tom), pytest.raises(RuleBroken, match="1 of 2 lines need a correction"):
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


# Corrected, cancelled, reported ----------------------------------------------------------------------------------


def test_a_corrected_line_is_checked_by_the_same_rules(world):
    upload = checked(world.tom, [imei(1), "bad", "worse"], customer=world.first)

    with acting_as(world.tom):
        good = uploads.correct(upload, 2, by=world.tom, typed=imei(2))
        twice = uploads.correct(upload, 3, by=world.tom, typed=imei(1))
        wrong = uploads.correct(upload, 3, by=world.tom, typed=imei(9, tac=AMERICA))

    assert (good.problem, good.identifier, twice.problem, twice.detail, wrong.problem) == (
        "", imei(2), "twice", "1", "region",
    )  # fmt: skip
    assert (again(upload).errors, again(upload).lines) == (1, 3)


def test_a_good_line_is_not_corrected(world):
    upload = checked(world.tom, [imei(1)], customer=world.first)

    with acting_as(world.tom), pytest.raises(RuleBroken) as no:
        uploads.correct(upload, 1, by=world.tom, typed=imei(2))

    assert no.value.status == 409


def test_a_cancelled_upload_adds_nothing(world):
    upload = checked(world.tom, imeis(3), customer=world.first)

    with acting_as(world.tom):
        uploads.cancel(upload, by=world.tom)
        with pytest.raises(RuleBroken, match="Nothing changed"):
            uploads.apply(upload, by=world.tom)
    uploads.add(upload.pk)
    tasks.tidy(upload.pk)

    assert (again(upload).state, seen(Device), seen(UploadLine), seen(UploadContent)) == ("cancelled", [], [], [])


def test_problems_are_counted_by_kind(world):
    upload = checked(world.tom, [imei(1), "bad", "worse", imei(2, tac=AMERICA)], customer=world.first)

    with acting_as(world.tom):
        found = [(key, problem.name, count) for key, problem, count in uploads.problems(upload)]

    assert found == [("id", "DEVICE_ID_INVALID", 2), ("region", "DEVICE_INVALID", 1)]


def test_the_report_guards_what_a_spreadsheet_would_run(world):
    upload = checked(world.tom, [imei(1), "=cmd()", "bad"], customer=world.first)

    with acting_as(world.tom):
        rows = list(csv.reader(io.StringIO("".join(exports.lines(uploads.report(upload))))))

    assert [row[2] for row in rows[1:]] == ["'=cmd()", "bad"]
    assert rows[2][6] == "DEVICE_ID_INVALID"


def test_history_says_what_happened(world):
    upload = added(world.tom, imeis(1), customer=world.first)

    with as_operator():
        assert [one.verb for one in Event.objects.about(upload).order_by("pk")] == [
            "upload.received", "upload.applied", "upload.done",
        ]  # fmt: skip
