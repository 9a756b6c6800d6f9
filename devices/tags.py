"""Tags of devices and customers, as they are typed: words with commas between."""

import csv
from collections.abc import Iterable
from typing import Literal

from django.core.exceptions import ValidationError

from rules import settings as rule

LONGEST = 40
"""Letters in one tag."""


def read(typed: str, *, of: Literal["device", "customer"] = "device") -> list[str]:
    """The tags in what was typed, each once, in that order. A tag with a comma in it stands in quotes."""
    row = next(csv.reader([typed], skipinitialspace=True), [])
    tags = list(dict.fromkeys(tag.strip() for tag in row if tag.strip()))
    if len(tags) > (most := rule.number(f"{of}_tags")):
        raise ValidationError(f"A {of} can have {most} tags; this one has {len(tags)}.")
    if long := next((tag for tag in tags if len(tag) > LONGEST), ""):
        raise ValidationError(f"This tag has {len(long)} letters. Use up to {LONGEST}.")
    return tags


def typed(tags: Iterable[str]) -> str:
    """The tags as `read` reads them again."""
    return ", ".join(_quoted(tag) if "," in tag or tag.startswith('"') else tag for tag in tags)


def _quoted(tag: str) -> str:
    inside = tag.replace('"', '""')
    return f'"{inside}"'
