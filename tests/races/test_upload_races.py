"""Uploads that meet: two with the same devices, two workers with one upload, a cancel while it is added."""

import pytest

from accounts.acting import acting_as, as_operator
from devices import upload_steps, uploads
from devices.models import Device, Upload, UploadLine
from rules.errors import RuleBroken
from tests import world as cast
from tests.devices import sending
from tests.devices.sending import again, checked, imeis
from tests.races.committed import at_once, by
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")
ROUNDS = range(3)


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(upload_steps, "BLOCK", 20)


def ready(person, customer, lines) -> Upload:
    """Checked, and asked to be added."""
    upload = checked(person, lines, customer=customer)
    with acting_as(person):
        uploads.apply(upload, by=person)
    return upload


def problems(upload: Upload) -> set[str]:
    with as_operator():
        return set(UploadLine.objects.filter(upload=upload).exclude(problem="").values_list("problem", flat=True))


def devices(**which) -> int:
    with as_operator():
        return Device.objects.filter(**which).count()


def test_the_same_devices_for_two_customers_at_once_come_in_once(world):
    polaris, msp = cast.company("p@polaris.example", "Polaris", sam=world.sam, **cast.MSP_FIELDS)
    abroad = cast.customer(msp, polaris, "Kestrel")
    for number in ROUNDS:
        lines = imeis(100, first=100 * number)
        ours = ready(world.alice, world.first, lines)
        theirs = ready(polaris, abroad, lines[::-1])

        at_once(lambda pk=ours.pk: uploads.add(pk), lambda pk=theirs.pk: uploads.add(pk))

        one, two = again(ours), again(theirs)
        assert (one.state, two.state, one.added + two.added) == ("done", "done", 100)
        assert (one.added + one.errors, two.added + two.errors) == (100, 100)
        assert problems(one) | problems(two) == {"known"}


def test_two_workers_with_one_upload_check_and_add_it_once(world):
    for number in ROUNDS:
        upload = sending.sent(world.alice, imeis(100, first=100 * number), customer=world.first, add_at_once=True)

        at_once(*[lambda pk=upload.pk: uploads.check(pk)] * 2)
        at_once(*[lambda pk=upload.pk: uploads.add(pk)] * 2)

        done = again(upload)
        assert (done.state, done.lines, done.added, done.errors) == ("done", 100, 100, 0)
        assert devices() == 100 * (number + 1)


def test_a_cancel_while_it_is_added_tells_how_many_came_in(world):
    upload = ready(world.alice, world.first, imeis(400))

    got = at_once(lambda: uploads.add(upload.pk), by(world.alice, uploads.cancel, upload, by=world.alice))

    ended = again(upload)
    assert ended.state == ("done" if isinstance(got[1], RuleBroken) else "cancelled")
    assert ended.added == devices()


def test_one_file_that_is_sent_twice_at_once_is_received_once(world):
    got = at_once(*[lambda: sending.sent(world.alice, imeis(5), customer=world.first)] * 4)

    assert sorted(type(one) is uploads.SentBefore for one in got) == [False, True, True, True]
