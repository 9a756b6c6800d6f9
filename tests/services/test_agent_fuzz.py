"""Whatever an agent sends: an answer, never a 500, and no state that its service does not declare."""

import json
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.acting import as_operator
from devices.models import Device
from services import modules
from services.agent_schemas import ANSWERS, Draft202012Validator
from services.models import Agent, Command, Enrollment
from tenants.models import KnoxService
from tests.bad_input.garbage import NASTY
from tests.services.phones import act, configured, newest

pytestmark = pytest.mark.django_db
NAMES = ("enroll", "checkin", "report")
EXPECTED = {200, 400, 401, 404, 409, 413, 429}

texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=50))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
CODES = sorted({one.code for console in modules.CONSOLES.values() for one in (*console.events, *console.actions)})
services = st.sampled_from([*KnoxService.values, "XX", ""])
ids = st.one_of(st.integers(-1, 40), st.sampled_from([0, 2**63 - 1, 2**63, 10**30]), scalars)
answers = st.fixed_dictionaries(
    {"id": ids, "state": st.one_of(st.sampled_from(["done", "failed", "cancelled", "sent", "waiting"]), scalars)},
    optional={"detail": st.one_of(texts, scalars), "more": anything},
)
instants = st.one_of(
    st.datetimes(timezones=st.timezones()).map(str), st.datetimes().map(str),
    st.sampled_from(["2026-11-28T05:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59", "now"]),
)  # fmt: skip
events = st.fixed_dictionaries(
    {
        "id": st.one_of(st.uuids().map(str), st.sampled_from([str(uuid.UUID(int=0)), "x"]), scalars),
        "service": services,
        "code": st.one_of(st.sampled_from(CODES), texts),
        "at": st.one_of(instants, scalars),
    }
)
facts = st.dictionaries(services, st.dictionaries(texts, scalars, max_size=3), max_size=3)
lists = {"answers": st.lists(answers, max_size=4), "events": st.lists(events, max_size=4), "facts": facts}
bodies = {
    "enroll": st.fixed_dictionaries({}, optional=dict.fromkeys(("code", "identifier", "secret", "firmware"), scalars)),
    "checkin": st.fixed_dictionaries({}, optional={"firmware": scalars, "version": scalars}),
    "report": st.fixed_dictionaries({}, optional=lists),
}
raw = st.one_of(
    anything.map(lambda body: json.dumps(body).encode()),
    st.binary(max_size=60),
    st.sampled_from(
        [b"[" * 60_000, b'{"a":' * 10_000, b"9" * 5000, b'"\\ud800"', b'{"firmware":"\\ud800"}', b"x" * 70_000]
    ),
)


@pytest.fixture(scope="module")
def scene(_world_of_this_module):
    """A phone with a lock to do."""
    device, phone = configured(_world_of_this_module)
    act(_world_of_this_module, device, "lock")
    phone.commands()
    return device, phone


@pytest.fixture(autouse=True)
def _everything_is_declared(world):
    yield
    with as_operator():
        seen = set(Enrollment.objects.values_list("service", "state"))
        ended = set(Command.objects.values_list("state", flat=True))
    declared = {(one.service, state.code) for one in modules.CONSOLES.values() for state in one.states}
    assert (seen - declared, ended - set(Command.State.values)) == (set(), set())


def answered(response):
    """A status of the protocol, and JSON as its schema says where it is no 200."""
    assert response.status_code in EXPECTED
    if response.status_code != 200:
        Draft202012Validator(ANSWERS["error"]).validate(response.json())


@pytest.mark.parametrize("name", NAMES)
@given(body=raw)
@settings(max_examples=60)
def test_a_body_of_any_bytes_is_answered(world, scene, name, body):
    answered(scene[1].post(name, body))


@pytest.mark.parametrize("name", NAMES)
@given(draw=st.data())
@settings(max_examples=120)
def test_a_body_of_nearly_the_right_form_is_answered(world, scene, name, draw):
    answered(scene[1].post(name, json.dumps(draw.draw(bodies[name])).encode()))


@given(secret=texts, code=texts, identifier=texts)
@settings(max_examples=60)
def test_any_words_in_an_enrollment_are_answered(world, scene, secret, code, identifier):
    fields = {"secret": secret, "code": code, "identifier": identifier}

    answered(scene[1].post("enroll", json.dumps(fields).encode(), Authorization="Bearer x"))
    with as_operator():
        assert Agent.objects.count() == 1


@given(states=st.lists(st.sampled_from(["done", "failed", "cancelled"]), min_size=1, max_size=4), order=st.data())
@settings(max_examples=40)
def test_reports_in_any_order_keep_to_what_is_declared(world, scene, states, order):
    device, phone = scene
    console = modules.of(KnoxService.CONFIGURE)
    parts = [{"answers": [{"id": newest(device).pk, "state": one}]} for one in states]
    codes = order.draw(st.lists(st.sampled_from([one.code for one in console.events]), max_size=3))
    told = {"service": "KC", "at": "2026-11-28T05:00:00Z"}
    parts += [{"events": [told | {"id": str(uuid.uuid4()), "code": code}]} for code in codes]

    for part in order.draw(st.permutations(parts)):
        phone.report(**part)

    with as_operator():
        assert Enrollment.objects.get(device=device).state in {"configured", "locked", "error"}
        assert Device.objects.filter(pk=device.pk).exists()
