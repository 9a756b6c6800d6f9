"""The pages behind links, asked as browsers, scanners and guessers do."""

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import rate_limits
from accounts.acting import acting_as, as_operator
from onboarding import endings, requests
from onboarding.models import ManagementRequest
from tenants import memberships
from tenants.models import Access, KnoxService, Management
from tests.mail.letters import newest_token
from tests.world import World, customer

CARL = "carl@contoso.example"
YES = {"answer": "approve", "name": "Carl Bauer", "may_decide": "on", "knows_losses": "on"}


@pytest.fixture
def link(world: World) -> str:
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=world.alice
        )
    return reverse("consent", args=[newest_token("consent", CARL)])


def read(page: Any) -> str:
    """What the page sends back of the text on it."""
    found = re.search(r'name="read" value="(\w+)"', page.text)
    assert found
    return found[1]


def state() -> tuple[str, int]:
    with as_operator():
        running = Management.objects.filter(customer__name="Contoso", ended_at=None).count()
        return ManagementRequest.objects.get().state, running


def test_scanners_change_nothing(link: str, client: Client) -> None:
    answers = [client.get(link).status_code for _ in range(10)]
    answers += [client.head(link).status_code, client.get(link, headers={"user-agent": "Scanner"}).status_code]

    assert (set(answers), client.options(link).status_code, state()) == ({200}, 405, ("open", 0))


@pytest.mark.parametrize("route", ["application-confirm", "invitation", "administrator-join", "enroll"])
def test_scanners_hear_the_same_of_every_link(client: Client, db: None, route: str) -> None:
    link = reverse(route, args=["unknown"])

    assert (client.head(link).status_code, client.get(link).status_code) == (404, 404)


def test_the_page_leads_nowhere_else_and_is_not_kept_by_the_browser(link: str, client: Client) -> None:
    page = client.get(link)

    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert 'href="/customers' not in page.text


def test_approving_needs_a_name_and_the_boxes(link: str, client: Client) -> None:
    page = client.post(link, {"answer": "approve", "note": "Welcome"})

    assert (page.status_code, state()) == (422, ("open", 0))
    for sentence in (
        "The receipt shows who decided. Enter your name.",
        "Only someone who may decide for Contoso can answer.",
        "Your administrators lose their consoles. Tick the box to show that you know, or refuse.",
        "Welcome",
    ):
        assert sentence in page.text


def test_the_page_after_it_names_every_service_that_was_approved(client: Client, world: World) -> None:
    with acting_as(world.alice):
        requests.ask(
            world.contoso.kcs_id, msp=world.aurora, services=[KnoxService.EFOTA], access=Access.NONE, by=world.alice
        )
    page = reverse("consent", args=[newest_token("consent", CARL)])

    answered = client.post(page, YES)

    services = re.search(r"<dt>Services</dt>\s*<dd>\s*(.*?)\s*</dd>", answered.text)
    assert services
    assert services[1] == "Knox Configure, Knox E-FOTA"


def test_name_and_job_title_say_who_reads_them(link: str, client: Client) -> None:
    page = client.get(link).text

    assert page.count("We write it on the receipt of Contoso. Aurora does not see it.") == 2


def test_what_is_approved_is_what_was_read(link: str, client: Client, world: World) -> None:
    before = client.get(link)
    with as_operator():
        memberships.join(world.nora, world.contoso.roles.get(name="Viewer"), by=world.carl)

    early = client.post(link, YES | {"read": read(before)})
    while_open = state()
    answered = client.post(link, YES | {"read": read(early)})

    assert (early.status_code, while_open) == (409, ("open", 0))
    assert "Read it again, then answer." in early.text
    assert ("1 administrator," in before.text, "2 administrators," in early.text) == (True, True)
    assert 'value="Carl Bauer"' in early.text
    assert (answered.status_code, state()) == (200, ("approved", 1))


def test_refusing_needs_nothing(link: str, client: Client) -> None:
    page = client.post(link, {"answer": "refuse"})

    assert (page.status_code, state()) == (200, ("refused", 0))
    assert "You refused. Nothing changed at Contoso." in page.text


@pytest.mark.parametrize("answer", [{"answer": ""}, {"answer": "Refuse"}, {"answer": "no"}])
def test_no_word_but_approve_is_a_yes(link: str, client: Client, answer: dict[str, str]) -> None:
    ticked = {name: value for name, value in YES.items() if name != "answer"}

    page = client.post(link, ticked | answer)

    assert (page.status_code, state()) == (422, ("open", 0))
    assert "Select Approve Aurora or Refuse." in page.text
    assert 'value="Carl Bauer"' in page.text


def test_a_link_answers_once(link: str, client: Client) -> None:
    first, second = client.post(link, YES), client.post(link, YES)

    assert (first.status_code, second.status_code, state()) == (200, 410, ("approved", 1))
    assert "already answered" in second.text
    assert "The super admin of Contoso knows the answer." in second.text


