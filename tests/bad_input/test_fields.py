"""Every field of every form at its limits: its sentence beside it, what was typed stays, nothing is written.

The forms are found, not listed by hand: one that is missing in pages fails, as does a field of a new kind.
"""

import unicodedata
from collections.abc import Iterator
from html import escape
from importlib import import_module
from importlib.util import find_spec
from itertools import zip_longest
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from accounts.acting import as_operator
from accounts.worded_forms import Worded
from tenants.fields import SomeOf, Words
from tenants.models import Customer
from tests.bad_input.bad import KINDS, MISSING, TURNING, Bad, bad
from tests.bad_input.pages import EVERY, PAGES
from tests.bad_input.pages.onboarding import ADD, APPLY_MSP, APPLY_RESELLER, CONFIRM, JOIN
from tests.bad_input.pages.page import Page, errors, fields
from tests.bad_input.rows import everything, newest
from tests.world import World

pytestmark = pytest.mark.django_db
URLENCODED = "application/x-www-form-urlencoded"
CODE = (
    "accounts",
    "audit",
    "devices",
    "licensing",
    "mail",
    "onboarding",
    "portals",
    "rules",
    "services",
    "support",
    "tenants",
)


def rounds(at: Page) -> Iterator[dict[str, tuple[str, Bad]]]:
    """What is wrong in each sending: of every field its next badness, until each had all of its own."""
    own = {name: list(bad(field, at.needed.get(name)).items()) for name, field in fields(at).items()}
    for together in zip_longest(*own.values()):
        yield {name: badness for name, badness in zip(own, together, strict=True) if badness}


