"""Knox Mobile Enrollment: profiles that are free, and Advanced ones that need seats (knox.md 6.2)."""

import pytest

from accounts.acting import acting_as, as_operator
from licensing import seats
from rules.errors import RuleBroken
from services import clocks, things
from services.models import Command
from services.modules.mobile_enrollment import ADVANCED, BASIC, CONSOLE, ProfileForm, UserForm
from tests.licensing.ground import counts
from tests.services.ground import ground

FILLED = {"type": BASIC, "mdm": "knox_manage"}
SETTINGS = {"mdm": "knox_manage", "agent_address": "", "custom_json": "", "company": "", "system_apps": False}


def errors(**values):
    form = ProfileForm(FILLED | values)
    return {name: found[0] for name, found in form.errors.items()}


def test_the_states_are_those_of_the_console():
    assert [state.label for state in CONSOLE.states] == [
        "Unassigned", "Failed to assign", "Profile assigned", "Cancelled by user", "Failed to provision",
        "Provisioned", "Provision (restricted)", "License expired",
    ]  # fmt: skip
    assert all(state.attention for state in CONSOLE.states if state.tone == "bad")


def test_a_profile_is_short_where_samsung_knows_the_mdm():
    assert errors() == {}


@pytest.mark.parametrize("address", ["http://mdm.example/agent.apk", "mdm.example", "https://", "javascript:alert(1)"])
def test_an_agent_address_is_safe(address):
    assert errors(agent_address=address) == {"agent_address": "This address starts with https://."}


def test_another_mdm_needs_an_address():
    assert errors(mdm="other") == {"agent_address": "Enter where devices get the agent of this MDM."}
    assert errors(mdm="other", agent_address="https://mdm.example/agent.apk") == {}
    assert errors(mdm="other", agent_address="mdm") == {"agent_address": "This address starts with https://."}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "Line 1, sign 2: this is not JSON. Correct it."),
        ('{\n "a": 1,\n}', "Line 2, sign 8: this is not JSON. Correct it."),
        ("[1]", 'Start with { and end with }, as in {"server": "https://mdm.example"}.'),
        ('{"a": NaN}', "This has a number that JSON does not know. Correct it."),
        ('{"a": 1' + "0" * 3990 + "}", None),
        ("[" * 3999, None),
    ],
)
def test_json_is_json(text, sentence):
    found = errors(custom_json=text)

    assert sentence is None or found == {"custom_json": sentence}


def test_json_is_kept_as_it_was_typed():
    form = ProfileForm(FILLED | {"custom_json": ' {"a":\r\n "\\u0000"} '})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["custom_json"] == '{"a":\n "\\u0000"}'


def test_a_basic_profile_needs_no_seat(world):
    kme = ground(world, "KME")
    profile = kme.thing(**SETTINGS, type=BASIC)

    kme.act("assign", thing=profile, license=None)

    assert kme.states() == ["profile_assigned"] * 2
    assert counts(kme.license)[0] == 0
    assert not kme.console.needs_license


def test_an_advanced_profile_needs_a_seat_of_knox_suite(world):
    kme = ground(world, "KME")
    profile = kme.thing(**SETTINGS, type=ADVANCED)

    with pytest.raises(RuleBroken, match="needs a seat in Knox Mobile Enrollment"):
        kme.act("assign", thing=profile, license=None)
    kme.act("assign", thing=profile)

    assert counts(kme.license) == (2, 2, 2)


def test_back_to_a_basic_profile_frees_the_seats(world):
    kme = ground(world, "KME")
    kme.act("assign", thing=kme.thing(**SETTINGS, type=ADVANCED))

    kme.act("assign", thing=kme.thing(name="Basic", **SETTINGS, type=BASIC), license=None)

    assert counts(kme.license)[0] == 0


def test_without_its_seat_an_advanced_profile_expires_and_a_basic_one_stays(world):
    kme = ground(world, "KME")
    advanced, basic = kme.devices
    kme.force("provisioned", advanced, thing=kme.thing(**SETTINGS, type=ADVANCED))
    kme.force("provisioned", basic, thing=kme.thing(name="Basic", **SETTINGS, type=BASIC))
    with acting_as(world.alice):
        seats.take(kme.license, [advanced], by=world.alice)
    clocks.run()
    before = kme.states()

    with acting_as(world.alice):
        seats.release(kme.license, [advanced], by=world.alice)
    clocks.run()

    assert before == ["provisioned", "provisioned"]
    assert kme.states() == ["license_expired", "provisioned"]


def test_the_type_of_a_profile_stays(world):
    kme = ground(world, "KME")
    profile = kme.thing(**SETTINGS, type=BASIC)

    with acting_as(world.alice), pytest.raises(RuleBroken, match="type cannot change"):
        things.change(profile, name="Kiosk", settings=SETTINGS | {"type": ADVANCED}, seen=1, by=world.alice)


def test_clear_brings_devices_back_to_unassigned(world):
    kme = ground(world, "KME")
    kme.act("assign", thing=kme.thing(**SETTINGS, type=BASIC))

    kme.act("clear")

    assert kme.states() == ["unassigned"] * 2
    assert kme.commands() == [("assign", "cancelled")]


def test_update_sends_the_newest_version(world):
    kme = ground(world, "KME")
    profile = kme.thing(**SETTINGS, type=BASIC)
    kme.act("assign", thing=profile)
    newer = SETTINGS | {"type": BASIC, "company": "Lumen"}
    with acting_as(world.alice):
        things.change(profile, name="Kiosk", settings=newer, seen=1, by=world.alice)

    kme.act("push")

    with as_operator():
        params = Command.objects.filter(device=kme.devices[0], state="waiting").get().params
    assert (params["version"], params["settings"]) == (2, newer)


def test_a_device_has_a_user_id(world):
    kme = ground(world, "KME")
    kme.force("provisioned")

    kme.act("user", params={"user_id": "ute"})

    assert kme.enrollment().facts == {"user_id": "ute"}
    assert (kme.states(), kme.commands()) == (["provisioned"] * 2, [("user", "waiting")])


def test_a_password_reaches_the_device_and_is_forgotten(world):
    kme = ground(world, "KME", devices=1)
    kme.act("assign", thing=kme.thing(**SETTINGS, type=BASIC), license=None)
    kme.act("user", params={"user_id": "ute", "password": "hunter2"})
    with as_operator():
        told = Command.objects.get(action="user")
        assert (told.params["user_id"], told.params["password"]) == ("ute", "hunter2")

    kme.act("user", params={"user_id": "ute", "password": ""})

    with as_operator():
        told.refresh_from_db()
        assert (told.state, told.params) == ("cancelled", {"user_id": "ute"})
    assert "password" not in kme.enrollment().facts


def test_a_password_is_somebodys():
    assert list(UserForm({"password": "hunter2"}).errors) == ["user_id"]
    assert UserForm({"user_id": "ute", "password": "hunter2"}).is_valid()
    assert "hunter2" not in str(UserForm({"user_id": "", "password": "hunter2"}))
