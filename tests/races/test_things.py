"""Things of a service, changed and copied in the same moment: raced in threads on PostgreSQL."""

import pytest

from accounts.acting import acting_as, as_operator
from rules.errors import RuleBroken
from services import copies, things
from services.models import Thing, ThingVersion
from services.modules import configure
from tests import world as cast
from tests.races.committed import at_once, by
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")

KC = configure.CONSOLE
PROFILE = KC.kinds[0]
SETTINGS = {"edition": "setup"}


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def profile(world, customer, name="Kiosk"):
    with acting_as(world.alice):
        return things.add(customer, KC, PROFILE, name=name, settings=SETTINGS, by=world.alice)


def refusals(got):
    return [no for no in got if isinstance(no, RuleBroken)]


def test_a_name_is_given_once(world):
    add = [
        by(person, things.add, world.first, KC, PROFILE, name="Kiosk", settings=SETTINGS, by=person)
        for person in (world.alice, world.mira, world.tom)
    ]

    got = at_once(*add * 3)

    with as_operator():
        assert Thing.objects.count() == 1
    assert {no.status for no in refusals(got)} == {409}
    assert len(refusals(got)) == 8


def test_of_two_editors_one_saves_and_the_others_read_who(world):
    thing = profile(world, world.first)

    got = at_once(
        *[
            by(person, things.change, thing, name=person.first_name, settings=SETTINGS, seen=1, by=person)
            for person in (world.alice, world.mira, world.tom) * 3
        ]
    )

    with as_operator():
        saved = Thing.objects.select_related("changed_by").get()
        assert ThingVersion.objects.count() == 2
    assert saved.name == saved.changed_by.first_name
    assert len(refusals(got)) == 8
    assert all(str(no).startswith(f"{saved.changed_by} saved other changes at") for no in refusals(got))


def test_a_campaign_or_profile_is_changed_or_deleted(world):
    thing = profile(world, world.first)

    got = at_once(
        by(world.alice, things.delete, thing, by=world.alice),
        by(world.mira, things.change, thing, name="Dock", settings=SETTINGS, seen=1, by=world.mira),
        by(world.tom, things.delete, thing, by=world.tom),
    )

    with as_operator():
        assert Thing.objects.count() == ThingVersion.objects.count() == 0
    assert all("deleted meanwhile" in str(no) for no in refusals(got))


def test_copies_to_and_fro_do_not_wait_for_each_other_for_ever(world):
    here, there = profile(world, world.first, "Here"), profile(world, world.second, "There")
    with acting_as(world.alice):
        for thing in (here, there):
            copies.make_copyable(thing, by=world.alice)

    got = at_once(
        *[by(world.alice, copies.copy, here, [world.second], by=world.alice)] * 4,
        *[by(world.mira, copies.copy, there, [world.first], by=world.mira)] * 4,
    )

    results = sorted(one.result for (one,) in got)
    assert results == [copies.ADDED] * 2 + [copies.SAME] * 6
    with as_operator():
        assert Thing.objects.count() == 4
