"""Mail is a row first, written in the transaction that caused it, and sent by the worker after commit."""

from base64 import b64encode
from collections.abc import Iterable
from email.utils import make_msgid
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.fields.json import KT
from django.template import TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.urls import reverse
from post_office.models import PRIORITY, STATUS, Email

from mail import tasks

_BETWEEN, _ABOUT = "X-Knox-Between", "X-Knox-About"


def write(  # noqa: PLR0913  (a letter has this many sides)
    letter: str,
    *,
    to: str,
    name: str,
    why: str,
    about: Iterable[str],
    context: dict[str, Any],
    between: tuple[str, str] | None = None,
    attachment: tuple[str, bytes] | None = None,
    has_settings: bool = False,
    stop: str = "",
) -> Email:
    """Write the letter `templates/<letter>.txt` to one person.

    The template has the partials `subject`, `preheader` and `body` (paragraphs parted by empty lines), and,
    where there is something to do, `button`; its address is `context["button_url"]`.
    `why` ends the sentence "You get this because …". `about` are the KCS Customer IDs of all companies that the letter
    names: it is forgotten with them. `between` are the public IDs of the MSP that reads it and the customer that it is
    about, so that it can be cancelled when the MSP leaves. `attachment` is a PDF: name, bytes.
    `has_settings`: the foot links to the email settings; not for security, consent and legal mails, nor for people
    without an account. `stop` is the token of accounts/mail_choices.py with which one click ends letters of this sort.
    """
    page = _words(letter, context) | {
        "greeting": f"Hello {name}," if name else "Hello,",
        "why": why,
        "portal_url": settings.PORTAL_URL,
        "settings_url": settings.PORTAL_URL + reverse("email-settings") if has_settings or stop else "",
        "stop_url": settings.PORTAL_URL + reverse("email-stop", args=[stop]) if stop else "",
    }
    email = _email(page, to=to)
    email.headers = _headers(about, between, page["stop_url"]) or None
    if attachment:  # in the row itself: web and worker share PostgreSQL, not a disk
        email.context = {"name": attachment[0], "base64": b64encode(attachment[1]).decode()}
    email.save()
    transaction.on_commit(partial(tasks.deliver.delay, email.pk), robust=True)  # without a broker the sweep finds it
    return email


def cancel(*, msp: str, customer: str) -> None:
    """Letters to this MSP about this customer that have not gone out yet never will."""
    Email.objects.filter(headers__contains={_BETWEEN: f"{msp} {customer}"}, status__in=tasks.OPEN).delete()


def forget(customer: str) -> None:
    """Letters about a deleted customer go, sent or not: those that are about it, and those with its ID in the text."""
    in_text = Q(message__contains=customer) | Q(subject__contains=customer)
    Email.objects.alias(about=KT(f"headers__{_ABOUT}")).filter(in_text | Q(about__contains=customer)).delete()


def _email(page: dict[str, Any], *, to: str) -> Email:
    """The row, not saved yet."""
    return Email(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],  # without the name: django-post-office parts a list at commas, also at those of a name
        subject=page["subject"],
        message=engines["text"].get_template("mail/layout.txt").render(page),
        html_message=render_to_string("mail/layout.html", page),
        status=STATUS.queued,
        priority=PRIORITY.medium,
        message_id=make_msgid(domain=settings.MAIL_DOMAIN),
    )


def _words(letter: str, context: dict[str, Any]) -> dict[str, Any]:
    """What the letter's own template says."""
    parts = {part: _part(letter, part, context) for part in ("subject", "preheader", "body", "button")}
    return {
        "subject": " ".join(parts["subject"].split()),
        "preheader": parts["preheader"],
        "paragraphs": [" ".join(block.split()) for block in parts["body"].split("\n\n") if block.strip()],
        "button_label": parts["button"],
        "button_url": context.get("button_url", ""),
    }


def _headers(about: Iterable[str], between: tuple[str, str] | None, stop_url: str) -> dict[str, str]:
    """RFC 8058: mail programs show a button of their own, which posts to the address without asking further."""
    headers = {_ABOUT: " ".join(sorted({*about} - {""})), _BETWEEN: " ".join(between or ())}
    headers = {name: value for name, value in headers.items() if value}
    if stop_url:
        headers |= {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def _part(letter: str, part: str, context: dict[str, Any]) -> str:
    try:
        return str(engines["text"].get_template(f"{letter}.txt#{part}").render(context)).strip()
    except TemplateDoesNotExist:
        if part == "button":
            return ""
        raise
