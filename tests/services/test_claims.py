from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.acting import acting_as, as_operator
from devices import picked_devices
from devices.inventory import Filters, Picked
from devices.models import Device
from rules.errors import RuleBroken
from services import claims, things
from services.models import Claim
from tenants.times import day
from tests.licensing import ground
from tests.services.covering import CARE, act, cover, covered, devices, facts
from tests.world import World


def opened(world: World, device: Device, reference: str = "R-1") -> Claim:
    with acting_as(world.alice):
        return claims.open(
            device.customer, device=str(device), reference=reference, reason="Glass broke", by=world.alice
        )


def completed(world: World, claim: Claim) -> Claim:
    with acting_as(world.alice):
        return claims.complete(claim, result="Repaired", by=world.alice)


def counts(world: World, device: Device) -> list[tuple[int, int, int | None]]:
    with acting_as(world.alice):
        return [(one.open, one.closed, one.remaining) for one in claims.limits(device.customer)]


def test_a_claim_is_opened_and_completed(world: World) -> None:
    device, gold = covered(world, claim_limit=3)

    claim = opened(world, device)
    open_now = counts(world, device)
    claim = completed(world, claim)

    assert (claim.plan_id, claim.identifier, claim.state) == (gold.pk, str(device), "completed")
    assert (open_now, counts(world, device)) == ([(1, 0, 3)], [(0, 1, 2)])


def test_an_extended_warranty_pays_for_nothing_before_it_begins(world: World) -> None:
    device, gold = covered(world, benefit="ew")
    starts = datetime.fromisoformat(facts(device, CARE)["coverage_starts"])

    with pytest.raises(RuleBroken) as no:
        opened(world, device)

    assert (str(no.value), no.value.field) == (
        f"{gold} pays for {device} from {day(starts, world.alice.zone)} on.",
        "device",
    )
    with time_machine.travel(starts + timedelta(minutes=1), tick=False):
        assert opened(world, device).plan_id == gold.pk


def test_a_device_has_one_open_claim(world: World) -> None:
    device, _ = covered(world)
    opened(world, device)

    with pytest.raises(RuleBroken, match="Claim R-1 of this device is open") as no:
        opened(world, device, "R-2")

    assert no.value.status == 409


def test_a_reference_is_used_once(world: World) -> None:
    device, _ = covered(world)
    completed(world, opened(world, device))

    with pytest.raises(RuleBroken, match="There is a claim R-1") as no:
        opened(world, device)

    assert no.value.field == "reference"


def test_a_plan_pays_for_as_many_claims_as_its_limit(world: World) -> None:
    device, gold = covered(world, claim_limit=2)
    (other,) = devices(world, device.customer, first=50)
    cover(world, other, gold, ground.entered(world, device.customer, "care-adh", name="More"))
    completed(world, opened(world, device))
    opened(world, device, "R-2")

    with pytest.raises(RuleBroken, match="Completed: 1"):
        opened(world, other, "R-3")


def test_only_a_covered_device_has_claims(world: World) -> None:
    device, _ = covered(world)
    (other,) = devices(world, device.customer, first=50)

    with pytest.raises(RuleBroken, match="is not Active in"):
        opened(world, other)
    with pytest.raises(RuleBroken, match="has no device with this number"), acting_as(world.alice):
        claims.open(device.customer, device="nonsense", reference="R", reason="R", by=world.alice)


def test_a_claim_is_completed_once(world: World) -> None:
    device, _ = covered(world)
    claim = completed(world, opened(world, device))

    with pytest.raises(RuleBroken, match="completed already: Repaired"):
        completed(world, claim)


def test_a_claim_counts_after_its_device_was_deleted(world: World) -> None:
    device, _ = covered(world, claim_limit=2)
    completed(world, opened(world, device))
    act(CARE, "cancel", device, by=world.alice)

    with acting_as(world.alice):
        picked_devices.delete(Picked(device.customer, [device.pk], Filters()), at_most=1, by=world.alice)

    assert counts(world, device) == [(0, 1, 1)]
    with as_operator():
        claim = Claim.objects.get()
    assert (claim.device_id, claim.identifier) == (None, str(device))


def test_a_plan_that_claims_name_is_not_deleted(world: World) -> None:
    device, gold = covered(world)
    completed(world, opened(world, device))
    act(CARE, "cancel", device, by=world.alice)
    with acting_as(world.alice):
        picked_devices.delete(Picked(device.customer, [device.pk], Filters()), at_most=1, by=world.alice)

    with acting_as(world.alice), pytest.raises(RuleBroken, match=f"Claims name {gold}, so it stays"):
        things.delete(gold, by=world.alice)


def test_claims_are_found_by_reference_and_by_number(world: World) -> None:
    device, _ = covered(world)
    opened(world, device, "ABC-12")

    def found(**asked: str) -> int:
        with acting_as(world.alice):
            return claims.of(device.customer, **asked).count()

    assert found() == found(q="abc") == found(q=str(device)) == found(state="open") == 1
    assert found(q="zzz") == found(state="completed") == 0
