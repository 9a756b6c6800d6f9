"""What the daily email says, and that it says nothing twice."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from alerts import bell, handling, tasks
from alerts.models import Alert, Severity, Told
from tests.alerts.alarm import alert
from tests.alerts.daily import ALICE, DAY, HOUR, NOON, at, lives, run
from tests.mail.letters import letter, letters, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_it_names_customer_alert_and_since_when_the_most_urgent_first(world):
    lives(world.alice, "Europe/Berlin")
    alert(world.first, age=HOUR)
    alert(world.second, kind="seats_missing", count=2, severity=Severity.CRITICAL, age=2 * HOUR)

    run()

    mail = letter(ALICE)
    assert mail.subject == "2 alerts at 2 customers"
    assert "Most urgent: 2 devices use – without a seat (Lumen Retail)" in mail.html_message
    assert said(mail) == [
        "New since the last email, the most urgent first:",
        "Critical: Lumen Retail: 2 devices use – without a seat, since 12 Jan 2027, 11:00 CET.",
        "Warning: Fjordline Freight: 3 devices silent for – days, since 12 Jan 2027, 12:00 CET.",
    ]
    assert "Open MSP Dashboard:\n" in mail.message
    assert "You get this because you work for Aurora." in mail.message


def test_one_customer_is_named_in_the_subject_with_its_id_once(world):
    alert(world.first)

    run()

    mail = letter(ALICE)
    assert mail.subject == "1 alert at Fjordline Freight"
    assert mail.message.count(world.first.kcs_id) == 1


def test_nothing_new_means_no_email(world):
    run()

    assert not Email.objects.exists()


def test_an_alert_is_in_one_email_only(world):
    alert(world.first)
    run()
    alert(world.second)

    at(NOON + DAY)
    at(NOON + 2 * DAY)

    assert [mail.subject for mail in letters(ALICE)] == [
        "1 alert at Fjordline Freight",
        "1 alert at Lumen Retail",
    ]


def test_an_alert_that_got_worse_is_news_again(world):
    one = alert(world.first)
    run()
    with as_operator():
        Alert.objects.filter(pk=one.pk).update(severity=Severity.CRITICAL)

    at(NOON + DAY)
    at(NOON + 2 * DAY)

    assert len(letters(ALICE)) == 2


def test_it_holds_twenty_lines_and_says_how_many_more(world):
    for _ in range(25):
        alert(world.first)

    run()
    at(NOON + DAY)

    paragraphs = said(letter(ALICE))
    assert (len(paragraphs), paragraphs[-1]) == (22, "and 5 more")


@pytest.mark.parametrize("state", ["acknowledged", "snoozed", "closed", "seen"])
def test_what_somebody_dealt_with_or_the_person_saw_is_no_news(world, state):
    one = alert(world.first)
    with acting_as(world.alice):
        if state == "acknowledged":
            handling.acknowledge(one, by=world.alice)
        if state == "snoozed":
            handling.snooze(one, until=timezone.now() + 2 * DAY, by=world.alice)
        if state == "seen":
            bell.seen(world.alice, world.aurora, through=one.changed_at)
    with as_operator():
        Alert.objects.filter(pk=one.pk, kind=one.kind).update(closed_at=timezone.now() if state == "closed" else None)

    run()

    assert letters(ALICE) == []


def test_a_run_that_is_killed_leaves_nothing_and_the_next_one_writes_it(world):
    alert(world.first)
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        run()
        raise ZeroDivisionError
    left = Email.objects.count() + Told.objects.count()

    run()

    assert (left, len(letters(ALICE))) == (0, 1)


def test_a_doubled_task_writes_one_email(world):
    alert(world.first)

    for _ in range(3):
        tasks.write_digest(world.alice.pk)

    assert len(letters(ALICE)) == 1


def test_the_database_refuses_to_note_the_same_news_twice(world):
    one = alert(world.first)
    Told.objects.create(user=world.alice, alert=one, severity=Severity.WARNING)

    with pytest.raises(IntegrityError), transaction.atomic():
        Told.objects.create(user=world.alice, alert=one, severity=Severity.WARNING)
