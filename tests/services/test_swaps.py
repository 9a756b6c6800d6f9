from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from devices.models import Approval, Device
from rules.errors import RuleBroken
from services import swaps
from services.console import Console
from services.models import Command
from services.modules import CONSOLES
from tests import world as cast
from tests.devices import sending
from tests.services.covering import (
    CARE,
    GUARD,
    PAYG,
    act,
    answer,
    covered,
    devices,
    enrollment,
    facts,
    guarded,
    seats,
    state,
)  # fmt: skip
from tests.world import World


def swapped(world: World, device: Device, to: str, console: Console = CARE, model: str = "") -> Device:
    with acting_as(world.alice):
        return swaps.swap(device, console, to, model=model, by=world.alice)


def test_a_new_device_takes_plan_seat_and_the_rest_of_the_coverage(world: World) -> None:
    old, gold = covered(world)
    before = facts(old, CARE)
    with as_operator():
        license = old.seats.get().license

    new = swapped(world, old, sending.imei(70))

    taken = enrollment(new, CARE)
    assert taken
    assert (taken.state, taken.thing) == ("active", gold)
    assert taken.facts == before | {"in_place_of": str(old)}
    assert (enrollment(old, CARE), seats(license)) == (None, [new.pk])
    with as_operator():
        assert Approval.objects.get(pk=new.approval_id).state == "approved"


def test_a_device_of_the_inventory_takes_the_place(world: World) -> None:
    old, _ = covered(world)
    (spare,) = devices(world, old.customer, first=70)

    new = swapped(world, old, str(spare))

    assert (new.pk, state(new, CARE)) == (spare.pk, "active")


def test_the_old_device_can_be_deleted_then(world: World) -> None:
    old, _ = covered(world)
    swapped(world, old, sending.imei(70))

    with as_operator():
        Device.objects.filter(pk=old.pk).delete()
        assert not Device.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize(
    ("to", "says"),
    [
        (sending.imei(70, sending.AMERICA), "is a device for"),
        ("352143000000003", "One digit of this IMEI is wrong"),
        ("12345", "IMEI"),
        (sending.imei(0), "the number of the device itself"),
    ],
)
def test_a_device_that_cannot_come_in_takes_no_place(world: World, to: str, says: str) -> None:
    old, _ = covered(world)

    with pytest.raises(RuleBroken, match=says):
        swapped(world, old, to)

    assert state(old, CARE) == "active"


def test_a_device_that_is_covered_itself_takes_no_place(world: World) -> None:
    old, _ = covered(world)
    (other,) = devices(world, old.customer, first=70)
    act(CARE, "approve", other, by=world.alice, params={"eula_on": "2026-11-01"})

    with pytest.raises(RuleBroken, match="is Approved in"):
        swapped(world, old, str(other))


def test_a_device_without_coverage_is_not_swapped(world: World) -> None:
    covered(world)
    (device,) = devices(world, world.first, first=70)

    with pytest.raises(RuleBroken, match="is Pending in") as no:
        swapped(world, device, sending.imei(71))

    assert no.value.status == 409


def test_a_device_of_another_own_customer_takes_no_place(world: World) -> None:
    old, _ = covered(world)
    other = cast.customer(world.aurora, world.alice, "Kestrel")
    (spare,) = devices(world, other, first=70)

    with pytest.raises(RuleBroken):
        swapped(world, old, str(spare))

    assert (state(old, CARE), enrollment(spare, CARE)) == ("active", None)


def test_a_device_of_another_msps_customer_takes_no_place(world: World) -> None:
    old, _ = covered(world)
    with as_operator():
        foreign = sending.imei(5, sending.AMERICA)
    sending.added(world.bob, [foreign], customer=world.foreign)

    with pytest.raises(RuleBroken):
        swapped(world, old, foreign)


def test_an_imei_is_exchanged_in_knox_guard(world: World) -> None:
    customer, license = guarded(world)
    (old,) = devices(world, customer)
    act(GUARD, "accept", old, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, old)

    new = swapped(world, old, sending.imei(70), GUARD)
    exchanging = state(new, GUARD)
    answer(world, new)

    assert (exchanging, state(new, GUARD), facts(new, GUARD)["approval_id"]) == ("exchanging", "active", "B-1")
    assert (enrollment(old, GUARD), seats(license)) == (None, [new.pk])


def test_a_device_that_takes_a_place_is_told_until_when_it_is_paid(world: World) -> None:
    customer, license = guarded(world, **PAYG)
    (old,) = devices(world, customer)
    until = timezone.now() + timedelta(days=30)
    act(GUARD, "accept_payg", old, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, old)
    act(GUARD, "pay", old, by=world.alice, params={"paid_until": until})
    answer(world, old)

    new = swapped(world, old, sending.imei(70), GUARD)

    with as_operator():
        told = Command.objects.get(device=new, action="exchange").params
    assert told == {"approval_id": "B-1", "paid_until": facts(new, GUARD)["paid_until"]}


def test_an_exchange_that_failed_is_done_with_another_device(world: World) -> None:
    customer, license = guarded(world)
    (old,) = devices(world, customer)
    act(GUARD, "accept", old, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, old)
    broken = swapped(world, old, sending.imei(70), GUARD)
    answer(world, broken, "failed")

    new = swapped(world, broken, sending.imei(71), GUARD)
    answer(world, new)

    assert (state(new, GUARD), facts(new, GUARD)["approval_id"]) == ("active", "B-1")
    assert (enrollment(broken, GUARD), seats(license)) == (None, [new.pk])


def test_a_locked_device_is_not_exchanged(world: World) -> None:
    customer, license = guarded(world)
    (old,) = devices(world, customer)
    act(GUARD, "accept", old, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, old)
    act(GUARD, "lock", old, by=world.alice, params={"message": "Pay"})

    with pytest.raises(RuleBroken, match="is Locking in"):
        swapped(world, old, sending.imei(70), GUARD)


def test_what_waited_for_the_old_device_is_cancelled(world: World) -> None:
    customer, license = guarded(world)
    (old,) = devices(world, customer)
    act(GUARD, "accept", old, by=world.alice, params={"approval_id": "B-1"}, license=license)
    answer(world, old)
    act(GUARD, "complete", old, by=world.alice)
    act(GUARD, "cancel_completing", old, by=world.alice)

    swapped(world, old, sending.imei(70), GUARD)

    with as_operator():
        assert not Command.objects.filter(device=old, state__in=Command.OPEN).exists()


def test_a_preview_changes_nothing(world: World) -> None:
    old, _ = covered(world)

    with acting_as(world.alice):
        found = swaps.preview(old, CARE, sending.imei(70), by=world.alice)

    assert (found.identifier, found.model, found.is_new) == (sending.imei(70), "Galaxy S24 (SM-S921B)", True)
    assert state(old, CARE) == "active"
    with as_operator():
        assert not Device.objects.filter(imei=sending.imei(70)).exists()


def test_other_services_have_no_swap(world: World) -> None:
    (device,) = devices(world, world.first)

    with pytest.raises(RuleBroken, match="has no swap"):
        swapped(world, device, sending.imei(70), CONSOLES["KC"])
