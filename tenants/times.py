"""Times in letters: always with their zone (words.md 8)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.rate_limits import TooOften


def written(at: datetime, zone: ZoneInfo) -> str:
    """`24 Nov 2026, 14:05 CET`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def day(at: datetime, zone: ZoneInfo) -> str:
    """`24 Nov 2026`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def again(no: TooOften, zone: ZoneInfo) -> str:
    """How much is allowed, and when the person can go on (words.md rate.any)."""
    until = written(timezone.now() + timedelta(seconds=no.wait), zone)
    return f"We allow {no.limit.number} {no.limit.acts} in {no.limit.period}. You can go on at {until}."
