"""Every field of every form at its limits: its sentence beside it, what was typed stays, nothing is written.

The forms are found, not listed by hand: one that is missing in pages fails, as does a field of a new kind.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from importlib import import_module
from importlib.util import find_spec
from itertools import zip_longest
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts.acting import as_operator
from accounts.models import User
from audit.models import Event
from licensing.models import License, Order
from onboarding.models import Application, Invitation
from support.models import Deletion, Message, Ticket
from tenants.fields import SomeOf, Words
from tenants.models import Customer, CustomerService, Management, Membership, Role
from tests.bad_input.bad import KINDS, MISSING, TURNING, Bad, bad
from tests.bad_input.pages import EVERY, PAGES
from tests.bad_input.pages.onboarding import ADD, APPLY_MSP, APPLY_RESELLER, CONFIRM, EDIT, JOIN, REJECT, SERVICES
from tests.bad_input.pages.page import Page, errors
from tests.world import World

pytestmark = pytest.mark.django_db
MODELS = (Application, Customer, CustomerService, Management, Membership, Role, Invitation, User, Email, Event)
MODELS += (License, Order, Ticket, Message, Deletion)
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


def everything() -> list[dict[str, Any]]:
    """All rows that a form could write."""
    with as_operator():
        rows = [row for model in MODELS for row in model.objects.order_by("pk").values()]
    # Looking at a page opens its portal, which stands on the person's row (FAQ Q14).
    return [{name: value for name, value in row.items() if not name.startswith("open_")} for row in rows]


def fields(at: Page) -> dict[str, forms.Field]:
    return {name: field for name, field in at.form.base_fields.items() if name not in at.hidden}


def rounds(at: Page) -> Iterator[dict[str, tuple[str, Bad]]]:
    """What is wrong in each sending: of every field its next badness, until each had all of its own."""
    own = {name: list(bad(field, at.needed.get(name)).items()) for name, field in fields(at).items()}
    for together in zip_longest(*own.values()):
        yield {name: badness for name, badness in zip(own, together, strict=True) if badness}


SENDINGS = [pytest.param(at, wrong, id=f"{at}-{number}") for at in PAGES for number, wrong in enumerate(rounds(at), 1)]


def typed(world: World, at: Page, wrong: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends: never nothing at all, because the sign against forgery is always there."""
    fields = {"csrfmiddlewaretoken": "x"} | at.valid(world) | wrong
    return {name: value for name, value in fields.items() if value is not MISSING}


# By construction -------------------------------------------------------------------------------------------------


def forms_of_ours() -> set[type[forms.BaseForm]]:
    """Every form in our apps that is not only the base of others."""
    for app in CODE:
        for module in ("forms", "views"):
            if apps.get_app_config(app) and _has(f"{app}.{module}"):
                import_module(f"{app}.{module}")
    import_module("msp_portal.urls")
    found = set(_below(forms.BaseForm))
    ours = {one for one in found if one.__module__.partition(".")[0] in CODE}
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


# At the limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "wrong"), SENDINGS)
def test_what_is_wrong_gets_its_sentence_beside_its_field(
    world: World, client: Client, at: Page, wrong: dict[str, tuple[str, Bad]]
) -> None:
    url = at.enter(world, client)
    before = everything()

    response = client.post(url, typed(world, at, {name: value for name, (_, (value, _)) in wrong.items()}))

    sentences = {name: [sentence] for name, (_, (_, sentence)) in wrong.items() if sentence}
    assert response.status_code == 422
    assert errors(response.text) == sentences
    assert everything() == before
    assert [name for name in _returned(at, wrong) if escape(wrong[name][1][0]) not in response.text] == []


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


# Welcome ---------------------------------------------------------------------------------------------------------

WELCOME = {
    "right to left": "شركة القلعة",
    "Hebrew with its mark": "חברה\u200f Ltd",
    "Persian with a joiner": "می\u200cخواهم",
    "emoji of several signs": "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪",
    "Japanese": "株式会社テスト",
    "Thai": "บริษัท",
    "accents put together": "Zu\u0308rich",
    "letters that stand for phrases": "ﷺﷺﷺ",
    "a script": "<script>alert(1)</script>",
    "a template": "{{ 7|add:7 }}{% now 'Y' %}",
    "quotes": 'O\'Neil "& Söhne" <b>',
    "a query": "'; DROP TABLE tenants_customer; --",
    "a formula": "=1+1",
    "one letter": "中",
}


