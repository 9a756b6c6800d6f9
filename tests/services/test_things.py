"""Things of a service: added, changed, deleted, ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from rules.errors import RuleBroken
from services import fields, things
from services.models import Command, Enrollment, Move, Thing, ThingVersion
from services.modules import configure, efota, guard, manage
from tenants.models import KnoxService
from tenants.times import written
from tests.licensing.ground import devices, with_service
from tests.world import World

KC, KE, KM = configure.CONSOLE, efota.CONSOLE, manage.CONSOLE
PROFILE, CAMPAIGN = KC.kinds[0], KE.kinds[0]
SETUP = {"edition": "setup", "company": "Fjordline"}


@pytest.fixture(autouse=True)
def _services(world: World) -> None:
    for customer in (world.first, world.second, world.foreign):
        with_service(customer, *KnoxService)


@pytest.fixture
def setup(world: World) -> Thing:
    with acting_as(world.alice):
        return things.add(world.first, KC, PROFILE, name=" Kiosk  one ", settings=SETUP, by=world.alice)


def campaign(world: World, **more: Any) -> Thing:
    today = timezone.now().date()
    days = {"starts": today, "ends": None, "until": None} | more
    with acting_as(world.alice):
        return things.add(world.first, KE, CAMPAIGN, name="Autumn", settings=days, by=world.alice)


def test_a_thing_is_added_with_its_first_version_and_recorded(world: World, setup: Thing) -> None:
    with acting_as(world.alice):
        version = ThingVersion.objects.get(thing=setup)
        event = Event.objects.filter(verb="service.thing_added").get()

    assert (setup.name, setup.version, setup.settings) == ("Kiosk one", 1, SETUP)
    assert (version.version, version.settings, version.by) == (1, SETUP, world.alice)
    assert event.sentence == "added the profile Kiosk one of Knox Configure"


@pytest.mark.parametrize("name", ["KIOSK ONE", "kiosk öne", " Kiosk One "])
def test_a_name_is_there_once_a_customer_whatever_case_and_accents(world: World, setup: Thing, name: str) -> None:
    with acting_as(world.alice), pytest.raises(RuleBroken, match="Kiosk one already") as no:
        things.add(world.first, KC, PROFILE, name=name, settings=SETUP, by=world.alice)
    with acting_as(world.alice):
        elsewhere = things.add(world.second, KC, PROFILE, name=name, settings=SETUP, by=world.alice)

    assert (no.value.status, no.value.field) == (409, "name")
    assert elsewhere.pk != setup.pk


def test_a_name_of_letters_that_stand_for_phrases_fits(world: World) -> None:
    with acting_as(world.alice):
        thing = things.add(world.first, KC, PROFILE, name="\ufdfa" * 100, settings=SETUP, by=world.alice)

    assert len(thing.name_key) <= things.LONGEST_KEY


def test_a_service_that_is_closed_to_the_customer_takes_no_things(world: World) -> None:
    closed = guard.CONSOLE.obstacle(world.borealis)

    with acting_as(world.bob), pytest.raises(RuleBroken) as no:
        things.add(world.foreign, guard.CONSOLE, PROFILE, name="P", settings={}, by=world.bob)

    assert (str(no.value), no.value.status) == (closed, 403)


def test_each_change_is_a_version(world: World, setup: Thing) -> None:
    other = SETUP | {"company": "Lumen"}

    with acting_as(world.alice):
        changed = things.change(setup, name="Kiosk", settings=other, seen=1, by=world.alice)
        same = things.change(changed, name="Kiosk", settings=other, seen=2, by=world.alice)

    assert (changed.version, same.version, changed.name) == (2, 2, "Kiosk")
    with acting_as(world.alice):
        kept = list(ThingVersion.objects.filter(thing=setup).order_by("version").values_list("settings", flat=True))
    assert kept == [SETUP, other]


def test_two_editors_do_not_overwrite_each_other(world: World, setup: Thing) -> None:
    with acting_as(world.mira):
        saved = things.change(setup, name="Mira's", settings=SETUP, seen=1, by=world.mira)

    with acting_as(world.alice), pytest.raises(RuleBroken) as no:
        things.change(setup, name="Alice's", settings=SETUP, seen=1, by=world.alice)

    assert no.value.status == 409
    assert str(no.value) == (
        f"Mira Example saved other changes at {written(saved.changed_at, world.alice.zone)}. "
        "Your text is still below. Compare it and save again."
    )


def test_the_module_says_what_settings_may_become(world: World, setup: Thing) -> None:
    with acting_as(world.alice), pytest.raises(RuleBroken, match="profile type cannot change"):
        things.change(setup, name="Kiosk", settings=SETUP | {"edition": "dynamic"}, seen=1, by=world.alice)


def test_a_thing_that_devices_have_is_not_deleted(world: World, setup: Thing) -> None:
    for device in devices(world.first, 2):
        with acting_as(world.alice):
            Enrollment.objects.create(
                customer=world.first, device=device, service="KC", state="configured", thing=setup
            )

    with acting_as(world.alice), pytest.raises(RuleBroken, match=r"2 devices have Kiosk one\. Assign another profile"):
        things.delete(setup, by=world.alice)
    with acting_as(world.alice):
        Enrollment.objects.all().delete()
        things.delete(setup, by=world.alice)
        left = Thing.objects.count(), ThingVersion.objects.count()

    assert left == (0, 0)


def test_a_thing_that_another_names_is_not_deleted(world: World) -> None:
    with acting_as(world.alice):
        group, profile, user = (
            things.add(world.first, KM, KM.kind(code) or PROFILE, name=code, settings={}, by=world.alice)
            for code in ("group", "profile", "user")
        )
        named = {"profile": profile.pk, "members": [user.pk], "note": ""}
        group = things.change(group, name="Drivers", settings=named, seen=1, by=world.alice)

    for thing in (profile, user):
        with acting_as(world.alice), pytest.raises(RuleBroken, match=r"^Drivers uses"):
            things.delete(thing, by=world.alice)
    with acting_as(world.alice):
        things.delete(group, by=world.alice)
        things.delete(profile, by=world.alice)


def test_a_form_offers_the_things_of_its_customer_alone(world: World) -> None:
    group = KM.kind("group")
    assert group
    with acting_as(world.alice):
        for customer in (world.first, world.second):
            things.add(customer, KM, KM.kinds[1], name=f"P of {customer}", settings={}, by=world.alice)
        theirs = Thing.objects.get(customer=world.second)
        mine = Thing.objects.get(customer=world.first)
        refused, taken = (
            fields.fill(group.form({"profile": thing.pk}), world.first, KM.service) for thing in (theirs, mine)
        )

        assert not refused.is_valid()
        assert taken.is_valid()
    assert taken.cleaned_data["profile"] == mine.pk


def test_a_campaign_that_is_cancelled_lets_devices_go_that_it_can_stop(world: World) -> None:
    thing = campaign(world)
    states = ["awaiting_download", "downloading", "installing", "updated"]
    with acting_as(world.alice):
        for device, state in zip(devices(world.first, 4), states, strict=True):
            own = {"customer": world.first, "device": device, "service": "KE"}
            Enrollment.objects.create(**own, state=state, thing=thing)
            Command.objects.create(**own, action="assign", by=world.alice)
            Command.objects.create(**own, action="enroll", by=world.alice)
        moved = things.end(thing, by=world.alice)

        left = list(Enrollment.objects.order_by("device").values_list("state", flat=True))
        waiting = set(Command.objects.filter(state="waiting").values_list("action", flat=True))
        reasons = set(Move.objects.exclude(before="").values_list("reason", flat=True))
        thing.refresh_from_db()
    assert (moved, left) == (2, ["enrolled", "enrolled", "installing", "updated"])
    assert waiting == {"enroll"}
    assert reasons == {"ended"}
    assert things.state_of(thing) == "cancelled"


def test_what_has_ended_is_not_changed_nor_ended_again(world: World) -> None:
    thing = campaign(world)
    with acting_as(world.alice):
        things.end(thing, by=world.alice)

    for act in (
        lambda: things.end(thing, by=world.alice),
        lambda: things.change(thing, name="Later", settings=thing.settings, seen=1, by=world.alice),
    ):
        with acting_as(world.alice), pytest.raises(RuleBroken, match="Autumn has ended") as no:
            act()
        assert no.value.status == 409


def test_a_profile_is_not_cancelled(world: World, setup: Thing) -> None:
    with acting_as(world.alice), pytest.raises(RuleBroken, match="Delete it instead"):
        things.end(setup, by=world.alice)


def test_what_was_deleted_meanwhile_is_said(world: World, setup: Thing) -> None:
    with acting_as(world.mira):
        things.delete(Thing.objects.get(), by=world.mira)

    with acting_as(world.alice), pytest.raises(RuleBroken, match="deleted meanwhile"):
        things.change(setup, name="Kiosk", settings=SETUP, seen=1, by=world.alice)


def test_who_only_views_changes_nothing(world: World, setup: Thing) -> None:
    with acting_as(world.vera):
        assert Thing.objects.filter(pk=setup.pk).update(name="x") == 0
    with acting_as(world.bob):
        assert not Thing.objects.exists()


def test_the_database_keeps_names_apart(world: World, setup: Thing) -> None:
    with as_operator(), pytest.raises(IntegrityError), transaction.atomic():
        Thing.objects.create(
            customer=world.first, service="KC", kind="profile", name="x", name_key=setup.name_key,
            changed_by=world.alice,
        )  # fmt: skip


def test_days_of_a_campaign_are_kept_as_text(world: World) -> None:
    thing = campaign(world, ends=timezone.now().date() + timedelta(days=3))

    with acting_as(world.alice):
        read = Thing.objects.get(pk=thing.pk).settings

    assert read == thing.settings
    assert things.state_of(thing) == "active"
