"""The button of mail programs that stops a sort of emails (RFC 8058), from the wire to the page behind it."""

from typing import Any

import pytest
from django.conf import settings as portal
from django.test import Client
from post_office.models import Email

from accounts import mail_choices
from accounts.models import User
from mail import outbox
from mail.tasks import deliver
from tests.mail.smtp import serving

pytestmark = pytest.mark.django_db


def written(person: User, **more: Any) -> Email:
    return outbox.write(
        "tenants/email/export_ready",
        to=person.email,
        name="Pia",
        about=[],
        why="you work for Polaris",
        context={"export": {"what": "x"}, "lines": "2", "until": "tomorrow", "button_url": "https://x.example/"},
        **more,
    )


def test_the_headers_arrive_whole_and_one_post_to_their_address_stops_the_next_letter(settings: Any) -> None:
    pia = User.objects.create_user("pia@polaris.example")
    letter = written(pia, stop=mail_choices.stop_token(pia, "licenses:SC+"), between=("7000000001", "4000000002"))
    with serving() as server:
        settings.MAILERS = server.config
        deliver(letter.pk)

    (arrived,) = server.arrived
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = "".join(arrived["List-Unsubscribe"].split()).strip("<>")
    assert arrived["X-Knox-Between"] == "7000000001 4000000002"
    answer = Client(enforce_csrf_checks=True).post(
        address.removeprefix(portal.PORTAL_URL), {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert list(mail_choices.readers([pia], "licenses:SC+")) == []
    assert [reader for reader, _ in mail_choices.readers([pia], "licenses:KC")] == [pia]


def test_a_letter_without_a_topic_has_no_such_header(db: None) -> None:
    pia = User.objects.create_user("pia@polaris.example")

    letter = written(pia, has_settings=True)

    assert not letter.headers
    assert "Email settings: " in letter.message
    assert "Stop these emails" not in letter.message
