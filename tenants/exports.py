"""Long CSV files: asked for by a person, made by the worker, mailed as a link to the one who asked."""

import csv
import gzip
import io
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format

from accounts.models import User
from audit import events
from mail import outbox
from rules import settings as rule
from tenants.models import Export, Msp, Role
from tenants.times import written

BOM = "\ufeff"
_FORMULA = tuple("=+-@\t\r\n\x00＝＋－＠")  # noqa: RUF001  (a spreadsheet reads the wide ones, too)
_INSIDE = re.compile(rf"[;\t\r\n](?=[{re.escape(''.join(_FORMULA))}])")
"""The same behind what parts cells in some countries: there the quotes around a cell are letters."""


def cell(value: object) -> str:
    """A value as a CSV cell: an instant in UTC, and what a spreadsheet would run with a leading quote (words.md 8)."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    text = "" if value is None else str(value)
    text = f"'{text}" if text.startswith(_FORMULA) else text
    return _INSIDE.sub(r"\g<0>'", text) if ";" in text or not text.isprintable() else text


def lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """CSV text, a line at a time: UTF-8 with BOM, so that a spreadsheet reads it right."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield BOM
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


@transaction.atomic
def request(what: str, *, maker: str, params: dict[str, object], msp: Msp, by: User) -> Export:
    """Ask the worker to make the file: the task `maker` gets the export's id. Without a broker the sweep asks."""
    export = Export.objects.create(id=uuid.uuid4(), user=by, msp=msp, what=what, maker=maker, params=params)
    events.record("export.requested", export, by=by, msp_id=msp.pk, what=what)
    transaction.on_commit(partial(current_app.send_task, maker, [str(export.pk)]), robust=True)
    return export


def finish(export: Export, rows: Iterable[Iterable[object]]) -> None:
    """Store the file (the first row is its head) and tell the one who asked. Does nothing the second time.

    Nor where the person was given other rights while the file was made: the clock lets it be made anew.
    """
    content, count = _packed(rows)
    export = Export.objects.select_for_update(of=("self",)).select_related("user").get(pk=export.pk)
    if export.state != Export.State.WAITING or export.ends_at:
        return
    now = timezone.now()
    export.content, export.lines, export.state = content, count, Export.State.READY
    export.ready_at, export.ends_at = now, now + timedelta(days=rule.number("export_days"))
    export.save(update_fields=["content", "lines", "state", "ready_at", "ends_at"])
    events.record("export.made", export, by=export.user, msp_id=export.msp_id, what=export.what)
    until = written(export.ends_at, export.user.zone)
    _write("ready", export, lines=number_format(export.lines, force_grouping=True), until=until)


def fail(export: Export) -> None:
    """It cannot be made, and the one who asked reads so. Runs as the operator."""
    _give_up(export)
    _write("failed", export)


def abandon(export: Export) -> None:
    """It is not made: who asked has no membership at the MSP any more, and gets no letter. Runs as the operator."""
    _give_up(export, ended_at=timezone.now())


def end(person: User, msp: Msp) -> None:
    """The person may see less of the MSP than before: files go, and one being made is made anew. As the operator."""
    _end(Export.objects.filter(user=person, msp=msp))


def end_of_role(role: Role) -> None:
    """The same for everybody who has the role. Without an MSP there are no files."""
    _end(Export.objects.filter(user__in=role.memberships.values("user"), msp=role.msp))


def _end(exports: QuerySet[Export]) -> None:
    exports.update(content=None, ends_at=timezone.now())


def content(export: Export) -> bytes:
    """The file as it is downloaded: CSV, UTF-8 with BOM."""
    return gzip.decompress(bytes(export.content or b""))


def _give_up(export: Export, *, ended_at: datetime | None = None) -> None:
    export.state, export.ends_at = Export.State.FAILED, ended_at
    export.save(update_fields=["state", "ends_at"])
    events.record("export.failed", export, by=export.user, msp_id=export.msp_id, what=export.what)


def _packed(rows: Iterable[Iterable[object]]) -> tuple[bytes, int]:
    """The file as it is stored, and how many lines it has below its head."""
    buffer, count = io.BytesIO(), -2  # neither the BOM nor the head is a line
    with gzip.open(buffer, "wt", encoding="utf-8", newline="") as file:
        for line in lines(rows):
            file.write(line)
            count += 1
    return buffer.getvalue(), max(count, 0)


def _write(letter: str, export: Export, **context: object) -> None:
    outbox.write(
        f"tenants/email/export_{letter}",
        to=export.user.email,
        name=export.user.first_name,
        why="you asked for this export",
        about=[],
        has_settings=True,
        context={
            "export": export,
            "button_url": settings.PORTAL_URL + reverse("export", args=[export.pk]),
            **context,
        },
    )
