"""Times in letters: always with their zone (words.md 8)."""

from datetime import datetime
from zoneinfo import ZoneInfo


def written(at: datetime, zone: ZoneInfo) -> str:
    """`24 Nov 2026, 14:05 CET`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def day(at: datetime, zone: ZoneInfo) -> str:
    """`24 Nov 2026`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"