def test_a_used_link_of_a_customer_without_people_names_the_msp_and_one_zone(client: Client, world: World) -> None:
    with acting_as(world.alice):
        endings.ask(Management.objects.select_related("customer", "msp").get(customer=world.first), by=world.alice)
    url = reverse("delink", args=[newest_token("delink", "contact@fjordlinefreight.example")])

    client.post(url, {"answer": "refuse"})
    page = client.get(url)

    assert page.status_code == 410
    assert "Aurora knows the answer." in page.text
    assert "Times are shown in" not in page.text


def test_the_open_session_of_the_customer_ends_at_the_next_click_with_the_reason(
    link: str, client: Client, world: World
) -> None:
    carl = Client()
    carl.force_login(world.carl)
    before = carl.get(reverse("admin-portal-home")).status_code

    client.post(link, YES)
    page = carl.get(reverse("admin-portal-home"))

    assert (before, page.status_code) == (200, 403)
    assert "Aurora manages Knox for Contoso, and Contoso has No access." in page.text
    assert "No access" in carl.get(reverse("knox-dashboard")).text


def test_a_guesser_is_stopped(link: str, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate_limits.LIMITS, "link", rate_limits.Limit(3, 3600, "opened links", "an hour"))

    got = [client.get(reverse("consent", args=[f"guess{number}"])).status_code for number in range(5)]

    assert got == [404, 404, 404, 429, 429]


def test_the_receipt_can_be_read_printed_and_downloaded_by_both_sides(link: str, client: Client, world: World) -> None:
    client.post(link, YES | {"job_title": "Head of IT"})
    own = reverse("receipt", args=[newest_token("receipt", CARL)])
    client.force_login(world.alice)
    theirs = reverse("customer-receipt", args=[world.contoso.kcs_id])

    assert "Carl Bauer" in client.get(own).text
    assert "Carl Bauer" not in client.get(theirs).text
    for url in (own, theirs):
        assert client.get(url, {"pdf": ""}).content.startswith(b"%PDF-")


def test_the_end_link_shows_what_happens_and_a_button_ends(link: str, client: Client) -> None:
    client.post(link, YES)
    end = reverse("management-end", args=[newest_token("end", CARL)])
    looked = client.get(end)
    with as_operator():
        before = Management.objects.get(customer__name="Contoso").ending_at

    client.post(end, {"answer": "end"})
    again = client.get(end)

    with as_operator():
        after = Management.objects.get(customer__name="Contoso").ending_at
    assert (before, after is not None, looked.status_code) == (None, True, 200)
    assert "Keep Aurora" in again.text


def test_who_keeps_the_msp_reads_so(link: str, client: Client) -> None:
    client.post(link, YES)
    end = reverse("management-end", args=[newest_token("end", CARL)])
    client.post(end, {"answer": "end"})

    kept = client.post(end, {"answer": "keep"}, follow=True)

    assert "You keep Aurora: it goes on managing Knox for Contoso." in kept.text
    assert "You keep Aurora" not in client.get(end).text


def test_the_msp_reads_that_the_customer_refused_a_delink_until_it_asks_again(client: Client, world: World) -> None:
    page = reverse("customer-delink", args=[world.first.kcs_id])
    client.force_login(world.alice)
    refusal, asked = f"<b>{world.first.name} refused the delink on ", {"typed": world.first.kcs_id}
    first = client.post(page, asked, follow=True)
    client.post(
        reverse("delink", args=[newest_token("delink", "contact@fjordlinefreight.example")]), {"answer": "refuse"}
    )

    refused, again = client.get(page), client.post(page, asked, follow=True)

    assert [refusal in one.text for one in (first, refused, again)] == [False, True, False]


def test_a_receipt_changed_by_the_owner_of_the_tables_is_found(link: str, client: Client) -> None:
    client.post(link, YES)
    call_command("verify_receipts")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL role TO portal_owner")
        cursor.execute("ALTER TABLE onboarding_receipt DISABLE TRIGGER onboarding_receipt_stays")
        cursor.execute("UPDATE onboarding_receipt SET person = 'Karl Bauer'")
        cursor.execute("ALTER TABLE onboarding_receipt ENABLE TRIGGER onboarding_receipt_stays")
        cursor.execute("SET LOCAL role TO DEFAULT")

    with pytest.raises(CommandError, match="1 faults in 1 receipts"):
        call_command("verify_receipts")


def test_the_timeline_of_the_customer_begins_with_the_request(link: str, client: Client, world: World) -> None:
    client.post(link, YES)
    client.force_login(world.alice)

    steps = client.get(reverse("customer", args=[world.contoso.kcs_id])).context["events"]

    assert [(one["who"], one["what"]) for one in reversed(steps)] == [
        ("Alice Example", "asked Contoso for the management of Knox Configure"),
        ("Contoso", "approved the request (receipt 1)"),
    ]


def test_a_delink_that_a_free_mailbox_stops_is_not_offered(client: Client, world: World) -> None:
    """words.md access.free_email stands beside the act, before anything is typed."""
    kestrel = customer(world.aurora, world.alice, "Kestrel", contact_email="kestrel@gmail.com")
    client.force_login(world.alice)

    page = client.get(reverse("customer-delink", args=[kestrel.kcs_id])).text

    assert "The contact person of Kestrel is at gmail.com, a free mailbox." in page
    assert "Change the contact person first." in page
    assert "Delink Kestrel?" not in page
