"""Letters of every script and what looks like a script: taken as they are, and shown as text."""

from html import escape
from unicodedata import normalize

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from accounts.models import User
from onboarding import requests
from onboarding.models import Application
from tenants.fields import Words
from tenants.models import Access, Customer, KnoxService, Msp
from tests.bad_input.pages.onboarding import ADD, APPLY_MSP, APPLY_RESELLER, EDIT, REJECT
from tests.bad_input.pages.page import Page, errors, fields
from tests.bad_input.rows import newest
from tests.mail.letters import newest_token
from tests.world import World

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize("at", [APPLY_MSP, APPLY_RESELLER, ADD, EDIT], ids=str)
@pytest.mark.parametrize("text", WELCOME.values(), ids=WELCOME)
def test_letters_of_every_script_are_taken_as_they_are(world: World, client: Client, at: Page, text: str) -> None:
    url = at.enter(world, client)

    response = client.post(url, at.valid(world) | dict.fromkeys(plain(at), text))

    assert (response.status_code, errors(response.text)) == (302, {})
    made = newest(at, world)
    assert {name: getattr(made, name) for name in plain(at)} == dict.fromkeys(plain(at), normalize("NFC", text))


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
    typed = APPLY_MSP.typed | dict.fromkeys(plain(APPLY_MSP), SCRIPT)
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
    typed = ADD.typed | dict.fromkeys(plain(ADD), SCRIPT)
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


def test_a_name_that_looks_like_markup_is_text_in_the_hints_of_a_form_too(world: World, client: Client) -> None:
    """Whoever decides about an MSP reads a page without an account, and trusts it."""
    with as_operator():
        Msp.objects.filter(pk=world.aurora.pk).update(name="Aurora <i>Samsung</i>")
        Customer.objects.filter(pk=world.contoso.pk).update(name="Contoso <i>Ltd</i>")
    with acting_as(world.alice):
        wish = {"services": [KnoxService.CONFIGURE], "access": Access.NONE, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=Msp.objects.get(), **wish)

    page = client.get(reverse("consent", args=[newest_token("consent", world.carl.email)])).text

    assert "We write it on the receipt of Contoso &lt;i&gt;Ltd&lt;/i&gt;. Aurora &lt;i&gt;Samsung" in page
    assert "<i>" not in page
