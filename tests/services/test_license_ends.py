"""What the end of a license does to devices: days of grace, and what another license gives back (knox.md 5.4)."""

import pytest
import time_machine
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from licensing import licenses, seats, trials
from licensing.models import License
from rules.errors import RuleBroken
from services import tasks
from tests.licensing.ground import counts, entered, sold
from tests.services.ground import ground
from tests.services.passing import DAY, ROUNDED, SECOND, at, configured

pytestmark = pytest.mark.django_db


def ended_and_extended(world, license):
    """The license ends, and in its grace a key extends it; the clock saw both."""
    end = license.ends_at
    at(end)
    with time_machine.travel(end + DAY, tick=False):
        code = sold(world, months=12)
        with acting_as(world.alice):
            licenses.extend(license, code, by=world.alice)
    at(end + DAY)


def test_devices_stay_while_their_license_runs(world):
    kc = configured(world)

    at(kc.license.ends_at - SECOND)

    assert kc.states() == ["configured"] * 2


def test_at_the_end_of_its_license_knox_configure_is_deactivated_for_30_days(world):
    kc = configured(world)

    at(kc.license.ends_at)
    in_grace = kc.states(), counts(kc.license)[0]
    at(kc.license.ends_at + 30 * DAY - SECOND)
    at_its_end = kc.states()
    at(kc.license.ends_at + 30 * DAY)

    assert (in_grace, at_its_end) == ((["deactivated"] * 2, 2), ["deactivated"] * 2)
    assert (kc.states(), counts(kc.license)) == (["unassigned"] * 2, (0, 0, 0))
    assert kc.moves()[-2:] == [
        ("configured", "deactivated", "the license ended"), ("deactivated", "", "the seat went"),
    ]  # fmt: skip


@pytest.mark.parametrize("action", ["reboot", "reset", "push", "lock", "unlock"])
def test_in_grace_devices_take_no_commands(world, action):
    kc = configured(world)
    at(kc.license.ends_at)

    with pytest.raises(Exception, match="is not possible while a device is Deactivated temporarily"):
        kc.act(action)


def test_what_waits_for_a_device_does_not_reach_it_in_grace(world):
    kc = configured(world, number=1)
    kc.act("reboot")

    at(kc.license.ends_at)

    assert kc.commands()[-1] == ("reboot", "cancelled")


@pytest.mark.parametrize(("action", "waits"), [("assign", "profile_assigned"), ("push", "updates_pushed")])
def test_what_waited_for_a_device_is_told_again_when_its_license_runs_again(world, action, waits):
    kc = configured(world, number=1)
    kc.act(action, thing=kc.thing(name="Counter"))
    ended_and_extended(world, kc.license)

    assert (kc.states(), kc.commands()[-2:]) == ([waits], [(action, "cancelled"), (action, "waiting")])


def test_a_license_that_is_extended_in_grace_gives_each_device_its_state_back(world):
    kc = configured(world)
    kc.force("locked", kc.devices[1])
    ended_and_extended(world, kc.license)

    assert kc.states() == ["configured", "locked"]
    assert kc.moves()[-1] == ("deactivated", "configured", "the license runs again")


def test_a_locked_device_stays_locked_without_its_seat_and_is_unlocked_with_another(world):
    """knox.md 6.1. As an unassigned one it could never be unlocked again."""
    kc = configured(world, number=1)
    kc.force("locked")
    at(kc.license.ends_at + 30 * DAY)
    held = kc.states(), counts(kc.license)

    with pytest.raises(RuleBroken, match="needs a seat"):
        kc.act("unlock", license=None)
    kc.act("unlock", license=entered(world, kc.customer, "kc-dynamic"))

    assert held == (["locked"], (0, 0, 0))
    assert kc.commands()[-1] == ("unlock", "waiting")


@pytest.mark.parametrize("action", ["unlock", "reset"])
def test_in_grace_a_locked_device_hears_nothing(world, action):
    kc = configured(world, number=1)
    kc.force("locked")
    end = kc.license.ends_at
    at(end)

    with time_machine.travel(end + DAY, tick=False), pytest.raises(RuleBroken, match="has ended"):
        kc.act(action)

    assert (kc.states(), counts(kc.license)[0]) == (["locked"], 1)


def test_devices_that_are_moved_to_another_license_in_grace_get_their_state_back(world):
    kc = configured(world)
    end = kc.license.ends_at
    at(end)

    with time_machine.travel(end + DAY, tick=False):
        other = entered(world)
        with acting_as(world.alice):
            seats.move(kc.license, kc.devices[:1], to=other, by=world.alice)
    at(end + DAY)

    assert kc.states() == ["configured", "deactivated"]


def test_two_ends_give_back_the_state_before_the_second(world):
    kc = configured(world, number=1)
    for state in ("configured", "error"):
        kc.force(state)
        with as_operator():
            end = License.objects.get(pk=kc.license.pk).ends_at
        at(end)
        with time_machine.travel(end + DAY, tick=False):
            code = sold(world, months=12)
            with acting_as(world.alice):
                licenses.extend(kc.license, code, by=world.alice)
        at(end + DAY)
        assert kc.states() == [state]


def test_a_trial_has_no_grace(world):
    kc = ground(world)
    with acting_as(world.alice):
        kc.license = trials.start(world.first, by=world.alice)
    kc.act("assign", thing=kc.thing())

    with time_machine.travel(kc.license.ends_at + ROUNDED, tick=False):
        tasks.move_clocks()  # before the seats are taken back
    before = kc.states()
    at(kc.license.ends_at)

    assert (before, kc.states()) == (["profile_assigned"] * 2, ["unassigned"] * 2)


def test_each_device_of_a_staggered_license_has_its_own_end(world):
    kc = ground(world, code="kc-setup-staggered", months=12)
    profile = kc.thing()
    kc.act("assign", kc.some(kc.devices[0]), thing=profile)
    with time_machine.travel(timezone.now() + 60 * DAY, tick=False):
        kc.act("assign", kc.some(kc.devices[1]), thing=profile)
    kc.force("configured")
    with as_operator():
        first, second = kc.license.seats_in_use.order_by("taken_at").values_list("ends_at", flat=True)

    at(first)
    one = kc.states()
    at(second)

    assert (one, kc.states()) == (["deactivated", "configured"], ["unassigned", "deactivated"])


def test_a_seat_that_is_released_by_hand_takes_the_device_out_of_the_service(world):
    kc = configured(world)

    with acting_as(world.alice):
        seats.release(kc.license, kc.devices[:1], by=world.alice)
    tasks.move_clocks()

    assert kc.states() == ["unassigned", "configured"]


def test_a_service_without_grace_says_at_once_that_the_license_ended(world):
    efota = ground(world, "KE")
    efota.act("enroll")
    efota.force("enrolled")

    at(efota.license.ends_at - SECOND)
    before = efota.states()
    at(efota.license.ends_at)

    assert (before, efota.states()) == (["enrolled"] * 2, ["invalid_license"] * 2)


def test_a_service_that_needs_no_license_loses_nothing(world):
    kme = ground(world, "KME")
    kme.act("assign", thing=kme.thing("profile", "Scanner", type="basic", mdm="knox-manage"), license=None)

    tasks.move_clocks()

    assert kme.states() == ["profile_assigned"] * 2


def test_a_state_that_needs_no_seat_stays(world):
    care = ground(world, "SC+")
    care.force("approved", care.devices[0])
    care.force("active", care.devices[1])

    tasks.move_clocks()

    assert care.states() == ["approved", "expired"]
