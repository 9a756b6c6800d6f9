"""Copies of profiles at other customers of the same MSP (knox.md 2.8)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from rules.errors import RuleBroken
from services import copies, things
from services.models import Thing, ThingVersion
from services.modules import configure, manage
from tenants.models import Access, Customer, KnoxService
from tests.licensing.ground import with_service
from tests.world import World, customer

KC, KM = configure.CONSOLE, manage.CONSOLE
SETTINGS: dict[str, Any] = {
    "edition": "setup", "wallpaper": "Lager", "company": "Fjordline", "support_email": "it@fjordline.example",
    "support_phone": "+491", "routines": "Mute at night",
}  # fmt: skip


@pytest.fixture
def profile(world: World) -> Iterator[Thing]:
    """Of the first customer, copyable."""
    with acting_as(world.alice):
        thing = things.add(world.first, KC, KC.kinds[0], name="Kiosk", settings=SETTINGS, by=world.alice)
        yield copies.make_copyable(thing, by=world.alice)


def at(world: World, where: Customer) -> Thing:
    return Thing.objects.get(customer=where, service="KC", name="Kiosk")


def test_a_copy_brings_all_but_routines_and_knows_its_origin(world: World, profile: Thing) -> None:
    (expected,) = copies.preview(profile, [world.second], by=world.alice)
    before = Thing.objects.filter(customer=world.second).exists()

    results = copies.copy(profile, [world.second], by=world.alice)

    copied = at(world, world.second)
    assert not before
    assert [expected] == results
    assert expected.result == copies.ADDED
    assert copied.settings == {name: value for name, value in SETTINGS.items() if name != "routines"}
    assert (copied.origin_id, copied.origin_version, copied.version) == (profile.pk, 1, 1)
    assert ThingVersion.objects.filter(thing=copied).count() == 1
    verbs = Event.objects.filter(verb__in=["service.thing_copied", "service.thing_brought"])
    assert {event.sentence for event in verbs} == {
        "copied the profile Kiosk of Knox Configure to 1 customer",
        "copied the profile Kiosk of Knox Configure from another customer",
    }


def test_overwriting_keeps_company_support_and_routines_of_the_customer(world: World, profile: Thing) -> None:
    copies.copy(profile, [world.second], by=world.alice)
    own = {"company": "Lumen", "support_email": "it@lumen.example", "support_phone": "+492", "routines": "Loud"}
    things.change(
        at(world, world.second), name="Kiosk", settings=at(world, world.second).settings | own, seen=1, by=world.alice
    )
    things.change(profile, name="Kiosk", settings=SETTINGS | {"wallpaper": "Dock"}, seen=1, by=world.alice)
    profile.refresh_from_db()

    (expected,) = copies.preview(profile, [world.second], by=world.alice)
    copies.copy(profile, [world.second], by=world.alice)

    copied = at(world, world.second)
    assert expected.result == copies.OVERWRITTEN
    assert expected.kept == ("Support email", "Support phone", "Company name", "Routines")
    assert copied.settings == SETTINGS | {"wallpaper": "Dock"} | own
    assert (copied.version, copied.origin_version) == (3, 2)


def test_the_same_again_changes_nothing(world: World, profile: Thing) -> None:
    copies.copy(profile, [world.second], by=world.alice)

    (result,) = copies.copy(profile, [world.second], by=world.alice)

    assert result.result == copies.SAME
    assert at(world, world.second).version == 1


@pytest.mark.parametrize("name", ["Kiosk", "KIÖSK"])
def test_a_name_that_is_no_copy_of_it_is_not_overwritten(world: World, profile: Thing, name: str) -> None:
    things.add(world.second, KC, KC.kinds[0], name=name, settings=SETTINGS, by=world.alice)
    third = customer(world.aurora, world.alice, "Third")

    blocked, fine = copies.copy(profile, [world.second, third], by=world.alice)

    assert (blocked.result, blocked.why_not) == (
        "",
        f"{world.second} has another profile named {name}. Rename one of them.",
    )
    assert fine.result == copies.ADDED
    assert Thing.objects.get(customer=world.second).origin is None


def test_an_edition_that_differs_is_not_overwritten(world: World, profile: Thing) -> None:
    copies.copy(profile, [world.second], by=world.alice)
    Thing.objects.filter(customer=world.second).update(settings=SETTINGS | {"edition": "dynamic"})

    (result,) = copies.copy(profile, [world.second], by=world.alice)

    assert (result.result, result.why_not) == ("", "The profile type cannot change. Add another profile.")


def test_only_what_was_made_copyable_is_copied(world: World, profile: Thing) -> None:
    copies.make_copyable(profile, copyable=False, by=world.alice)
    profile.refresh_from_db()

    with pytest.raises(RuleBroken, match="copyable first"):
        copies.preview(profile, [world.second], by=world.alice)
    with pytest.raises(RuleBroken, match="copyable first"):
        copies.copy(profile, [world.second], by=world.alice)


def test_what_a_customer_with_full_access_has_is_not_copied(world: World, profile: Thing) -> None:
    Customer.objects.filter(pk=world.first.pk).update(access=Access.FULL)
    profile = Thing.objects.get(pk=profile.pk)

    with pytest.raises(RuleBroken, match="has Full access"):
        copies.make_copyable(profile, by=world.alice)
    with pytest.raises(RuleBroken, match="has Full access"):
        copies.copy(profile, [world.second], by=world.alice)


def test_a_customer_with_full_access_may_get_a_copy(world: World, profile: Thing) -> None:
    Customer.objects.filter(pk=world.second.pk).update(access=Access.FULL)

    (result,) = copies.copy(profile, [world.second], by=world.alice)

    assert result.result == copies.ADDED


def test_users_are_not_copied(world: World, client: Client) -> None:
    with_service(world.first, KnoxService.MANAGE)
    with acting_as(world.alice):
        user = things.add(world.first, KM, KM.kinds[2], name="Ute", settings={"email": "u@f.example"}, by=world.alice)

        with pytest.raises(RuleBroken, match="user is not copied"):
            copies.make_copyable(user, by=world.alice)
    client.force_login(world.alice)
    page = reverse("customer-thing-copy", args=[world.first.kcs_id, KM.slug, user.kind, user.pk])

    assert client.get(page).status_code == 404


def test_targets_are_customers_of_the_same_msp_with_the_service_that_the_person_may_change(
    world: World, profile: Thing
) -> None:
    without = customer(world.aurora, world.alice, "Without", services=[KnoxService.EFOTA])

    assert copies.targets(profile, by=world.alice) == [world.second]
    with_service(without, KnoxService.CONFIGURE)
    assert copies.targets(profile, by=world.alice) == [world.second, without]
    with acting_as(world.tom):
        assert copies.targets(profile, by=world.tom) == []
    with acting_as(world.vera):
        assert copies.targets(profile, by=world.vera) == []


def test_nobody_copies_to_another_msps_customer_or_to_the_same_or_to_none(world: World, profile: Thing) -> None:
    for chosen in ([world.foreign], [world.contoso], [world.first], []):
        with pytest.raises(RuleBroken, match="Choose"):
            copies.copy(profile, chosen, by=world.alice)
        with pytest.raises(RuleBroken, match="Choose"):
            copies.preview(profile, chosen, by=world.alice)
    with acting_as(world.tom), pytest.raises(RuleBroken, match="Choose customers"):
        copies.copy(profile, [world.second], by=world.tom)
    with as_operator():
        assert not Thing.objects.exclude(customer=world.first).exists()


def test_up_to_ten_at_a_time(world: World, profile: Thing) -> None:
    more = [customer(world.aurora, world.alice, f"Number {one}") for one in range(10)]

    with pytest.raises(RuleBroken, match="11 customers"):
        copies.copy(profile, [world.second, *more], by=world.alice)
    assert len(copies.copy(profile, more, by=world.alice)) == copies.MOST_TARGETS


def test_the_preview_asks_no_more_for_ten_customers_than_for_one(world: World, profile: Thing) -> None:
    more = [customer(world.aurora, world.alice, f"Number {one}") for one in range(10)]

    asked = []
    for chosen in (more[:1], more):
        with CaptureQueriesContext(connection) as queries:
            copies.preview(Thing.objects.select_related("customer").get(pk=profile.pk), chosen, by=world.alice)
        asked.append(len(queries))

    assert asked[0] == asked[1] <= 5


def test_a_copy_tells_how_its_origin_is_doing(world: World, profile: Thing) -> None:
    copies.copy(profile, [world.second], by=world.alice)
    copied = at(world, world.second)

    def remark() -> str:
        return copies.origins([at(world, world.second), profile])[copied.pk].remark

    assert copies.origins([profile]) == {}
    assert remark() == ""
    things.change(profile, name="Kiosk", settings=SETTINGS | {"wallpaper": "Dock"}, seen=1, by=world.alice)
    assert remark() == "It has changed since."
    things.delete(profile, by=world.alice)
    assert remark() == "It was deleted."


def test_who_sees_only_the_origin_can_delete_it(world: World, profile: Thing) -> None:
    copies.copy(profile, [world.second], by=world.alice)

    with acting_as(world.tom):
        things.delete(Thing.objects.get(pk=profile.pk), by=world.tom)

    copied = at(world, world.second)
    assert (copied.origin_id, copied.origin_version) == (None, 1)


def test_an_origin_that_one_does_not_see_is_not_named(world: World, profile: Thing) -> None:
    copies.copy(profile, [world.second], by=world.alice)
    copied = at(world, world.second)
    with as_operator():
        Customer.objects.filter(pk=world.first.pk).update(name="Secret")

    with acting_as(world.bob):
        assert copies.origins([copied])[copied.pk] == copies.Origin(None, "")
