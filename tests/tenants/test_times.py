"""Times in letters have their zone, and those to people whose zone is guessed have UTC beside it (words.md 8)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tenants.times import written, written_for_guests

NOON, NIGHT = datetime(2026, 11, 29, 13, 5, tzinfo=UTC), datetime(2026, 11, 29, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "29 Nov 2026, 14:05 CET"),
        ("Asia/Dubai", "29 Nov 2026, 17:05 UTC+04"),
        ("UTC", "29 Nov 2026, 13:05 UTC"),
    ],
)
def test_a_time_has_its_zone_also_where_that_has_no_letters(zone, text):
    assert written(NOON, ZoneInfo(zone)) == text


@pytest.mark.parametrize(
    ("at", "zone", "text"),
    [
        (NOON, "Europe/Berlin", "29 Nov 2026, 14:05 CET (13:05 UTC)"),
        (NOON, "Asia/Dubai", "29 Nov 2026, 17:05 UTC+04 (13:05 UTC)"),
        (NOON, "UTC", "29 Nov 2026, 13:05 UTC"),
        (NIGHT, "Europe/Berlin", "30 Nov 2026, 00:30 CET (29 Nov 2026, 23:30 UTC)"),
    ],
)
def test_people_without_an_account_read_utc_beside_it(at, zone, text):
    assert written_for_guests(at, ZoneInfo(zone)) == text
