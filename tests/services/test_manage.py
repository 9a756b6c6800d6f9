"""Knox Manage: invitations, groups that bring profiles, compliance (knox.md 6.4)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from devices.models import EnrollmentCode
from rules.errors import RuleBroken
from services import agents, answers, clocks, codes, things
from services.models import Agent, Command
from services.modules import manage
from services.modules.manage import CONSOLE, ProfileForm
from tests.devices import sending
from tests.licensing.ground import counts
from tests.services.covering import answer, event, started
from tests.services.ground import ground

PROFILE = {"screen_lock": "pin6", "locks_after": "5", "allow_camera": True, "apps": ["com.example.drive"]}


def user(km, name="Ute Lang"):
    return km.thing("user", name, email=f"{name.split()[0].lower()}@fjordline.example", phone="", department="")


def group(km, **more):
    profile = km.thing("profile", "Drivers", **PROFILE)
    return km.thing("group", "Drivers", **({"profile": profile.pk, "members": [], "note": ""} | more))


def letters():
    with as_operator():
        return list(Email.objects.filter(subject__contains="in Knox Manage").order_by("pk"))


def test_the_states_that_need_attention_are_those_of_the_console():
    labels = {state.label for state in CONSOLE.attention}

    assert labels == {"Disconnected", "Profile not applied", "Screen lock not compliant", "License expired"}


def test_a_user_is_invited_by_email_with_the_code_that_enrolls(world):
    km = ground(world, "KM")

    km.act("invite", params={"user": user(km).pk})

    (letter,) = letters()
    with acting_as(world.alice):
        code = codes.of(world.first, by=world.alice)
    assert letter.to == ["ute@fjordline.example"]
    assert letter.subject == f"{world.first}: enroll your devices in Knox Manage"
    assert code in letter.message
    assert "2 devices" in letter.message
    assert (km.states(), counts(km.license)[0]) == (["invited"] * 2, 2)
    assert km.enrollment().facts == {"user": "Ute Lang", "email": "ute@fjordline.example"}


def test_a_refused_invitation_writes_no_letter(world):
    km = ground(world, "KM")

    with pytest.raises(RuleBroken, match="needs a seat"):
        km.act("invite", params={"user": user(km).pk}, license=None)

    assert letters() == []


@pytest.mark.parametrize("whose", ["another customer", "a group", "nobody"])
def test_only_a_user_of_the_customer_is_invited(world, whose):
    km = ground(world, "KM")
    other = ground(world, "KM", customer=world.second)
    chosen = {"another customer": user(other).pk, "a group": group(km).pk, "nobody": None}[whose]

    with pytest.raises(RuleBroken, match="Choose a user of this customer"):
        km.act("invite", params={"user": chosen})

    assert letters() == []


def test_another_user_is_noted_without_a_letter(world):
    km = ground(world, "KM")
    km.force("enrolled")

    km.act("user", params={"user": user(km, "Max Muster").pk})

    assert km.enrollment().facts["user"] == "Max Muster"
    assert (letters(), km.states()) == ([], ["enrolled"] * 2)


def test_a_group_brings_its_profile_and_tells_devices_no_members(world):
    km = ground(world, "KM")
    km.force("enrolled")

    km.act("assign", thing=group(km, members=[user(km).pk]))

    with as_operator():
        params = Command.objects.filter(device=km.devices[0]).get().params
    assert params["settings"] == {"note": "", "profile": {"name": "Drivers", "version": 1, "settings": PROFILE}}
    assert km.states() == ["applying"] * 2


def test_apply_again_brings_the_newest_profile_of_the_group(world):
    km = ground(world, "KM")
    km.force("enrolled")
    chosen = group(km)
    km.act("assign", thing=chosen)
    with acting_as(world.alice):
        profile = things.Thing.objects.get(kind="profile")
        things.change(profile, name="Drivers", settings=PROFILE | {"apps": []}, seen=1, by=world.alice)

    km.act("push")

    with as_operator():
        params = Command.objects.filter(device=km.devices[0], state="waiting").get().params
    assert params["settings"]["profile"] == {"name": "Drivers", "version": 2, "settings": PROFILE | {"apps": []}}


def test_a_device_that_says_nothing_is_disconnected_until_it_speaks(world):
    km = ground(world, "KM")
    km.act("invite", params={"user": user(km).pk})
    km.force("enrolled")
    km.force("profile_not_applied", km.devices[1])
    spoke(km, timezone.now() - timedelta(hours=1))

    clocks.run(timezone.now() + timedelta(days=6, hours=22))
    before = km.states()
    clocks.run(timezone.now() + timedelta(days=8))
    silent = km.states()
    clocks.run()
    still = km.states()
    spoke(km, timezone.now(), km.devices[1])
    clocks.run()

    assert before == ["enrolled", "profile_not_applied"]
    assert silent == still == ["disconnected"] * 2
    assert km.states() == ["disconnected", "profile_not_applied"]
    assert km.moves(km.devices[1])[-2:] == [
        ("profile_not_applied", "disconnected", "silent for 7 days"),
        ("disconnected", "profile_not_applied", "spoke again"),
    ]


def test_a_silent_device_answers_before_the_clock_has_looked(world):
    km = ground(world, "KM", devices=1)
    km.force("enrolled")
    km.act("assign", thing=group(km))
    km.force("disconnected")

    answer(world, km.devices[0])

    assert (km.states(), km.enrollment().thing_version) == (["enrolled"], 1)


def spoke(km, at, *devices):
    """When the agents of these devices checked in; a test is one transaction, in which no time passes."""
    with as_operator():
        for device in devices or km.devices:
            Agent.objects.update_or_create(
                customer=km.customer, device=device, defaults={"secret": device.imei.encode(), "seen_at": at}
            )


def test_without_their_seats_devices_have_an_expired_license(world):
    km = ground(world, "KM")
    km.force("enrolled")

    clocks.run()

    assert km.states() == ["license_expired"] * 2


def test_devices_in_knox_manage_are_counted_apart(world, django_assert_num_queries):
    km = ground(world, "KM", devices=3)
    km.force("enrolled", km.devices[0])
    sending.waiting(world, sending.imeis(2, first=900), customer=world.first)
    ground(world, "KM", devices=2, customer=world.second).force("enrolled")

    with acting_as(world.alice), django_assert_num_queries(1):
        assert manage.counts(world.first) == (1, 2)
    with acting_as(world.alice):
        assert CONSOLE.about(world.first)[1:] == [("Devices in Knox Manage", "1"), ("Other devices", "2")]


@pytest.mark.parametrize("app", ["drive", "com.", "com.example.drive;rm", "1com.example", "com..drive"])
def test_apps_are_package_names(app):
    form = ProfileForm({"screen_lock": "pin6", "locks_after": "5", "apps": app})

    assert form.errors["apps"] == [f"{app} is not the name of an app. It looks like com.example.app."]


def test_apps_are_lines():
    form = ProfileForm({"screen_lock": "pin6", "locks_after": "5", "apps": " com.example.a\r\ncom.example.b\n\n"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["apps"] == ["com.example.a", "com.example.b"]
    assert ProfileForm(initial={"apps": ["com.a", "com.b"]})["apps"].value() == "com.a\ncom.b"


def test_what_a_silent_device_reports_counts_before_the_clock_has_looked(world):
    km = ground(world, "KM", devices=1)
    km.force("enrolled")
    km.force("disconnected")

    said = event(world, km.devices[0], "screen_lock_weak")

    assert (km.states(), said.ignored) == (["screen_lock"], [])
    assert km.moves()[-2:] == [
        ("disconnected", "enrolled", "spoke again"),
        ("enrolled", "screen_lock", "screen_lock_weak reported"),
    ]


def test_a_device_that_only_reports_is_not_silent(world):
    km = ground(world, "KM", devices=1)
    km.act("invite", params={"user": user(km).pk})
    km.force("enrolled")
    secret = started(world, km.devices[0])
    with as_operator():
        Agent.objects.update(seen_at=timezone.now() - timedelta(days=8))
    clocks.run()
    silent = km.states()

    answers.report(secret)
    clocks.run()

    assert (silent, km.states()) == (["disconnected"], ["enrolled"])


def test_a_silent_device_is_where_it_was_before_what_it_reports(world):
    km = ground(world, "KM", devices=1)
    km.force("screen_lock")
    km.force("disconnected")

    event(world, km.devices[0], "profile_applied")

    assert km.states() == ["screen_lock"]


def test_after_a_factory_reset_a_device_gets_the_profile_of_its_group_again(world):
    km = ground(world, "KM", devices=1)
    km.act("invite", params={"user": user(km).pk})
    answer(world, km.devices[0])
    km.act("assign", thing=group(km))
    answer(world, km.devices[0])
    km.act("reset")
    answer(world, km.devices[0])
    after = km.states()

    told = starts_anew(km.devices[0])

    assert after == ["invited"]
    assert [(one["action"], one["params"]["settings"]["profile"]["name"]) for one in told] == [("invite", "Drivers")]


def starts_anew(device):
    """What the device is told first, once everything on it was erased."""
    with as_operator():
        code = EnrollmentCode.objects.get(customer=device.customer).code
    agents.enroll(code, identifier=str(device), secret="the secret after the reset")
    return agents.check_in("the secret after the reset").commands
