"""Uploads that a worker leaves in the middle: another one goes on, and nothing comes twice or gets lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from devices import adding, tasks, tries, upload_steps, uploads
from devices.models import Approval, Device, GoodLines, ResellerCustomer, Upload, UploadLine
from tenants import managements, memberships
from tenants.models import Membership, Msp
from tests.devices import sending
from tests.devices.sending import again, checked, imeis
from tests.mail.worker import asked_of_the_worker

LINES = [*imeis(25), "bad", *imeis(2), *imeis(12, first=25)]
"""40 lines: 37 good ones, one bad one, two that came before."""


class Killed(BaseException):
    """Not an Exception, as no signal is one: nothing may catch it."""


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(upload_steps, "BLOCK", 10)


@pytest.fixture
def killed_after(monkeypatch):
    """The worker dies before it starts the block behind so many."""

    def arrange(blocks: int) -> None:
        whole, done = upload_steps.Sender.locked, []

        def locked(self, pk, *states, **stand):
            if len(done) > blocks:
                monkeypatch.setattr(upload_steps.Sender, "locked", whole)
                raise Killed
            done.append(pk)
            return whole(self, pk, *states, **stand)

        monkeypatch.setattr(upload_steps.Sender, "locked", locked)

    return arrange


def counts() -> tuple[int, int, int]:
    with as_operator():
        rows = set(UploadLine.objects.values_list("number", flat=True))
        good = GoodLines.objects.values_list("numbers", flat=True)
        return Device.objects.count(), len(rows.union(*good)), Approval.objects.count()


@pytest.mark.parametrize("blocks", range(5))
def test_a_check_goes_on_where_it_stood(world, killed_after, blocks):
    upload = sending.sent(world.tom, LINES, customer=world.first)
    killed_after(blocks)
    with pytest.raises(Killed):
        uploads.check(upload.pk)
    assert again(upload).lines == blocks * 10

    uploads.check(upload.pk)

    assert (again(upload).state, again(upload).lines, again(upload).errors) == ("checked", 40, 3)
    assert counts() == (0, 40, 0)


@pytest.mark.parametrize("blocks", range(1, 5))
def test_adding_goes_on_where_it_stood(world, killed_after, blocks):
    upload = checked(world.tom, LINES, customer=world.first)
    with acting_as(world.tom):
        uploads.apply(upload, by=world.tom)
    killed_after(blocks - 1)
    with pytest.raises(Killed):
        uploads.add(upload.pk)
    assert again(upload).added_to == blocks * 10

    uploads.add(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.lines, upload.errors, upload.added) == ("done", 40, 3, 37)
    assert counts() == (37, 40, 1)


def test_a_task_that_comes_twice_does_nothing_the_second_time(world):
    upload = checked(world.tom, LINES, customer=world.first)
    with acting_as(world.tom):
        uploads.apply(upload, by=world.tom)

    for _ in range(2):
        tasks.check(upload.pk)
        tasks.add(upload.pk)

    assert (again(upload).state, counts()[0]) == ("done", 37)


def test_the_clock_asks_again_for_an_upload_that_stands_still(world, django_capture_on_commit_callbacks):
    upload = sending.sent(world.tom, LINES, customer=world.first)
    fresh = sending.sent(world.alice, LINES, customer=world.second)
    with as_operator():
        Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now() - timedelta(seconds=31))
    asked_of_the_worker()

    tasks.resume()

    assert asked_of_the_worker() == [("devices.tasks.check", [upload.pk])]
    assert again(fresh).state == "waiting"


def test_cancelled_while_adding_keeps_what_was_added(world, killed_after):
    upload = checked(world.tom, LINES, customer=world.first)
    with acting_as(world.tom):
        uploads.apply(upload, by=world.tom)
    killed_after(1)
    with pytest.raises(Killed):
        uploads.add(upload.pk)

    with acting_as(world.tom):
        uploads.cancel(upload, by=world.tom)
    uploads.add(upload.pk)
    tasks.tidy(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.added, counts()) == ("cancelled", 20, (20, 3, 1))
    with as_operator():
        assert Approval.objects.get().is_complete


def test_an_msp_that_loses_the_customer_ends_the_upload(world, killed_after):
    upload = checked(world.tom, LINES, customer=world.first)
    with acting_as(world.tom):
        uploads.apply(upload, by=world.tom)
    killed_after(1)
    with pytest.raises(Killed):
        uploads.add(upload.pk)
    with as_operator():
        managements.take(world.first, of=world.aurora)

    uploads.add(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.added, counts()[0]) == ("failed", 20, 20)
    assert upload.refusal == upload_steps.LOST


@pytest.mark.parametrize("step", ["check", "add"])
def test_a_person_who_was_blocked_ends_the_upload(world, step):
    upload = sending.sent(world.mira, LINES, customer=world.first, add_at_once=True)
    if step == "add":
        uploads.check(upload.pk)
    with as_operator():
        memberships.block(Membership.objects.get(user=world.mira, msp=world.aurora), by=world.alice)

    getattr(uploads, step)(upload.pk)

    assert (again(upload).state, counts()[0]) == ("failed", 0)


def related(world, *customers):
    """The reseller sells to these customers."""
    with as_operator():
        ResellerCustomer.objects.bulk_create(
            ResellerCustomer(
                customer=one, reseller=world.reseller, kcs_id=one.kcs_id, reseller_name="Resell", state="active"
            )
            for one in customers
        )


def remove_the_reseller(customer):
    with as_operator():
        ResellerCustomer.objects.filter(customer=customer).update(state="inactive")


def checked_of_reseller(world, lines, **whose):
    upload = sending.sent(
        world.rita, lines, role=sending.as_reseller, reseller=world.reseller, add_at_once=True, **whose
    )
    uploads.check(upload.pk)
    return upload


def test_a_reseller_that_is_removed_midway_adds_nothing_more(world, killed_after):
    related(world, world.first)
    upload = checked_of_reseller(world, LINES, target=world.first)
    killed_after(1)
    with pytest.raises(Killed):
        uploads.add(upload.pk)
    remove_the_reseller(world.first)

    uploads.add(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.added, upload.errors, counts()[0]) == ("done", 20, 20, 20)


def test_a_reseller_that_is_removed_before_the_first_device_reads_so_line_by_line(world):
    related(world, world.first)
    upload = checked_of_reseller(world, LINES, target=world.first)
    remove_the_reseller(world.first)

    uploads.add(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.added, upload.errors, counts()[::2]) == ("done", 0, 40, (0, 0))
    with as_operator():
        lines = UploadLine.objects.filter(upload=upload, problem="customer")
        assert (lines.count(), lines.first().detail) == (37, world.first.kcs_id)


def test_who_removed_the_reseller_keeps_no_device_from_the_others_of_its_file(world):
    related(world, world.first, world.second)
    half, rest = imeis(3), imeis(2, first=3)
    lines = [f"{world.first.kcs_id},{one}" for one in half] + [f"{world.second.kcs_id},{one}" for one in rest]
    upload = checked_of_reseller(world, lines)
    remove_the_reseller(world.first)

    uploads.add(upload.pk)

    upload = again(upload)
    assert (upload.state, upload.added, upload.errors) == ("done", 2, 3)
    with as_operator():
        assert [*Device.objects.values_list("customer", flat=True).distinct()] == [world.second.pk]


def test_a_worker_that_breaks_down_again_and_again_ends_the_upload(world, monkeypatch):
    upload = checked(world.tom, LINES, customer=world.first)
    with acting_as(world.tom):
        uploads.apply(upload, by=world.tom)
    monkeypatch.setattr(adding, "_DEVICES", "SELECT no_such_column")

    for _ in range(tries.TRIES):
        assert again(upload).state == "adding"
        with pytest.raises(Exception, match="no_such_column"):
            uploads.add(upload.pk)

    assert (again(upload).state, again(upload).refusal, counts()[0]) == ("failed", upload_steps.CRASHED, 0)


def test_an_upload_over_which_every_worker_is_killed_ends(world, killed_after):
    upload = sending.sent(world.tom, LINES, customer=world.first)

    for _ in range(tries.TRIES):
        killed_after(0)
        with pytest.raises(Killed):
            uploads.check(upload.pk)
    uploads.check(upload.pk)
    before = again(upload).state
    with as_operator():
        Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now() - tries.SILENT)
    uploads.check(upload.pk)

    assert (before, again(upload).state, again(upload).refusal) == ("checking", "failed", upload_steps.CRASHED)


def test_what_was_killed_counts_no_more_once_the_upload_went_on(world, killed_after, monkeypatch):
    monkeypatch.setattr(upload_steps, "BLOCK", 4)
    upload = sending.sent(world.tom, LINES, customer=world.first)

    for _ in range(tries.TRIES + 2):
        killed_after(1)
        with pytest.raises(Killed):
            uploads.check(upload.pk)
    uploads.check(upload.pk)

    assert (again(upload).state, again(upload).tries) == ("checked", 0)


def test_what_a_suspended_msp_sent_before_comes_no_further(world):
    upload = checked(world.tom, LINES, customer=world.first)
    with acting_as(world.tom):
        uploads.apply(upload, by=world.tom)
    with as_operator():
        Msp.objects.filter(pk=world.aurora.pk).update(suspended_at=timezone.now(), suspended_reason="A test")

    uploads.add(upload.pk)

    assert (again(upload).state, again(upload).refusal, counts()[0]) == ("failed", upload_steps.LOST, 0)
