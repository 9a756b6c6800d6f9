"""The worker's part of an export: one worker at a time, a few tries, then the person reads that it went wrong.

A try is counted before the work, so that one whose worker was killed counts, too. Who works on an export holds an
advisory lock and not its row: another worker leaves at once, and what ends files (exports.end) never waits.
"""

import logging
from collections.abc import Callable, Iterable

from django.db import connection, transaction

from accounts.acting import acting_as, as_operator
from tenants import exports
from tenants.models import Export, Membership

log = logging.getLogger(__name__)
TRIES = 3
"""Each may take as long as a task may."""
type Rows = Iterable[Iterable[object]]


def make(export_id: str, rows: Callable[[Export], Rows]) -> None:
    """Make the file on behalf of the one who asked: it holds what that person may see now."""
    export = _begun(export_id)
    if export is None:
        return
    try:
        with acting_as(export.user), transaction.atomic():
            if _is_alone(export_id):
                exports.finish(export, rows(export))
    except Exception:
        log.exception("export %s broke, try %d of %d", export_id, export.tries, TRIES)
        if export.tries >= TRIES:
            _give_up(export_id)


def _begun(export_id: str) -> Export | None:
    """The export with one more try, unless it has an end, another worker has it, or the one who asked has left."""
    with as_operator():
        export = _waiting(export_id)
        if export is None or not _is_alone(export_id):
            return None
        if not _works_there(export):
            exports.abandon(export)
            return None
        if export.tries >= TRIES:  # the last worker was killed
            exports.fail(export)
            return None
        export.tries += 1
        export.ends_at = None
        export.save(update_fields=["tries", "ends_at"])
        return export


def _works_there(export: Export) -> bool:
    here = Membership.objects.filter(user=export.user, msp=export.msp, state=Membership.State.ACTIVE)
    return here.exists()


def _give_up(export_id: str) -> None:
    with as_operator():
        if export := _waiting(export_id):
            exports.fail(export)


def _waiting(export_id: str) -> Export | None:
    """The row for a moment; where somebody holds it, the clock asks again."""
    rows = Export.objects.select_for_update(of=("self",), skip_locked=True).select_related("user", "msp")
    return rows.filter(pk=export_id, state=Export.State.WAITING).first()


def _is_alone(export_id: str) -> bool:
    """Whether this worker has the export now: it keeps it until its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"export {export_id}"])
        return bool(cursor.fetchone()[0])
