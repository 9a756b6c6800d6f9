"""Critical alerts by email at once: to those who see the customer, together where they come together, once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from post_office.models import Email

from accounts import mail_choices
from alerts import digests, urgent
from alerts.models import Severity
from tests.alerts.alarm import alert
from tests.mail.letters import letter, letters, said

pytestmark = pytest.mark.django_db
ALICE, TOM = "alice@aurora.example", "tom@people.example"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(world):
    """Before everybody's hour of the daily email."""
    with time_machine.travel(datetime(2027, 1, 12, 3, tzinfo=UTC), tick=False) as clock:
        Email.objects.all().delete()
        yield clock


def critical(customer, **columns):
    return alert(customer, **({"kind": "seats_missing", "severity": Severity.CRITICAL} | columns))


def run():
    people, through = urgent.due()
    for user_id in people:
        urgent.tell(user_id, through=through)


def test_one_alone_is_told_in_full_with_the_way_to_mend_it(world):
    critical(world.first, facts={"service": "Knox Configure"})

    run()

    mail = letter(ALICE)
    assert mail.subject == "Fjordline Freight: 3 devices use Knox Configure without a seat"
    assert said(mail) == [
        f"3 devices use Knox Configure without a seat at Fjordline Freight (KCS Customer ID {world.first.kcs_id}), "
        "since 12 Jan 2027, 03:00 UTC.",
        "Give them a seat of a license.",
    ]
    assert f"Open licenses:\nhttp://127.0.0.1:8000/customers/{world.first.kcs_id}/licenses/" in mail.message


def test_those_that_come_together_are_one_email(world):
    critical(world.first)
    critical(world.second)

    run()

    assert (letter(ALICE).subject, letter(TOM).subject[:18]) == (
        "2 critical alerts at 2 customers",
        "Fjordline Freight:",
    )


def test_nobody_reads_of_a_customer_of_others(world):
    critical(world.second)

    run()

    assert {mail.to[0] for mail in Email.objects.all()} == {
        "alice@aurora.example",
        "vera@people.example",
        "mira@people.example",
    }


def test_a_storm_is_one_email_in_ten_minutes(world, clock):
    for _ in range(10):
        critical(world.first)
        run()
        clock.shift(MINUTE)
    during = len(letters(ALICE))

    run()

    assert (during, [mail.subject for mail in letters(ALICE)][1:]) == (1, ["9 critical alerts at Fjordline Freight"])


def test_it_is_told_once_however_often_it_is_counted_or_asked(world, clock):
    one = critical(world.first)
    for _ in range(3):
        run()
        clock.shift(11 * MINUTE)
        urgent.tell(world.alice.pk, through=one.changed_at)

    assert len(letters(ALICE)) == 1


def test_the_daily_email_does_not_repeat_it(world, clock):
    critical(world.first)
    run()
    clock.shift(5 * HOUR)

    for user_id in digests.due():
        digests.send(user_id)

    assert len(letters(ALICE)) == 1


def test_nobody_is_asked_again_while_nothing_is_newer(world, clock):
    critical(world.second)
    run()

    again, _ = urgent.due()
    clock.shift(SECOND)
    critical(world.second)
    newer, _ = urgent.due()

    assert (again, len(newer)) == ([], 4)


@pytest.mark.parametrize(
    "columns",
    [{"severity": Severity.WARNING}, {"age": 25 * HOUR}, {"kind": "license_ended"}],
    ids=["no more than a warning", "a day old", "told by a letter of its own"],
)
def test_others_wait_for_the_daily_email(world, columns):
    critical(world.first, **columns)

    run()

    assert not Email.objects.exists()


@pytest.mark.parametrize("topic", ["critical", "critical:seats_missing"])
def test_who_does_not_want_it_gets_it_with_the_daily_email(world, clock, topic):
    mail_choices.stop(world.alice, topic)
    critical(world.first)
    run()
    at_once = letters(ALICE)
    clock.shift(5 * HOUR)

    digests.send(world.alice.pk)

    assert (at_once, len(letters(ALICE)), len(letters(TOM))) == ([], 1, 1)
