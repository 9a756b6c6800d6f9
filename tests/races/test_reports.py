"""A device reports while somebody deletes it."""

from functools import partial
from threading import Event

import pytest

from devices import picked_devices
from services import answers
from tests import world as cast
from tests.races.committed import at_once, by, until_somebody_waits
from tests.services.covering import event, started
from tests.services.ground import ground

pytestmark = pytest.mark.usefixtures("committed")


def test_a_device_that_is_deleted_while_it_reports_is_not_waited_for_in_a_ring(committed, monkeypatch):
    world = cast.build()
    km = ground(world, "KM", devices=1)
    km.force("enrolled")
    started(world, km.devices[0])
    reports, takes = Event(), answers._Taking.event

    def slowly(taking, told):
        reports.set()
        until_somebody_waits()
        takes(taking, told)

    monkeypatch.setattr(answers._Taking, "event", slowly)
    delete = by(world.alice, picked_devices.delete, km.picked, at_most=1, by=world.alice)

    said, deleted = at_once(
        partial(event, world, km.devices[0], "screen_lock_weak"), lambda: reports.wait(30) and delete()
    )

    assert (len(said.accepted), deleted) == (1, 1)
