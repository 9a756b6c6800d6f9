"""How an instant is written for the one who reads: in their zone, near days by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.preferences import zone_name


@dataclass(frozen=True)
class Moment:
    """An instant in the zone of the reader, who reads it `today`."""

    here: datetime
    today: date

    @property
    def clock(self) -> str:
        return f"{self.here.hour:02}:{self.here.minute:02} {zone_name(self.here)}"

    @property
    def day(self) -> str:
        return format_date(self.here, "j M Y")

    def near(self, today: str, yesterday: str) -> str:
        """The day as people name it: today's and yesterday's by word, this year's without the year."""
        days_ago = (self.today - self.here.date()).days
        if days_ago in (0, 1):
            return (today, yesterday)[days_ago]
        return format_date(self.here, "j M") if self.here.year == self.today.year else self.day

    @property
    def near_day(self) -> str:
        return self.near("Today", "Yesterday")

    @property
    def inside(self) -> str:
        """The day within a sentence."""
        return self.near("today", "yesterday")


_FORMS: dict[str, Callable[[Moment], SafeString | str]] = {
    "full": lambda at: f"{at.day}, {at.clock}",
    "short": lambda at: f"{at.near_day}, {at.clock}",
    "inline": lambda at: f"{at.inside}, {at.clock}",
    "row": lambda at: format_html("{} <small>{}</small>", at.near_day, at.clock),
    "day": lambda at: at.day,
    "near": lambda at: at.inside,
    "clock": lambda at: at.clock,
}


def spelled(value: datetime, form: str) -> SafeString | str:
    """As the filter `moment` describes the forms (portals/templatetags/look.py)."""
    return _FORMS[form](Moment(timezone.localtime(value), timezone.localdate()))


def tag(value: datetime, form: str) -> SafeString:
    """The same as a `<time>`, with the instant in UTC for those who point at it."""
    return _tag(value, form, timezone.get_current_timezone(), timezone.localdate())


# Kept, as the devices of an upload, or of an act on many, all have the same instant: a list shows it on each row.
@lru_cache(maxsize=2048)
def _tag(value: datetime, form: str, zone: tzinfo, today: date) -> SafeString:
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        f"{utc:%Y-%m-%d %H:%M}",
        _FORMS[form](Moment(value.astimezone(zone), today)),
    )


def zone_note() -> str:
    """The reader's time zone, as the foot of a page names it: "CET (Berlin)"."""
    name, place = zone_name(timezone.localtime()), timezone.get_current_timezone_name()
    return f"{name} ({place.rpartition('/')[2].replace('_', ' ')})" if "/" in place else name
