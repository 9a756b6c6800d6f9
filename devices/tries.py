"""How many workers have begun with an upload, or an act on many devices, since it came a step further.

Counted before the work, so that one that was killed counts, too: what kills its workers would go on doing so.
"""

from datetime import timedelta

from django.utils import timezone

from devices.models import BulkAct, Upload

TRIES = 5
SILENT = timedelta(seconds=30)
"""After so long without a step it has no worker."""


class Overtaken(Exception):
    """Another worker goes on, or somebody cancelled."""


class Hopeless(Exception):
    """Too many workers broke down over it or were killed."""


def begin(row: Upload | BulkAct) -> None:
    """Count one more. Where enough have begun just now, one of them may be about to come further. As the operator."""
    if row.tries >= TRIES:
        raise Hopeless if row.touched_at <= timezone.now() - SILENT else Overtaken
    row.tries += 1
    row.save(update_fields=["tries", "touched_at"])
