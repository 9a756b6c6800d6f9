"""How each line of an upload is checked, and what its sender reads about it (knox.md 4.3)."""

import pytest
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from devices import uploads
from devices.models import Approval, Device, DeviceModel, UploadContent, UploadLine
from tenants import public_ids
from tenants.models import Management
from tests.devices import sending
from tests.devices.sending import AMERICA, MEID, SERIAL, added, again, checked, from_reseller, imei, imeis
from tests.devices.uploading import said, seen, sells_to, to_the_next_msp


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
        (f"{imei(1)},,A1,2026-11-24 25:00", "order_date", "An order date looks like 2026-11-24."),
        (f"{imei(1)},,A1,2026-11-241", "order_date", "An order date looks like 2026-11-24."),
    ],
)  # fmt: skip
def test_a_line_has_the_problem_and_its_sentence(world, line, problem, sentence):
    upload = checked(world.tom, [imei(500), line], customer=world.first)

    (bad,) = [one for one in seen(UploadLine, upload=upload) if one.problem]
    assert (upload.state, upload.lines, upload.errors, bad.number, bad.problem) == ("checked", 2, 1, 2, problem)
    assert said(upload)[2].startswith(sentence)


def test_a_time_of_day_beside_an_order_date_is_passed_over(world):
    days = ["2026-11-24 10:30", "2026-11-24T10:30:15", "2026-11-24T10:30:15.250000", "2026-11-24T23:30:00Z"]

    added(world.tom, [f"{imei(at)},,A1,{day}" for at, day in enumerate(days)], customer=world.first)

    assert [f"{one.order_date}" for one in seen(Device)] == ["2026-11-24"] * 4


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


def test_a_customer_that_left_its_msp_reads_no_word_about_it_either(world):
    with as_operator():
        Management.objects.create(customer=world.contoso, msp=world.aurora, state="ended", ended_at=timezone.now())

    upload = checked(world.carl, [imei(1, tac=AMERICA)], customer=world.contoso)

    assert "This customer can have devices for Europe only." in said(upload)[1]


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


def read(person, upload):
    """The sentences of the bad lines, as this person reads them."""
    with acting_as(person):
        return [row[-1] for row in list(uploads.report(upload))[1:]]


def test_a_colleague_who_may_not_see_the_other_customer_reads_no_name_in_the_same_upload(world):
    added(world.alice, imeis(1), customer=world.second)
    upload = checked(world.alice, imeis(1), customer=world.first)

    (alices,), (toms,) = read(world.alice, upload), read(world.tom, upload)

    assert alices == "This device is at Lumen Retail. Delete it there first."
    assert toms.startswith("This device is already in Knox")


def test_the_next_msp_of_a_customer_reads_no_name_of_a_customer_of_the_one_before(world):
    added(world.alice, imeis(1), customer=world.second)
    upload = checked(world.alice, imeis(1), customer=world.first)
    to_the_next_msp(world)

    (bobs,), (samsungs,) = read(world.bob, upload), said(upload).values()

    assert bobs.startswith("This device is already in Knox")
    assert samsungs == bobs


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