def typed(valid: dict[str, Any], wrong: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends: never nothing at all, because the sign against forgery is always there."""
    fields = {"csrfmiddlewaretoken": "x"} | valid | wrong
    return {name: value for name, value in fields.items() if value is not MISSING}


def forms_of_ours() -> set[type[forms.BaseForm]]:
    """Every form in our apps that is not only the base of others. Those of allauth, of which only the words are ours,
    are tried in tests/accounts/test_worded_forms.py."""
    for app in CODE:
        for module in ("forms", "views"):
            if apps.get_app_config(app) and _has(f"{app}.{module}"):
                import_module(f"{app}.{module}")
    import_module("msp_portal.urls")
    found = set(_below(forms.BaseForm))
    ours = {one for one in found if one.__module__.partition(".")[0] in CODE and not issubclass(one, Worded)}
    return {one for one in ours if not any(one in other.__mro__[1:] for other in ours)}


def _has(module: str) -> bool:
    return find_spec(module) is not None


def _below(form: type) -> Iterator[type[forms.BaseForm]]:
    for one in form.__subclasses__():
        yield one
        yield from _below(one)


def test_every_form_is_listed() -> None:
    assert forms_of_ours() - {at.form for at in EVERY} == set()


def test_every_kind_of_field_has_its_badness() -> None:
    kinds = {type(field) for form in forms_of_ours() for field in form.base_fields.values()}

    assert kinds - set(KINDS) == set()


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_every_field_is_on_its_page(world: World, client: Client, at: Page) -> None:
    url = at.shows(at.enter(world, client))

    text = client.get(url).text

    assert [name for name in fields(at) if f'name="{name}"' not in text] == []


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_what_a_careful_person_types_is_taken(world: World, client: Client, at: Page) -> None:
    url = at.enter(world, client)
    before = everything()

    response = client.post(url, at.valid(world))

    assert response.status_code == at.done, errors(response.text)
    assert everything() != before


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_what_is_wrong_gets_its_sentence_beside_its_field(world: World, client: Client, at: Page) -> None:
    """One sending after the other: what is refused changes nothing, so each finds what the first one found."""
    url = at.enter(world, client)
    before, valid = everything(), at.valid(world)

    for number, wrong in enumerate(rounds(at), 1):
        cache.clear()  # how often one may try
        response = client.post(url, typed(valid, {name: value for name, (_, (value, _)) in wrong.items()}))

        sentences = {name: [sentence] for name, (_, (_, sentence)) in wrong.items() if sentence}
        assert (response.status_code, errors(response.text)) == (422, sentences), number
        assert [name for name in _returned(at, wrong) if escape(wrong[name][1][0]) not in response.text] == [], number
        assert everything() == before, number


def _returned(at: Page, wrong: dict[str, tuple[str, Bad]]) -> list[str]:
    """The fields whose text has to come back."""
    return [
        name
        for name, (_, (value, _)) in wrong.items()
        if isinstance(at.form.base_fields[name], Words) and isinstance(value, str) and value
    ]


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_an_empty_sending_is_refused_at_every_required_field(world: World, client: Client, at: Page) -> None:
    url = at.enter(world, client)
    before = everything()

    response = client.post(url, {"csrfmiddlewaretoken": "x"})

    required = {name for name, field in fields(at).items() if field.required and not field.widget.is_hidden}
    wanted = (at.done, set()) if at.optional else (422, required | at.also)
    assert (response.status_code, set(errors(response.text))) == wanted
    assert (everything() == before) is not at.optional


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_a_sending_with_nothing_in_it_at_all_is_refused(world: World, client: Client, at: Page) -> None:
    url = at.enter(world, client)
    before = everything()

    response = client.post(url)

    assert response.status_code == (at.done if at.optional else 422)
    assert (everything() == before) is not at.optional


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_of_a_doubled_parameter_the_last_counts(world: World, client: Client, at: Page) -> None:
    url = at.enter(world, client)
    single = [name for name, field in fields(at).items() if not isinstance(field, SomeOf)]
    doubled = {name: [f"x{value}", value] if name in single else value for name, value in at.valid(world).items()}

    response = client.post(url, doubled)

    assert response.status_code == at.done, errors(response.text)


@pytest.mark.parametrize("at", [APPLY_MSP, APPLY_RESELLER, ADD], ids=str)
def test_of_a_doubled_tick_one_counts(world: World, client: Client, at: Page) -> None:
    url = at.enter(world, client)
    several = [name for name, field in fields(at).items() if isinstance(field, SomeOf)]
    valid = at.valid(world)

    client.post(url, valid | {name: [*valid[name], *valid[name]] for name in several})

    made = newest(at, world)
    if at == ADD:
        with as_operator():
            assert sorted(made.services.values_list("service", flat=True)) == sorted(valid["services"])
    else:
        assert {name: getattr(made, name) for name in several if hasattr(made, name)} == {
            name: valid[name] for name in several
        }


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_unknown_parameters_are_left_out(world: World, client: Client, at: Page) -> None:
    url = at.enter(world, client)
    smuggled = {
        "id": "1",
        "pk": "1",
        "state": "approved",
        "kcs_id": "4000000002",
        "msp": "1",
        "is_active": "",
        "x": "🙂",
    }

    response = client.post(url, smuggled | at.valid(world))

    assert response.status_code == at.done, errors(response.text)
    with as_operator():
        assert not Customer.objects.filter(kcs_id="4000000002").exists()


@pytest.mark.parametrize("at", PAGES, ids=str)
def test_bytes_that_are_no_utf_8_are_refused_or_not_taken(world: World, client: Client, at: Page) -> None:
    url = at.enter(world, client)
    before = everything()
    body = "&".join(f"{name}=%ff%fe%80" for name in at.form.base_fields)

    coded = client.post(url, body, content_type=URLENCODED)
    raw = client.post(url, body.encode().replace(b"%ff%fe%80", b"\xff\xfe\x80"), content_type=URLENCODED)

    assert {coded.status_code, raw.status_code} <= {400, 422}
    if at not in (CONFIRM, JOIN):
        assert everything() == before


def test_more_parameters_than_a_form_can_have_are_refused(world: World, client: Client) -> None:
    url = ADD.enter(world, client)

    assert client.post(url, {f"x{number}": "" for number in range(1001)}).status_code == 400


def test_more_bytes_than_a_form_can_have_are_refused(world: World, client: Client) -> None:
    url = ADD.enter(world, client)

    response = client.post(url, "name=" + "x" * 3_000_000, content_type=URLENCODED)

    assert response.status_code in (400, 413)


def test_the_marks_that_turn_are_all_of_them() -> None:
    kinds = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}

    assert {chr(code) for code in range(0x10000) if unicodedata.bidirectional(chr(code)) in kinds} == set(TURNING)
