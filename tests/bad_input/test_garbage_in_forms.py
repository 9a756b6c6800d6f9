"""Garbage in the fields of every form that is otherwise right: an answer, never a 500."""

from string import printable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bad_input.garbage import answered, signed_in, values
from tests.bad_input.pages import PAGES
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("at", PAGES, ids=str)
@given(draw=st.data())
@settings(max_examples=12)
def test_garbage_in_some_fields_of_a_good_form_is_answered(world: World, at: Any, draw: st.DataObject) -> None:
    names = st.sampled_from(sorted(at.form.base_fields))
    wrong = draw.draw(st.dictionaries(names, st.one_of(values, st.lists(values, max_size=3)), max_size=4), "wrong")

    with transaction.atomic():  # each example begins with the cast alone
        client = signed_in(None)
        url = at.enter(world, client)
        response = client.post(url, {"csrfmiddlewaretoken": "x"} | at.valid(world) | wrong)
        transaction.set_rollback(True)

    assert response.status_code in (at.done, 403, 409, 422)


def test_printable_noise_in_every_field_at_once_is_answered(world: World) -> None:
    for at in PAGES:
        client = signed_in(None)
        with transaction.atomic():  # each page in a world of its own
            url = at.enter(world, client)
            answered(client.post(url, dict.fromkeys(at.form.base_fields, printable)))
            transaction.set_rollback(True)
