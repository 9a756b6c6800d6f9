"""Acts on many devices are a few statements, however many devices there are: a web request waits for them."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.acting import acting_as, as_reseller
from devices import approvals, picked_devices, reseller_deletions
from devices.inventory import Picked
from tests.devices import sending
from tests.devices.sending import imeis


def everything(world):
    return Picked.read(world.first, QueryDict("all=1"))


def tag(world, approval):
    picked_devices.tag(everything(world), ["one"], by=world.alice)


def untag(world, approval):
    picked_devices.untag(everything(world), ["at first"], by=world.alice)


def delete(world, approval):
    picked_devices.delete(everything(world), at_most=1000, by=world.alice)


def approve(world, approval):
    approvals.approve(approval, by=world.alice)


def reject(world, approval):
    approvals.reject(approval, by=world.alice, reason="Not ordered.")


def delete_as_reseller(world, approval):
    with acting_as(world.rita), as_reseller():
        devices = reseller_deletions.of_upload(approval.upload, reseller=world.reseller)
        reseller_deletions.delete(devices, reseller=world.reseller, typed=str(devices.count()), by=world.rita)


def statements(world, act, count, *, first):
    """How many the act takes for so many devices of an upload that is approved, and one that waits."""
    sending.added(world.alice, imeis(count, first=first), customer=world.first, tags=["at first"])
    approval = sending.waiting(world, imeis(count, first=first + 500), customer=world.first)
    with acting_as(world.alice), CaptureQueriesContext(connection) as asked:
        act(world, approval)
    return len(asked)


@pytest.mark.parametrize("act", [tag, untag, delete, approve, reject, delete_as_reseller])
def test_an_act_on_many_devices_takes_as_many_statements_as_on_few(world, act):
    few = statements(world, act, 2, first=0)

    many = statements(world, act, 60, first=100)

    assert many <= few
