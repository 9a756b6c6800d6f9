"""The agent protocol: what a device fetches and answers, and what a report moves (docs/agent-v1.md)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import rate_limits
from accounts.acting import acting_as, as_operator
from accounts.rate_limits import Limit
from devices.models import Device
from services import agents, answers
from services.models import Agent, Command, Enrollment, Move, Thing
from tests.services.phones import Phone, act, assigned, configured, newest, state, told

# Checking in


def test_a_check_in_notes_when_and_with_what(world):
    device, phone = configured(world)
    with as_operator():
        Agent.objects.filter(device=device).update(seen_at=timezone.now() - timedelta(days=1), firmware="old")

    phone.post("checkin", {"firmware": "new"})

    with as_operator():
        agent = Agent.objects.get(device=device)
    assert (agent.firmware, agent.version) == ("new", "")
    assert timezone.now() - agent.seen_at < timedelta(hours=1)


def test_a_check_in_costs_one_statement(world, django_assert_num_queries):
    _, phone = configured(world)

    with django_assert_num_queries(3):  # savepoint, the statement, release
        phone.post("checkin", {})


@pytest.mark.parametrize("head", ["", "Bearer", "Bearer ", "Basic abc", "Bearer " + "x" * 43, "Bearer \x00"])
def test_who_has_no_secret_is_told_to_enroll(world, head):
    _, phone = configured(world)

    for name in ("checkin", "report"):
        assert told(phone.post(name, {}, Authorization=head)) == (401, "No agent has this secret. Enroll first.")


def test_a_secret_is_sent_as_a_bearers(world):
    _, phone = configured(world)

    assert phone.post("checkin", {}, Authorization=f"Basic {phone.secret}").status_code == 401


def test_a_device_that_was_deleted_has_no_agent(world):
    device, phone = configured(world)
    with as_operator():
        Device.objects.filter(pk=device.pk).delete()

    assert told(phone.post("checkin", {}))[0] == 401


# Answers


def test_an_answer_moves_the_device_to_what_the_action_declares(world):
    device, phone = assigned(world)
    phone.enroll()
    (command,) = phone.commands()

    said = phone.answer(command["id"])

    assert said == {"accepted": [command["id"]], "ignored": []}
    assert state(device) == "configured"
    with as_operator():
        assert Enrollment.objects.get(device=device).thing_version == 3
        move = Move.objects.filter(device=device).latest("pk")
    assert (move.before, move.state, move.reason, move.by_id) == ("profile_assigned", "configured", "assign done", None)


@pytest.mark.parametrize(("answer", "after"), [("failed", "failed_to_configure"), ("cancelled", "cancelled_by_user")])
def test_a_failure_and_a_cancellation_have_states_of_their_own(world, answer, after):
    device, phone = assigned(world)
    phone.enroll()
    (command,) = phone.commands()

    phone.answer(command["id"], answer, detail="No space left")

    assert (state(device), newest(device).state, newest(device).detail) == (after, answer, "No space left")


def test_an_update_that_the_person_at_the_device_refused_waits_no_more(world):
    device, phone = configured(world)
    act(world, device, "push")

    phone.answer(phone.commands()[0]["id"], "cancelled")

    assert state(device) == "error"


def test_a_refused_restart_takes_no_profile_away(world):
    device, phone = configured(world)
    act(world, device, "reboot")
    with as_operator():
        Enrollment.objects.filter(device=device).update(state="profile_assigned")

    phone.answer(phone.commands()[0]["id"], "cancelled")

    assert state(device) == "profile_assigned"


def test_a_lock_locks_once_the_device_says_so(world):
    device, phone = configured(world)
    act(world, device, "lock")
    before = state(device)

    (command,) = phone.commands()
    phone.answer(command["id"])

    assert (before, state(device)) == ("configured", "locked")


def test_a_push_brings_the_newest_version(world):
    device, phone = configured(world)
    with as_operator():
        Thing.objects.filter(enrollments__device=device).update(version=4)
    act(world, device, "push")

    (command,) = phone.commands()
    phone.answer(command["id"])

    with as_operator():
        assert Enrollment.objects.get(device=device).thing_version == 4


def test_a_restart_changes_nothing_but_its_command(world):
    device, phone = configured(world)
    act(world, device, "reboot")
    with as_operator():
        moves = Move.objects.filter(device=device).count()

    phone.answer(phone.commands()[0]["id"])

    with as_operator():
        assert (state(device), Move.objects.filter(device=device).count()) == ("configured", moves)
    assert newest(device).state == Command.State.DONE


def test_after_a_factory_reset_the_device_comes_back_with_another_secret(world):
    device, phone = configured(world)
    act(world, device, "reset")
    phone.answer(phone.commands()[0]["id"])

    fresh = Phone(phone.identifier, phone.code)

    assert (phone.enroll().status_code, fresh.enroll().status_code) == (200, 200)
    assert told(phone.post("checkin", {}))[0] == 401


def test_after_a_factory_reset_the_device_gets_its_profile_again(world):
    device, phone = configured(world)
    act(world, device, "reset")
    phone.answer(phone.commands()[0]["id"])
    with as_operator():
        Thing.objects.filter(enrollments__device=device).update(version=4)
    fresh = Phone(phone.identifier, phone.code)
    fresh.enroll()
    erased = state(device)

    (command,) = fresh.commands()
    fresh.answer(command["id"])

    assert (command["action"], command["params"]["version"]) == ("assign", 4)
    assert (erased, state(device), newest(device).by_id) == ("profile_assigned", "configured", world.alice.pk)


def test_after_a_factory_reset_what_was_assigned_is_not_on_the_device(world):
    device, phone = configured(world)
    with as_operator():
        for service, state_there in (("KM", "enrolled"), ("KE", "updated")):
            Enrollment.objects.create(
                customer=world.first, device=device, service=service, state=state_there, thing_version=2
            )
    act(world, device, "reset")

    phone.answer(phone.commands()[0]["id"])

    with as_operator():
        own = dict(Enrollment.objects.filter(device=device).values_list("service", "thing_version"))
    assert own == {"KC": None, "KM": None, "KE": 2}


def test_another_agent_that_a_person_allowed_gets_what_is_open_once(world):
    device, phone = assigned(world)
    phone.enroll()
    (waiting,) = phone.commands()
    with acting_as(world.alice), transaction.atomic():
        agents.allow_replacing(device, by=world.alice)
    other = Phone(phone.identifier, phone.code)

    other.enroll()

    assert other.commands() == [waiting]


@pytest.mark.parametrize("second", ["done", "failed"])
def test_a_doubled_answer_is_ignored_and_said_so(world, second):
    device, phone = configured(world)
    act(world, device, "lock")
    (command,) = phone.commands()
    phone.answer(command["id"])

    said = phone.answer(command["id"], second)

    assert said == {"accepted": [], "ignored": [{"id": command["id"], "sentence": answers.ANSWERED}]}
    assert (state(device), newest(device).state) == ("locked", "done")


def test_an_answer_to_a_command_that_was_replaced_is_ignored(world):
    device, phone = configured(world)
    act(world, device, "lock")
    (old,) = phone.commands()
    act(world, device, "push")

    said = phone.answer(old["id"])

    assert (said["ignored"][0]["sentence"], state(device)) == (answers.ANSWERED, "updates_pushed")


def test_an_answer_that_comes_too_late_ends_the_command_and_moves_nothing(world):
    device, phone = configured(world)
    act(world, device, "lock")
    (command,) = phone.commands()
    with as_operator():
        Enrollment.objects.filter(device=device).update(state="deactivated")

    phone.answer(command["id"])

    assert (state(device), newest(device).state) == ("deactivated", "done")


def test_nobody_answers_what_it_was_not_told(world):
    device, phone = configured(world)
    act(world, device, "lock")

    said = phone.answer(newest(device).pk)

    assert said["ignored"][0]["sentence"] == answers.FOREIGN
    assert (state(device), newest(device).state) == ("configured", "waiting")


# Events and facts


def test_an_event_moves_the_device_once(world):
    device, phone = assigned(world)
    phone.enroll()
    key = str(uuid4())

    first, second = phone.event("started", key=key), phone.event("started", key=key)

    assert (first["accepted"], second["ignored"]) == ([key], [{"id": key, "sentence": answers.SAID}])
    assert state(device) == "in_progress"


def test_a_doubled_event_does_no_harm_later(world):
    device, phone = configured(world)
    key = str(uuid4())
    phone.event("error", key=key)
    act(world, device, "push")

    phone.event("error", key=key)

    assert state(device) == "updates_pushed"


@pytest.mark.parametrize(("code", "service", "why"), [
    ("started", "KC", answers.NOT_NOW), ("nothing", "KC", answers.NOT_DECLARED), ("started", "KG", answers.NOT_NOW),
])  # fmt: skip
def test_an_event_that_does_not_count_is_ignored(world, code, service, why):
    device, phone = configured(world)

    said = phone.event(code, service=service)

    assert said["ignored"][0]["sentence"] in (why, answers.NOT_DECLARED)
    assert state(device) == "configured"


def test_a_device_reports_no_fact_of_the_portal(world):
    device, phone = configured(world)

    said = phone.report(facts={"KC": {"approval_id": "mine"}, "KG": {"completing_until": "2026-01-01T00:00:00Z"}})

    assert said["accepted"] == []
    with as_operator():
        assert Enrollment.objects.get(device=device).facts == {}


def test_a_device_reports_what_its_service_lets_it(world):
    device, phone = configured(world)
    with as_operator():
        own = Enrollment.objects.create(customer=world.first, device=device, service="KE", state="updated")

    said = phone.report(facts={"KE": {"firmware": "S921BXXU5AXJ1", "campaign": "mine"}})

    with as_operator():
        facts = Enrollment.objects.get(pk=own.pk).facts
    assert (said["accepted"], facts) == (["KE"], {"firmware": "S921BXXU5AXJ1"})


# Too much, too often, not JSON


def test_a_body_has_its_limits(world):
    _, phone = configured(world)
    bodies = [b"{", b"[]", b"\xff", b"[" * 5000, b'{"firmware": 1}', b'{"firmware": NaN}', b'{"firmware": "\\u0000"}']
    bodies += ['{"firmware": "\\u0000"}'.encode(other) for other in ("utf-16", "utf-16-le", "utf-32")]

    got = [phone.post("checkin", body).status_code for body in bodies]

    assert got == [400] * len(bodies)
    assert phone.post("checkin", b" " * 70_000).status_code == 413


@pytest.mark.parametrize(("name", "limit"), [
    ("checkin", "agent_checkin"), ("report", "agent_report"), ("enroll", "agent_enroll"),
])  # fmt: skip
def test_too_often_is_answered_with_the_time_to_wait(world, monkeypatch, name, limit):
    _, phone = configured(world)
    monkeypatch.setitem(rate_limits.LIMITS, limit, Limit(2, 3600, "acts", "an hour"))
    body = {"code": phone.code, "identifier": phone.identifier, "secret": phone.secret} if name == "enroll" else {}

    got = [phone.post(name, body) for _ in range(4)]

    assert (got[-1].status_code, got[-1].json()["error"]) == (429, "too_often")
    assert 0 < int(got[-1]["Retry-After"]) <= 3600


@pytest.mark.parametrize("name", ["checkin", "report"])
@pytest.mark.parametrize("head", [{}, {"Authorization": ""}])
def test_an_address_guesses_secrets_only_so_often_and_its_known_devices_go_on(world, monkeypatch, name, head):
    _, phone = configured(world)
    stranger = Phone(phone.identifier, phone.code)
    monkeypatch.setitem(rate_limits.LIMITS, "agent_unknown", Limit(2, 3600, "acts", "an hour"))

    got = [stranger.post(name, {}, **head) for _ in range(3)]

    assert [one.status_code for one in got] == [401, 401, 429]
    assert 0 < int(got[-1]["Retry-After"]) <= 3600
    assert phone.post(name, {}).status_code == 200


def test_the_schemas_are_served(client, db):
    served = client.get("/agent/v1/schema").json()

    assert set(served["requests"]) == {"enroll", "checkin", "report"}
    assert served["events"]["KC"] == ["started", "cancelled", "error"]
