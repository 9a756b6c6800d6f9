"""People and clocks lock many devices in the same order, whatever the order in which they lie."""

from threading import Event

import pytest
from django.db import transaction

from accounts.acting import as_operator
from devices import picked_devices
from devices.models import Device
from tests import world as cast
from tests.licensing.ground import devices
from tests.races.committed import at_once, by, until_somebody_waits
from tests.services.ground import These

pytestmark = pytest.mark.usefixtures("committed")
ACTS = [
    (picked_devices.tag, {"tags": ["new"]}),
    (picked_devices.untag, {"tags": ["old"]}),
    (picked_devices.delete, {"at_most": 2}),
]


@pytest.mark.parametrize(("act", "more"), ACTS)
def test_who_changes_devices_waits_for_a_clock_without_holding_one_that_it_wants(committed, act, more):
    world = cast.build()
    first, second = devices(world.first, 2)
    holds = Event()
    with as_operator():
        Device.objects.filter(pk=second.pk).update(tags=["old"])
        Device.objects.filter(pk=first.pk).update(tags=["old"])  # lies behind the second from now on

    def clock() -> str:
        with as_operator(), transaction.atomic():
            own = Device.objects.select_for_update(no_key=True)
            own.get(pk=first.pk)
            holds.set()
            until_somebody_waits()
            own.get(pk=second.pk)
        return "done"

    change = by(world.alice, act, These(world.first, [first.pk, second.pk]), **more, by=world.alice)

    assert at_once(clock, lambda: holds.wait(30) and change()) == ["done", 2]
