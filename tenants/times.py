"""Times in letters: always with their zone (words.md 8)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.preferences import zone_name
from accounts.rate_limits import TooOften


def written(at: datetime, zone: ZoneInfo) -> str:
    """`24 Nov 2026, 14:05 CET`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {zone_name(local)}"


def written_for_guests(at: datetime, zone: ZoneInfo) -> str:
    """`24 Nov 2026, 14:05 CET (13:05 UTC)`: whose zone is guessed by the country reads UTC beside it.

    With its day where that is another one.
    """
    here, utc = at.astimezone(zone), at.astimezone(UTC)
    if zone_name(here) == "UTC":
        return written(at, zone)
    clock = f"{utc:%H:%M} UTC" if utc.date() == here.date() else written(at, ZoneInfo("UTC"))
    return f"{written(at, zone)} ({clock})"


def day(at: datetime, zone: ZoneInfo) -> str:
    """`24 Nov 2026`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def again(no: TooOften, zone: ZoneInfo) -> str:
    """How much is allowed, and when the person can go on (words.md rate.any)."""
    until = written(timezone.now() + timedelta(seconds=no.wait), zone)
    return f"We allow {no.limit.number} {no.limit.acts} in {no.limit.period}. You can go on at {until}."
