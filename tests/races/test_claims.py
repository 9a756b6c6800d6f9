"""Claims and swaps in the same moment: raced in threads on PostgreSQL. One wins, the others read why."""

import pytest

from accounts.acting import as_operator
from devices.models import Device
from licensing.models import Seat
from rules.errors import RuleBroken
from services import claims, swaps
from services.models import Claim, Enrollment
from tests import world as cast
from tests.devices import sending
from tests.races.committed import at_once, by
from tests.services.covering import CARE, cared, cover, covered, devices, plan, state
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def refusals(got):
    return [no for no in got if isinstance(no, RuleBroken)]


def two_covered(world, **terms):
    customer, license = cared(world)
    gold = plan(world, customer, **terms)
    both = devices(world, customer, 2)
    for one in both:
        cover(world, one, gold, license)
    return both


def test_the_last_claim_that_a_plan_pays_for_is_opened_once(world):
    both = two_covered(world, claim_limit=1)

    got = at_once(
        *[
            by(person, claims.open, world.first, device=str(device), reference=f"R-{number}", reason="Glass", by=person)
            for number, (person, device) in enumerate(zip((world.alice, world.mira) * 4, both * 4, strict=True))
        ]
    )

    with as_operator():
        opened = Claim.objects.get()
    assert opened in got
    assert len(refusals(got)) == 7
    assert all("pays for 1 claim." in str(no) or f"Claim {opened.reference}" in str(no) for no in refusals(got))


def test_a_reference_names_one_claim(world):
    both = two_covered(world)

    got = at_once(
        *[
            by(world.alice, claims.open, world.first, device=str(one), reference="R-1", reason="Glass", by=world.alice)
            for one in both * 3
        ]
    )

    with as_operator():
        assert Claim.objects.count() == 1
    assert {no.status for no in refusals(got)} == {409}


def test_a_claim_is_completed_once(world):
    device, _ = covered(world)
    (claim,) = at_once(
        by(world.alice, claims.open, world.first, device=str(device), reference="R-1", reason="Glass", by=world.alice)
    )

    got = at_once(
        *[
            by(person, claims.complete, claim, result=person.first_name, by=person)
            for person in (world.alice, world.mira, world.tom) * 2
        ]
    )

    with as_operator():
        result = Claim.objects.get().result
    assert {str(no) for no in refusals(got)} == {f"Claim R-1 is completed already: {result}"}
    assert len(refusals(got)) == 5


def test_one_new_device_takes_the_place_of_one(world):
    both, new = two_covered(world), sending.imei(70)

    got = at_once(
        *[
            by(person, swaps.swap, device, CARE, new, by=person)
            for person, device in zip((world.alice, world.mira) * 3, both * 3, strict=True)
        ]
    )

    with as_operator():
        taken = Device.objects.get(imei=new)
        assert Seat.objects.count() == Enrollment.objects.filter(service="SC+").count() == 2
    assert got.count(taken) == 1
    assert sorted(state(one, CARE) for one in both) == ["active", "pending"]
    assert {no.status for no in refusals(got)} <= {409, 422}
    assert len(refusals(got)) == 5


def test_a_device_goes_to_one_of_two_new_ones(world):
    device, _ = covered(world)

    got = at_once(
        *[
            by(person, swaps.swap, device, CARE, sending.imei(number), by=person)
            for person, number in zip((world.alice, world.mira) * 3, (70, 71) * 3, strict=True)
        ]
    )

    with as_operator():
        (enrollment,) = Enrollment.objects.filter(service="SC+").select_related("device")
        assert Seat.objects.get().device_id == enrollment.device_id
        assert (
            not Device.objects.filter(imei__in=[sending.imei(70), sending.imei(71)])
            .exclude(pk=enrollment.device_id)
            .exists()
        )
    assert got.count(enrollment.device) == 1
    assert {no.status for no in refusals(got)} == {409}
