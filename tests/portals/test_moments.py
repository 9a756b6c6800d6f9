"""An instant as the one who reads it knows it: their zone, their today."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from portals import moments
from portals.templatetags import look

NOON = datetime(2026, 11, 24, 12, 5, 9, tzinfo=UTC)
BERLIN, SAO_PAULO, TOKYO = (ZoneInfo(name) for name in ("Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo"))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("full", "24 Nov 2026, 13:05 CET"),
        ("short", "Today, 13:05 CET"),
        ("inline", "today, 13:05 CET"),
        ("row", "Today <small>13:05 CET</small>"),
        ("day", "24 Nov 2026"),
        ("near", "today"),
        ("clock", "13:05 CET"),
    ],
)
def test_each_form_says_what_its_place_has_room_for(form: str, text: str) -> None:
    with time_machine.travel(NOON, tick=False), timezone.override(BERLIN):
        assert moments.spelled(NOON, form) == text


@pytest.mark.parametrize(
    ("read_at", "text"),
    [
        (datetime(2026, 11, 25, 22, 59, tzinfo=UTC), "Yesterday, 13:05 CET"),
        (datetime(2026, 11, 25, 23, 1, tzinfo=UTC), "24 Nov, 13:05 CET"),  # the day after tomorrow in Berlin
        (datetime(2027, 2, 1, tzinfo=UTC), "24 Nov 2026, 13:05 CET"),
        (datetime(2026, 11, 22, tzinfo=UTC), "24 Nov, 13:05 CET"),  # still to come
    ],
)
def test_days_are_named_by_the_day_of_the_reader(read_at: datetime, text: str) -> None:
    with time_machine.travel(read_at, tick=False), timezone.override(BERLIN):
        assert moments.spelled(NOON, "short") == text


def test_the_tag_holds_the_instant_in_utc() -> None:
    with time_machine.travel(NOON, tick=False), timezone.override(BERLIN):
        tag = moments.tag(NOON, "clock")
    assert tag == '<time datetime="2026-11-24T12:05:09Z" title="2026-11-24 12:05 UTC">13:05 CET</time>'


def test_what_was_written_for_one_reader_is_not_shown_to_another() -> None:
    with time_machine.travel(NOON, tick=False):
        with timezone.override(BERLIN):
            assert "13:05 CET" in moments.tag(NOON, "short")
        with timezone.override(SAO_PAULO):
            assert "Today, 09:05 UTC-03" in moments.tag(NOON, "short")
        with timezone.override(TOKYO):
            assert "Today, 21:05 JST" in moments.tag(NOON, "short")


def test_what_was_written_today_is_not_shown_tomorrow() -> None:
    with timezone.override(BERLIN):
        with time_machine.travel(NOON, tick=False):
            assert "Today" in moments.tag(NOON, "short")
        with time_machine.travel(NOON.replace(day=25), tick=False):
            assert "Yesterday" in moments.tag(NOON, "short")


def test_the_foot_of_a_page_names_the_zone_of_the_reader() -> None:
    with time_machine.travel(NOON, tick=False):
        with timezone.override(SAO_PAULO):
            assert moments.zone_note() == "UTC-03 (Sao Paulo)"
        with timezone.override(UTC):
            assert moments.zone_note() == "UTC"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(days=3, hours=5), "3 days"),
    ],
)
def test_what_waits_says_how_long_in_its_largest_unit(ago: timedelta, text: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert look.age(NOON - ago).replace("\xa0", " ") == text
