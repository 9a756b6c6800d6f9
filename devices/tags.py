"""Tags of devices, as they are typed: words with commas between."""

import csv

from django.core.exceptions import ValidationError

from rules import settings as rule

LONGEST = 40
"""Letters in one tag."""


def read(typed: str) -> list[str]:
    """The tags in what was typed, each once, in that order. A tag with a comma in it stands in quotes."""
    row = next(csv.reader([typed], skipinitialspace=True), [])
    tags = list(dict.fromkeys(tag.strip() for tag in row if tag.strip()))
    if len(tags) > (most := rule.number("device_tags")):
        raise ValidationError(f"A device can have {most} tags; this one has {len(tags)}.")
    if long := next((tag for tag in tags if len(tag) > LONGEST), ""):
        raise ValidationError(f"This tag has {len(long)} letters. Use up to {LONGEST}.")
    return tags
