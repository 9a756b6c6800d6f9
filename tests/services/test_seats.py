"""Acts on devices take seats and free them."""

import pytest

from accounts.acting import acting_as
from licensing import seats
from services import engine
from tests.licensing.ground import counts
from tests.services.ground import ground, refused

pytestmark = pytest.mark.django_db


def test_a_preview_says_how_many_seats_are_new(world):
    kc = ground(world, devices=3)
    with acting_as(world.alice):
        seats.take(kc.license, kc.devices[:1], by=world.alice)

        preview = engine.preview(kc.picked, kc.console, kc.console.action("assign"))

    assert (preview.affected, preview.new_seats) == (3, 2)


def test_a_missing_license_is_a_sentence_that_says_what_to_do(world):
    kc = ground(world)

    assert refused(kc, "assign", thing=kc.thing(), license=None) == (
        "Each device needs a seat in Knox Configure. Choose a license, or enter a license key first.", 422,
    )  # fmt: skip
    assert (kc.states(), kc.commands()) == (["unassigned"] * 2, [])


def test_a_license_of_another_service_is_refused(world):
    kc = ground(world)
    efota = ground(world, "KE")

    assert refused(kc, "assign", thing=kc.thing(), license=efota.license)[0].endswith(
        "is not for Knox Configure. Choose another."
    )


def test_all_or_none_get_seats(world):
    kc = ground(world, devices=3, seats=2)

    sentence, _ = refused(kc, "assign", thing=kc.thing())

    assert sentence.startswith("3 devices need 3 seats.")
    assert (kc.states(), counts(kc.license), kc.commands()) == (["unassigned"] * 3, (0, 0, 0), [])


def test_a_device_that_has_a_seat_takes_no_second_one(world):
    kc = ground(world, devices=2, seats=2)
    profile = kc.thing()
    kc.act("assign", thing=profile)

    kc.act("assign", thing=profile, license=None)

    assert counts(kc.license) == (2, 2, 2)


def test_a_suites_seat_stays_while_another_service_needs_it(world):
    """One seat of Knox Suite opens Knox E-FOTA and Knox Manage: leaving one of them keeps it for the other."""
    efota = ground(world, "KE", code="suite")
    manage = ground(world, "KM", devices=0, code="suite")
    manage.devices = efota.devices
    efota.act("enroll")
    manage.force("enrolled")

    efota.act("unenroll")
    held = counts(efota.license)
    manage.act("unenroll")

    assert (held, counts(efota.license)) == ((2, 2, 2), (0, 0, 0))


def test_a_suites_seat_is_shared_by_the_services_that_it_opens(world):
    efota = ground(world, "KE", code="suite")
    with acting_as(world.alice):
        seats.take(efota.license, efota.devices, by=world.alice)

    efota.act("enroll", license=None)

    assert counts(efota.license) == (2, 2, 2)


def test_a_seat_of_a_service_alone_is_freed_whatever_else_the_device_is_in(world):
    kc, care = ground(world), ground(world, "SC+", devices=0)
    kc.act("assign", thing=kc.thing())
    care.devices = kc.devices
    care.force("approved")

    kc.act("unassign")

    assert counts(kc.license) == (0, 0, 0)
