"""Garbage in the forms of an upload: every field with its sentence, and any bytes as a file."""

from io import BytesIO

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.fields import Words
from tests.bad_input.bad import bad
from tests.bad_input.garbage import signed_in, values
from tests.bad_input.pages.devices import CORRECT, UPLOAD
from tests.bad_input.pages.page import errors

pytestmark = pytest.mark.django_db
FIELDS = {name: field for name, field in UPLOAD.form.base_fields.items() if bad(field)}
SENDINGS = [
    pytest.param(name, value, sentence, id=f"{name}: {what}")
    for name, field in FIELDS.items()
    for what, (value, sentence) in bad(field).items()
]


def test_what_a_careful_person_types_is_taken(world, client):
    for at in (UPLOAD, CORRECT):
        answer = client.post(at.enter(world, client), at.valid(world))

        assert (answer.status_code, errors(answer.text)) == (302, {})


@pytest.mark.parametrize(("name", "value", "sentence"), SENDINGS)
def test_what_is_wrong_gets_its_sentence_beside_its_field(world, client, name, value, sentence):
    url = UPLOAD.enter(world, client)

    answer = client.post(url, UPLOAD.valid(world) | {name: value})

    assert (answer.status_code, errors(answer.text)) == (422, {name: [sentence]})


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if isinstance(field, Words)])
def test_of_a_doubled_parameter_the_last_counts(world, client, name):
    valid = UPLOAD.valid(world)

    answer = client.post(UPLOAD.enter(world, client), valid | {name: ["=x", valid[name]]})

    assert answer.status_code == 302


@given(draw=st.data())
@settings(max_examples=40)
def test_garbage_in_some_fields_is_answered(world, draw):
    at = draw.draw(st.sampled_from([UPLOAD, CORRECT]), "form")
    names = st.sampled_from(sorted(at.form.base_fields))
    wrong = draw.draw(st.dictionaries(names, st.one_of(values, st.lists(values, max_size=3)), max_size=4), "wrong")

    with transaction.atomic():  # each example begins with the cast alone
        client = signed_in(None)
        answer = client.post(at.enter(world, client), at.valid(world) | wrong)
        transaction.set_rollback(True)

    assert answer.status_code in (302, 404, 422)


@given(name=st.text(min_size=1, max_size=300), content=st.binary(max_size=300))
@settings(max_examples=40)
def test_any_bytes_under_any_name_are_answered(world, name, content):
    with transaction.atomic():
        client, file = signed_in(None), BytesIO(content)
        file.name = name  # as it is typed: Django's own test file refuses some names before they are sent
        answer = client.post(UPLOAD.enter(world, client), {"file": file})
        transaction.set_rollback(True)

    assert answer.status_code in (302, 422)
