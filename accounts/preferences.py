"""What people choose for themselves: time zone and theme."""

from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from accounts.models import User


def save(user: User, *, time_zone: str, theme: str) -> None:
    user.time_zone, user.theme = time_zone, theme
    user.save(update_fields=["time_zone", "theme"])


@cache
def zone_of_country(code: str) -> str:
    """The first time zone that the zone database lists for a country (ISO code), else UTC."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[2] for row in rows if row[0] == code), "UTC")


def zone(country: str) -> ZoneInfo:
    """Where people without an account read a time: their company's country."""
    return ZoneInfo(zone_of_country(country))


def zone_name(here: datetime) -> str:
    """CET. Where a zone has no letters ("-03"), its distance from UTC."""
    name = here.tzname() or "UTC"
    return name if name[:1].isalpha() else f"UTC{name}"


@cache
def zones() -> list[tuple[str, str]]:
    """Choices for a form: zone names in order."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]
