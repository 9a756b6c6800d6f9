"""What every service declares fits together: a state, action or kind that is named is there."""

from datetime import UTC, datetime

import pytest

from accounts.acting import acting_as
from rules import settings as rule
from services import agents, answers, codes
from services.models import Enrollment
from services.modules import CONSOLES, by_slug
from tests.services.ground import ground

TONES = {"ok", "wait", "warn", "bad", "off"}
LONGEST = {"state": Enrollment._meta.get_field("state").max_length, "kind": 20}

every = pytest.mark.parametrize("console", CONSOLES.values(), ids=lambda console: console.slug)


@every
def test_codes_are_there_once_and_fit(console):
    for named in (console.states, console.actions, console.kinds, console.events):
        codes = [one.code for one in named]
        assert len(codes) == len(set(codes))
        assert max(map(len, codes), default=0) <= LONGEST["state"]
    assert all(len(kind.code) <= LONGEST["kind"] for kind in console.kinds)
    assert by_slug(console.slug) is console


@every
def test_states_that_are_named_exist(console):
    codes = {state.code for state in console.states}
    named = {console.unlicensed, console.grace, *console.seatless}
    for action in console.actions:
        named |= {action.now, action.done, action.failed, *action.states}
    for event in console.events:
        named |= {event.to, *event.states}
    for clock in console.clocks:
        named |= {clock.to, *clock.states}
    for kind in console.kinds:
        named |= {kind.end.to, *kind.end.states} if kind.end else set()

    assert named - {""} <= codes
    assert {state.tone for state in console.states} <= TONES


@every
def test_every_state_can_be_reached_and_left(console):
    comes = {console.first.code, console.unlicensed, console.grace}
    leaves = {console.unlicensed, console.grace}
    for action in console.actions:
        comes |= {action.now, action.done, action.failed}
        leaves |= set(action.states) if action.changes_state else set()
        leaves |= {action.now} if action.done else set()
    for one in (*console.events, *console.clocks):
        comes.add(one.to)
        leaves |= set(one.states)
    codes = {state.code for state in console.states}

    assert codes - comes == set()
    assert codes - leaves == set()


@every
def test_kinds_forms_and_settings_that_are_named_exist(console):
    for action in console.actions:
        assert not action.assigns or console.kind(action.assigns)
        assert set(action.keeps) <= set(action.form.base_fields if action.form else ())
    for kind in console.kinds:
        assert not kind.pushes or console.action(kind.pushes)
        assert {*kind.kept, *kind.never_copied, *(kind.seat_if or {})} <= set(kind.form.base_fields)
        assert hash(kind) == hash(kind)


@every
def test_a_form_is_parted_without_a_rest(console):
    for kind in console.kinds:
        named = " ".join(names for _, names in kind.parts).split()
        assert not kind.parts or sorted(named) == sorted(kind.form.base_fields)


@pytest.mark.django_db
@every
def test_days_of_clocks_are_settings(console):
    for clock in console.clocks:
        assert not clock.setting or rule.number(clock.setting) > 0
        assert sum(map(bool, (clock.after, clock.setting, clock.fact, clock.until))) == 1


@every
def test_what_people_read_are_sentences(console):
    for text in [console.says, *(action.says for action in console.actions), *(kind.empty for kind in console.kinds)]:
        assert text.endswith("."), text
        assert not any(map(str.isdigit, text)), text  # numbers of the business are settings
    for state in console.attention:
        assert state.attention.endswith("."), state
        assert not any(map(str.isdigit, state.attention)), state


@pytest.mark.parametrize("service", CONSOLES)
def test_what_a_service_declares_fits_together(service):
    """Codes are known, and every way into a state that needs a seat takes one."""
    console = CONSOLES[service]
    codes = {state.code for state in console.states}
    kinds = {kind.code for kind in console.kinds}
    named = [action.states | {action.now, action.done, action.failed} - {""} for action in console.actions]
    named += [clock.states | {clock.to} for clock in console.clocks]
    named += [event.states | {event.to} for event in console.events]
    named += [{console.unlicensed, console.grace} - {""}, console.seatless]

    assert set().union(*named) <= codes
    assert {action.assigns for action in console.actions} - {""} <= kinds
    assert len(codes) == len(console.states)
    assert len({action.code for action in console.actions}) == len(console.actions)
    assert all(kind.pushes in {action.code for action in console.actions} | {""} for kind in console.kinds)
    if console.unlicensed:
        free = {console.first.code, console.unlicensed, *console.seatless}
        for action in console.actions:
            comes = {action.now, action.done, action.failed} - {""} - free
            assert not (action.states & free and comes) or action.seat == "take", action.code


@pytest.mark.parametrize(
    ("service", "before", "events", "after"),
    [
        ("KME", "profile_assigned", ["not_assigned"], "failed_to_assign"),
        ("KME", "profile_assigned", ["cancelled"], "cancelled_by_user"),
        ("KME", "profile_assigned", ["restricted", "provisioned"], "provisioned"),
        ("KE", "awaiting_download", ["started", "downloaded", "installing"], "installing"),
        ("KE", "awaiting_download", ["started", "download_failed"], "failed_to_download"),
        ("KE", "awaiting_download", ["firmware_invalid"], "invalid_firmware"),
        ("KE", "installing", ["reverting", "reverted"], "enrolled"),
        ("KE", "updated", ["firmware_locked"], "locked_firmware"),
        ("KE", "enrolled", ["started"], "enrolled"),
        ("KM", "enrolled", ["screen_lock_weak"], "screen_lock"),
        ("KM", "screen_lock", ["screen_lock_set"], "enrolled"),
        ("KM", "enrolled", ["profile_removed", "profile_applied"], "enrolled"),
    ],
)
def test_devices_report_themselves_from_state_to_state(world, service, before, events, after):
    one = ground(world, service, devices=1)
    (device,) = one.devices
    one.force(before)
    with acting_as(world.alice):
        code = codes.of(world.first, by=world.alice)
    agents.enroll(code, identifier=device.imei, secret="s" * 43)
    at = datetime.now(UTC).isoformat()
    told = [
        {"id": f"00000000-0000-4000-8000-{number:012}", "service": service, "code": event, "at": at}
        for number, event in enumerate(events)
    ]

    answers.report("s" * 43, events=told)

    assert one.states() == [after]
