"""Letters: written with the act that causes them, in plain text and HTML, safe from what people type."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail as django_mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from accounts.acting import acting_as
from mail import outbox
from mail.tasks import deliver, forget_old
from onboarding import applications, customers
from tenants import times
from tests.mail.letters import letters, said
from tests.mail.worker import asked_of_the_worker
from tests.world import World, application, customer, person

pytestmark = pytest.mark.django_db
TO = "pia@polaris.example"

HOSTILE = [
    "{{ 7|add:7 }}",
    "{% now 'Y' %}",
    "{% endpartialdef %}{% partialdef button %}x{% endpartialdef %}",
    "{# comment #}",
    "<script>alert(1)</script>",
    "<b>bold</b> & \"quoted\" 'too'",
    "</p></td></table><h1>Samsung",
    "%s %(name)s {0} {name}",
    "مرحبا بالعالم 🙂",
]


def write(**more: Any) -> Email:
    """A letter of the product, about a customer that was asked for an export."""
    context = {"export": {"what": "customers"}, "lines": "2", "until": "tomorrow", "button_url": "https://x.example/"}
    context |= more.pop("context", {})
    fields = {"to": TO, "name": "Pia", "why": "you asked for this export", "about": []} | more
    return outbox.write("tenants/email/export_ready", context=context, **fields)


def raw(letter: Email) -> Any:
    """The letter as a mail server gets it."""
    letter.refresh_from_db()
    return message_from_bytes(letter.email_message().message().as_bytes(), policy=policy.default)


def test_a_letter_is_a_row_of_the_transaction_that_caused_it(world: World) -> None:
    before = Email.objects.count()

    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        customer(world.aurora, world.alice, "Kestrel")
        raise ZeroDivisionError

    assert Email.objects.count() == before


def test_a_refused_act_writes_no_letter(world: World) -> None:
    before = Email.objects.count()

    with pytest.raises(customers.RuleBroken):
        customer(world.aurora, world.alice, "Kestrel", country="US", province="Ohio")

    assert Email.objects.count() == before


def test_the_worker_is_asked_after_the_commit(db: None, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    asked_of_the_worker()  # by earlier tests
    with django_capture_on_commit_callbacks(execute=True):
        letter = write()
        early = asked_of_the_worker()

    assert early == []
    assert asked_of_the_worker() == [("mail.tasks.deliver", [letter.pk])]


def test_a_letter_that_is_rolled_back_asks_nobody(
    db: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        write()
        raise ZeroDivisionError

    assert callbacks == []


def test_a_letter_has_a_greeting_a_button_and_a_reason(db: None) -> None:
    letter = write()

    assert letter.message.splitlines() == [
        "Hello Pia,",
        "",
        "The file with 2 lines is ready. Sign in with this account to download it. We keep it until tomorrow.",
        "",
        "Download CSV:",
        "https://x.example/",
        "",
        "--",
        "You get this because you asked for this export.",
        "Knox MSP Portal",
        settings.PORTAL_URL,
    ]
    assert (letter.subject, letter.status) == ("Your export of customers is ready", STATUS.queued)


def test_a_letter_to_a_person_without_a_name_says_hello(db: None) -> None:
    assert write(name="").message.startswith("Hello,\n")


def test_a_letter_without_an_address_for_its_button_has_none(db: None) -> None:
    letter = write(context={"button_url": ""})

    assert "Download CSV" not in letter.message + letter.html_message


def test_a_mail_server_gets_text_and_html_from_the_portal(db: None) -> None:
    sent = raw(write())

    assert [part.get_content_type() for part in sent.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert sent["From"] == "Knox MSP Portal <no-reply@knox-msp.example>"
    assert sent["To"].addresses[0].addr_spec == TO
    assert re.fullmatch(r"<[^<>@\s]+@[\w.-]+>", sent["Message-ID"])
    assert len(sent["To"].addresses) == 1


def test_both_parts_say_the_same(world: World) -> None:
    application(world.nora)

    for letter in letters("nora@people.example"):
        shown = html.unescape(re.sub(r"<[^>]+>", " ", letter.html_message))
        assert all(paragraph in shown for paragraph in said(letter))


def test_no_letter_loads_a_picture_or_a_script_from_anywhere(world: World) -> None:
    application(world.nora)
    customer(world.aurora, world.alice, "Kestrel", access="full")

    for letter in Email.objects.all():
        assert re.findall(r"<(?:img|script|iframe|link)\b|url\(|\bsrc=", letter.html_message) == []


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_people_type_is_said_word_for_word_and_never_run(world: World, typed: str) -> None:
    application(world.nora, company=typed)

    letter = letters("nora@people.example")[-1]
    assert letter.subject == f"Samsung has the application of {typed}"
    assert said(letter)[0].startswith(f"We received the application of {typed} to the Knox MSP Program on ")
    assert f"We received the application of {html.escape(typed)} to the Knox MSP Program on " in letter.html_message


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_first_name_is_greeted_word_for_word_and_never_run(db: None, typed: str) -> None:
    application(person(TO, first_name=typed))

    (letter,) = letters(TO)
    assert letter.message.splitlines()[0] == f"Hello {typed},"
    assert f"Hello {html.escape(typed)}," in letter.html_message


NAMES = [
    *HOSTILE,
    "Smith, Pia",
    "x@evil.example, Pia",
    "Pia <x@evil.example>",
    '"Pia" <x@evil.example>, "',
    "Pia\\",
    "Pia; x@evil.example",
    "=?utf-8?q?x?=",
    "Ångström",
    "P" * 100,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_goes_to_the_one_address_whatever_the_name(db: None, name: str) -> None:
    sent = raw(write(name=name))

    assert [address.addr_spec for address in sent["To"].addresses] == [TO]
    deliver(Email.objects.latest("pk").pk)
    assert [message.recipients() for message in django_mail.outbox] == [[TO]]


BREAKS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize("field", ["company", "first_name"])
def test_a_line_break_adds_no_header(world: World, line_break: str, field: str) -> None:
    typed = f"Polaris{line_break}Bcc: x@evil.example{line_break}{line_break}Hello"
    world.nora.first_name = typed if field == "first_name" else "Nora"
    application(world.nora, company=typed if field == "company" else "Polaris")

    for letter in letters("nora@people.example"):
        sent = raw(letter)
        assert sent["Bcc"] is None
        assert [address.addr_spec for address in sent["To"].addresses] == ["nora@people.example"]
        assert set(sent.keys()) <= {
            "Content-Type",
            "MIME-Version",
            "Subject",
            "From",
            "To",
            "Date",
            "Message-ID",
        }


def test_a_long_company_name_fits_its_subject(world: World) -> None:
    application(world.nora, company="Ö" * 200)

    assert raw(letters("nora@people.example")[-1])["Subject"] == f"Samsung has the application of {'Ö' * 200}"


def test_a_reason_of_several_paragraphs_keeps_them(world: World) -> None:
    sent = application(world.nora)
    with acting_as(world.sam), applications.as_operator():
        applications.reject(sent, by=world.sam, reason="The register has no such company.\n\nCheck the number.")

    paragraphs = said(letters("nora@people.example")[-1])
    assert paragraphs[0].endswith("Reason: The register has no such company.")
    assert paragraphs[1] == "Check the number."


# Sign-in's letters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "first", "why"),
    [
        (
            "nora@people.example",
            "Someone asked for a new password for nora@people.example. If it was you, set it now. If not, do nothing: "
            "the old one stays.",
            "You get this because someone uses this address on the Knox Dashboard.",
        ),
        (
            "nobody@else.example",
            "Someone asked for a new password for nobody@else.example. No account uses nobody@else.example. Try "
            "another address.",
            "You get this because someone entered this address on the Knox Dashboard.",
        ),
    ],
)
def test_asking_for_a_new_password_writes_to_known_and_unknown(
    world: World, client: Client, email: str, first: str, why: str
) -> None:
    Email.objects.all().delete()

    response = client.post(reverse("account_reset_password"), {"email": email})

    (letter,) = letters(email)
    assert (response.status_code, letter.subject, said(letter)[0]) == (302, "Set a new password", first)
    assert why in letter.message


def test_the_link_to_a_new_password_leads_to_the_portal_whatever_a_request_calls_it(
    world: World, client: Client
) -> None:
    with time_machine.travel(at := timezone.now(), tick=False):
        client.post(
            reverse("account_reset_password"), {"email": "nora@people.example"}, headers={"host": "localhost:666"}
        )

    letter = letters("nora@people.example")[-1]
    ends = times.written(at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT), world.nora.zone)
    assert f"{settings.PORTAL_URL}/accounts/password/reset/key/" in letter.message
    assert f"The link works once, until {ends}." in letter.html_message
    assert "localhost" not in letter.message + letter.html_message


@pytest.mark.parametrize("agent", ["<script>", "{{ 7|add:7 }}", "x" * 5000, "Ünïcode", ""])
@pytest.mark.usefixtures("_quick_passwords")
def test_a_changed_password_is_mailed_whatever_browser_changed_it(world: World, client: Client, agent: str) -> None:
    world.nora.set_password("an old secret")
    world.nora.save()
    client.force_login(world.nora)
    Email.objects.all().delete()

    fields = {"oldpassword": "an old secret", "password1": "a new secret", "password2": "a new secret"}
    client.post(reverse("account_change_password"), fields, HTTP_USER_AGENT=agent)

    (letter,) = letters("nora@people.example")
    assert letter.subject == "Your password changed"
    assert "(A browser)" in letter.message
    assert not agent or agent not in letter.message + letter.html_message


def test_letters_are_deleted_when_nobody_needs_their_links_any_more(django_assert_max_num_queries: Any) -> None:
    days = settings.MAIL_KEPT_DAYS
    now = timezone.now()
    ages = [timedelta(days=days + 1)] * 20 + [timedelta(days=days, minutes=-1), timedelta()]
    written = [write() for _ in ages]
    for letter, age in zip(written, ages, strict=True):
        Email.objects.filter(pk=letter.pk).update(created=now - age)

    with django_assert_max_num_queries(8):  # by many at a time
        forget_old()

    left = Email.objects.filter(pk__in=[one.pk for one in written]).order_by("pk")
    assert [one.pk for one in left] == [one.pk for one in written[20:]]
