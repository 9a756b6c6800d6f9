"""When the daily email comes: at the hour of the person's zone, once a day."""

from datetime import UTC, datetime

import pytest
from post_office.models import Email

from tests.alerts.alarm import alert
from tests.alerts.daily import ALICE, DAY, HOUR, MINUTE, NOON, at, lives, run
from tests.mail.letters import letters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.mark.parametrize(
    ("zone", "seven"),
    [
        ("Europe/Berlin", datetime(2027, 1, 13, 6, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 1, 13, 12, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2027, 1, 13, 1, 30, tzinfo=UTC)),
        ("Pacific/Chatham", datetime(2027, 1, 12, 17, 15, tzinfo=UTC)),
    ],
)
def test_it_comes_at_seven_where_the_person_lives(world, zone, seven):
    run()
    lives(world.alice, zone)
    Email.objects.all().delete()
    alert(world.first)

    at(seven - MINUTE)
    early = letters(ALICE)
    at(seven)

    assert (early, len(letters(ALICE))) == ([], 1)


def test_it_comes_at_the_chosen_hour(world):
    lives(world.alice, "UTC", hour=18)
    alert(world.first)

    at(NOON.replace(hour=17, minute=59))
    early = letters(ALICE)
    at(NOON.replace(hour=18))

    assert (early, len(letters(ALICE))) == ([], 1)


def test_a_worker_that_was_down_at_the_hour_sends_it_later(world):
    alert(world.first)

    at(NOON.replace(hour=22))

    assert len(letters(ALICE)) == 1


def test_what_opens_after_the_hour_waits_for_the_next_day(world):
    run()
    alert(world.first)

    at(NOON + 6 * HOUR)
    same_day = letters(ALICE)
    at(NOON + DAY)

    assert (same_day, len(letters(ALICE))) == ([], 1)


def test_a_day_whose_hour_is_skipped_has_its_email(world):
    """In Berlin the clocks go from 02:00 to 03:00 on 28 March 2027."""
    lives(world.alice, "Europe/Berlin", hour=2)
    at(datetime(2027, 3, 27, 1, tzinfo=UTC))
    alert(world.first, age=-74 * DAY)

    at(datetime(2027, 3, 28, 0, 59, tzinfo=UTC))
    early = letters(ALICE)
    at(datetime(2027, 3, 28, 1, tzinfo=UTC))

    assert (early, len(letters(ALICE))) == ([], 1)


def test_a_day_whose_hour_comes_twice_has_one_email(world):
    """In Berlin the clocks go back from 03:00 to 02:00 on 31 October 2027."""
    lives(world.alice, "Europe/Berlin", hour=2)
    alert(world.first)
    at(datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    alert(world.first)

    at(datetime(2027, 10, 31, 1, 30, tzinfo=UTC))

    assert len(letters(ALICE)) == 1


def test_who_flies_west_has_no_second_email_that_day(world):
    lives(world.alice, "Asia/Seoul")
    alert(world.first)
    at(datetime(2027, 1, 13, 0, tzinfo=UTC))
    alert(world.first)
    lives(world.alice, "America/New_York")

    at(datetime(2027, 1, 13, 3, tzinfo=UTC))

    assert len(letters(ALICE)) == 1