def plain(at: Page) -> list[str]:
    """Fields that take any line of text."""
    special = {"tenant_prefix", "sold_to_code"}
    return [name for name, field in fields(at).items() if type(field) is Words and name not in special]


def newest(at: Page, world: World) -> Any:
    """What the page wrote."""
    with as_operator():
        if at == EDIT:
            return Customer.objects.get(pk=world.first.pk)
        return (Customer.objects if at == ADD else Application.objects).latest("added_at" if at == ADD else "sent_at")


@pytest.mark.parametrize("at", [APPLY_MSP, APPLY_RESELLER, ADD, EDIT], ids=str)
@pytest.mark.parametrize("text", WELCOME.values(), ids=WELCOME)
def test_letters_of_every_script_are_taken_as_they_are(world: World, client: Client, at: Page, text: str) -> None:
    url, short = at.enter(world, client), {"zip_code": text[:20].strip()}

    response = client.post(url, at.valid(world) | dict.fromkeys(plain(at), text) | short)

    assert (response.status_code, errors(response.text)) == (302, {})
    made = newest(at, world)
    assert {name: getattr(made, name) for name in plain(at)} == dict.fromkeys(plain(at), text) | short


@pytest.mark.parametrize("at", [APPLY_MSP, APPLY_RESELLER, ADD, EDIT], ids=str)
@pytest.mark.parametrize("letter", ["x", "ß", "🙂", "ﷺ", "é"])
def test_the_longest_text_is_taken(world: World, client: Client, at: Page, letter: str) -> None:
    url = at.enter(world, client)
    longest = {name: letter * at.form.base_fields[name].longest for name in plain(at)}

    response = client.post(url, at.valid(world) | longest)

    assert (response.status_code, errors(response.text)) == (302, {})
    made = newest(at, world)
    assert {name: getattr(made, name) for name in longest} == longest


@pytest.mark.parametrize("reason", ["One.\r\nTwo.\r\n\r\nThree.", "🙂 שלום", "x" * 2000, "<script>alert(1)</script>"])
def test_a_reason_may_have_lines(world: World, client: Client, reason: str) -> None:
    url = REJECT.enter(world, client)

    response = client.post(url, {"reason": reason})

    assert response.status_code == 302
    assert newest(REJECT, world).reason == reason.replace("\r\n", "\n")


SCRIPT = "<script>alert(1)</script>"


def application_of_scripts(world: World, client: Client) -> Application:
    typed = APPLY_MSP.typed | dict.fromkeys(plain(APPLY_MSP), SCRIPT) | {"zip_code": "1"}
    client.post(APPLY_MSP.enter(world, client), typed)
    made: Application = newest(APPLY_MSP, world)
    with as_operator():
        counts = {"state": "submitted", "applicant": world.nora, "submitted_at": made.sent_at}
        Application.objects.filter(pk=made.pk).update(**counts)
    return made


def read(client: Client, person: User, *urls: str) -> dict[str, str]:
    client.force_login(person)
    return {url: client.get(url).text for url in urls}


def test_what_looks_like_a_script_is_shown_as_text_on_every_page(world: World, client: Client) -> None:
    made = application_of_scripts(world, client)
    client.force_login(world.alice)
    typed = ADD.typed | dict.fromkeys(plain(ADD), SCRIPT) | {"zip_code": "1"}
    client.post(reverse("customer-add"), typed)
    kcs_id, twin = newest(ADD, world).kcs_id, client.post(reverse("customer-add"), typed)

    of_alice = [f"{reverse(name)}?q=%3Cscript" for name in ("customer-list", "palette")]
    of_alice += [reverse(name, args=[kcs_id]) for name in ("customer", "customer-edit")]
    seen = {"twin": twin.text} | read(client, world.alice, *of_alice)
    seen |= read(client, world.nora, reverse("application", args=[made.pk]), reverse("knox-dashboard"))
    queue = reverse("samsung-applications")
    seen |= read(client, world.sam, f"{queue}?q=%3Cscript", reverse("samsung-application", args=[made.pk]))

    assert len(seen) == 9
    assert [name for name, text in seen.items() if SCRIPT in text] == []
    assert [name for name, text in seen.items() if escape(SCRIPT) not in text] == []


