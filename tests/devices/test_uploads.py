"""Uploads as they are received, corrected, cancelled and reported."""

import csv
import io

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import tasks, uploads
from devices.models import Device, Upload, UploadContent, UploadLine
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import exports
from tests.devices import sending
from tests.devices.sending import AMERICA, added, again, checked, from_reseller, imei, imeis
from tests.devices.uploading import seen, sells_to


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