# Rules about what was typed --------------------------------------------------------------------------------------

RULES: dict[str, tuple[Page, dict[str, Any], int, str, str]] = {
    "a country outside the region, MSP": (
        APPLY_MSP,
        {"region": "asia_pacific"},
        422,
        "region",
        "Germany is not in Asia Pacific. Choose the region of your company.",
    ),
    "a country without Knox, MSP": (
        APPLY_MSP,
        {"country": "AQ"},
        422,
        "country",
        "Knox is not available in Antarctica. Choose the country of your main office.",
    ),
    "a country without Knox, reseller": (
        APPLY_RESELLER,
        {"country": "KP"},
        422,
        "country",
        "Knox is not available in North Korea. Choose the country of your main office.",
    ),
    "a free mailbox, MSP": (
        APPLY_MSP,
        {"email": "Pia@GMail.com"},
        422,
        "email",
        "Anyone can open a mailbox at gmail.com. Samsung needs a work email. Use the address that your company gave "
        "you.",
    ),
    "a free mailbox, reseller": (
        APPLY_RESELLER,
        {"email": "pia@yahoo.com"},
        422,
        "email",
        "Anyone can open a mailbox at yahoo.com. Samsung needs a work email. Use the address that your company gave "
        "you.",
    ),
    "letters in a sold-to code": (
        APPLY_RESELLER,
        {"sold_to_code": "12a"},
        422,
        "sold_to_code",
        "A sold-to code has digits only.",
    ),
    "Arabic digits in a sold-to code": (
        APPLY_RESELLER,
        {"sold_to_code": "١٢"},
        422,
        "sold_to_code",
        "A sold-to code has digits only.",
    ),
    "a country outside the region, new customer": (
        ADD,
        {"country": "US"},
        422,
        "country",
        "United States of America is in North America. Samsung approved your company for Europe, so your customers "
        "must be there. An MSP of North America can add this company.",
    ),
    "a country without Knox, new customer": (
        ADD,
        {"country": "AQ"},
        422,
        "country",
        "Knox is not available in Antarctica. Choose the country of its main office.",
    ),
    "a free mailbox with Full access": (
        ADD,
        {"contact_email": "kestrel@gmail.com", "access": "full"},
        422,
        "contact_email",
        "gmail.com is a free mailbox. Full access and delink need a company address. Use one, or choose No access for "
        "now.",
    ),
    "somebody's account": (
        ADD,
        {"contact_email": "BOB@borealis.example"},
        422,
        "contact_email",
        "We cannot use this address for a new customer. If the company uses Knox already, add it as an existing "
        "customer. If not, use another work email.",
    ),
    "Knox Guard without a tenant type": (
        ADD,
        {"tenant_type": ""},
        422,
        "tenant_type",
        "Knox Guard needs a tenant type. It cannot change later.",
    ),
    "Knox Guard for an enterprise with a tenant type": (
        ADD,
        {"guard_domain": "enterprise"},
        422,
        "tenant_type",
        "Financing and Others need a tenant type; Enterprise and Insurance have none.",
    ),
    "Knox Guard for financing without support": (
        ADD,
        {"guard_phone": "", "guard_email": ""},
        422,
        "guard_phone",
        "Financing also needs a support phone or email.",
    ),
    "a prefix that starts with a period": (
        ADD,
        {"tenant_prefix": ".berlin"},
        422,
        "tenant_prefix",
        "A prefix has letters, digits and . - _ inside. It does not start or end with a period.",
    ),
    "a prefix with other letters": (
        ADD,
        {"tenant_prefix": "bérlin"},
        422,
        "tenant_prefix",
        "A prefix has letters, digits and . - _ inside. It does not start or end with a period.",
    ),
    "a country outside the region, changed customer": (
        EDIT,
        {"country": "JP"},
        422,
        "country",
        "Japan is in Asia Pacific. Samsung approved your company for Europe, so your customers must be there. An MSP "
        "of Asia Pacific can add this company.",
    ),
    "somebody's account, changed customer": (
        EDIT,
        {"contact_email": "bob@borealis.example"},
        422,
        "contact_email",
        "We cannot use this address for a new customer. If the company uses Knox already, add it as an existing "
        "customer. If not, use another work email.",
    ),
    "a password like the email": (
        CONFIRM,
        {"password": "pia@polaris.example"},
        422,
        "password",
        "The password is too similar to the email.",
    ),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_said_beside_its_field(world: World, client: Client, rule: tuple[Any, ...]) -> None:
    at, wrong, status, field, sentence = rule
    url = at.enter(world, client)
    before = everything()

    response = client.post(url, at.valid(world) | wrong)

    assert (response.status_code, errors(response.text)) == (status, {field: [sentence]})
    assert everything() == before


def test_knox_guard_that_is_posted_though_it_is_off_is_refused(world: World, client: Client) -> None:
    client.force_login(world.bob)
    fields = ADD.typed | {"country": "US", "services": ["KC", "KG"]}

    response = client.post(reverse("customer-add"), fields)

    assert response.status_code == 403
    assert errors(response.text)["services"] == [
        "Samsung opens Knox Guard for each MSP separately. Open a ticket and quote your MSP ID "
        f"{world.borealis.public_id}. You can add the other services now."
    ]


def test_a_free_mailbox_with_no_access_is_taken_and_noted(world: World, client: Client) -> None:
    client.force_login(world.alice)

    response = client.post(reverse("customer-add"), ADD.typed | {"contact_email": "kestrel@gmail.com"}, follow=True)

    assert response.status_code == 200
    assert "gmail.com" in response.text


def test_a_twin_comes_back_with_its_question_and_what_was_typed(world: World, client: Client) -> None:
    client.force_login(world.alice)
    typed_name = {"name": "Fjördline Freight"}

    response = client.post(reverse("customer-add"), ADD.typed | typed_name)

    assert (response.status_code, errors(response.text)) == (409, {})
    assert f"KCS Customer ID {world.first.kcs_id}). Open it, or tick" in response.text
    assert 'name="another_company"' in response.text
    assert 'value="Fjördline Freight"' in response.text
    assert client.post(reverse("customer-add"), ADD.typed | typed_name | {"another_company": "on"}).status_code == 302


def test_an_old_page_comes_back_with_what_was_typed_and_can_be_saved_again(world: World, client: Client) -> None:
    url, old = EDIT.enter(world, client), EDIT.valid(world)
    client.post(url, old | {"city": "Bonn"})

    response = client.post(url, old | {"name": "Fjord & Söhne", "city": "Ulm"})

    assert response.status_code == 409
    assert "saved other changes at" in response.text
    assert 'value="Fjord &amp; Söhne"' in response.text
    assert 'value="Ulm"' in response.text
    assert client.post(url, old | {"city": "Ulm"} | EDIT.valid(world)).status_code == 302


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Asia/Kathmandu"])
def test_a_version_of_the_hour_that_comes_twice_can_be_saved(world: World, client: Client, zone: str) -> None:
    User.objects.filter(pk=world.alice.pk).update(time_zone=zone)
    with as_operator():
        Customer.objects.filter(pk=world.first.pk).update(modified_at=datetime(2026, 10, 25, 1, 30, 0, 123456, UTC))
    url = EDIT.enter(world, client)
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', client.get(url).text)

    response = client.post(url, EDIT.valid(world) | {"seen": seen, "city": "Ulm"})

    assert (response.status_code, errors(response.text)) == (302, {})


@pytest.mark.parametrize(
    "services", [None, [""], ["x"], ["KC", "x"], ["KG\x00"], ["<script>"], [f"x{number}" for number in range(100)]]
)
def test_services_that_are_none_are_refused_above_the_page(world: World, client: Client, services: Any) -> None:
    url = SERVICES.enter(world, client)
    before = everything()

    response = client.post(url, {"services": services} if services else {}, follow=True)

    assert response.status_code in (200, 422)
    assert "Tick at least one service." in response.text
    assert everything() == before


def test_services_that_are_known_are_added(world: World, client: Client) -> None:
    url = SERVICES.enter(world, client)

    response = client.post(url, SERVICES.typed, follow=True)

    assert "Fjordline Freight has Knox Mobile Enrollment and Knox E-FOTA now." in response.text


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
