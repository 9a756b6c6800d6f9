"""The worker's part of an upload: check the file, add the good lines. A block at a time, each a transaction.

A block locks the upload and goes on only if it stands where this worker believes: so of two workers one goes on and
the other stops, and one that follows a crash skips what was read and goes on. Both steps act as the sender, behind
its walls; whoever lost the customer meanwhile ends the upload, with a sentence.
"""

import gc
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import NamedTuple

from celery import current_app
from django.db import transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import User
from devices import adding, approvals, checks, files, upload_emails, upload_ends, upload_lines
from devices.checks import Lines
from devices.files import Unreadable
from devices.models import Upload, UploadContent
from devices.tries import TRIES, Hopeless, Overtaken, begin
from rules import settings as rule

log = logging.getLogger(__name__)
State = Upload.State

FIRST_BLOCK, BLOCK = 2_500, 50_000
"""Lines in one transaction: few at first, so that a bar moves for a small file, too; at most half a second's work,
because the neighbors of a large block go into the indexes together."""
LOST = "The sender may not upload for this customer any more, so the upload ended here."
CRASHED = "We could not work on this file. Send it again. If it happens again, open a ticket with the Upload ID."


class Lost(Exception):
    """The sender may not change this upload any more."""


@dataclass(frozen=True)
class Sender:
    """On whose behalf a worker asks the database."""

    user: User | None
    is_reseller: bool

    @contextmanager
    def acting(self) -> Iterator[None]:
        """One transaction as the sender; the Deployment App has no person, so the portal itself acts."""
        if self.user is None:
            with as_operator():
                yield
        else:
            role = as_reseller() if self.is_reseller else transaction.atomic()
            with acting_as(self.user), role:
                yield

    @contextmanager
    def locked(self, pk: int, *states: State, **stand: int) -> Iterator[Upload]:
        """The same with the upload locked, if it is in one of these states and stands where the worker believes."""
        with self.acting():
            upload = Upload.objects.select_for_update(no_key=True).filter(pk=pk).first()
            if upload is None or self._is_closed(upload):
                raise Lost
            if upload.state not in states or any(getattr(upload, name) != value for name, value in stand.items()):
                raise Overtaken
            yield upload

    def _is_closed(self, upload: Upload) -> bool:
        of, person = upload.customer_id, self.user
        return of is not None and person is not None and approvals.is_closed(person, of)


def check(upload_id: int) -> None:
    """Read the file and check its lines, from where the last worker stood."""
    _step(upload_id, _check)


def add(upload_id: int) -> None:
    """Add the good lines as devices, from where the last worker stood."""
    _step(upload_id, _add)


def ask(upload: Upload, step: str) -> None:
    """Let a worker do a step, after commit. Where no broker takes it, `resume` does."""
    transaction.on_commit(partial(current_app.send_task, f"devices.tasks.{step}", [upload.pk]), robust=True)


def _step(upload_id: int, work: Callable[[Sender, int], None]) -> None:
    gc.disable()  # a block is many tuples without cycles, and looking for some takes a third of its time
    try:
        work(_begun(upload_id), upload_id)
    except Overtaken:
        log.info("upload %s goes on elsewhere", upload_id)
    except (Lost, Upload.DoesNotExist):
        _fail(upload_id, LOST, is_lost=True)
    except Hopeless:
        _fail(upload_id, CRASHED)
    except Exception:
        _fail(upload_id, CRASHED, tries=TRIES)
        raise
    finally:
        gc.enable()


def _begun(upload_id: int) -> Sender:
    """Who sent it, with one more try. The worker is nobody yet, so it asks as the operator."""
    with as_operator():
        upload = Upload.objects.select_related("uploaded_by").get(pk=upload_id)
        begin(upload)
        return Sender(upload.uploaded_by, is_reseller=upload.reseller_id is not None)


def _check(sender: Sender, pk: int) -> None:
    with sender.locked(pk, State.WAITING, State.CHECKING) as upload:
        upload.state = State.CHECKING
        upload.save(update_fields=["state", "touched_at"])
    try:
        for block in _blocks(sender, upload):
            upload = _check_block(sender, upload, block)
    except Unreadable as no:
        _refuse(sender, upload, str(no))
        return
    with sender.locked(pk, State.CHECKING, lines=upload.lines) as upload:
        upload.errors += upload_lines.mark_twice(upload)
        upload.bytes_read, upload.checked_at, upload.tries = upload.size, timezone.now(), 0
        upload.state = State.ADDING if upload.add_at_once else State.CHECKED
        upload.save()
        UploadContent.objects.filter(upload=upload).delete()
        if upload.add_at_once:
            ask(upload, "add")
        else:
            upload_emails.checked(upload)


class _Next(NamedTuple):
    """The next lines of a file, and how many of its bytes were read for them."""

    lines: Lines
    bytes: int


def _blocks(sender: Sender, upload: Upload) -> Iterator[_Next]:
    """The lines that no worker has checked yet. While PostgreSQL is busy with a block, a thread reads the next."""
    with sender.acting():
        contents = UploadContent.objects.filter(upload=upload).order_by("number")
        pieces = [bytes(piece) for piece in contents.values_list("content", flat=True)]
        limit = rule.number("upload_lines")
    reading = files.Reading(pieces)
    rows = files.rows(reading, name=upload.file_name, limit=limit)

    def read(skip: int, done: int) -> _Next:
        lines = checks.reading(list(islice(rows, skip, skip + _size(done))))
        return _Next(lines, reading.bytes)

    with ThreadPoolExecutor(1) as ahead:
        done = upload.lines
        coming = ahead.submit(read, done, done)
        while (block := coming.result()).lines.rows:
            done += len(block.lines.rows)
            coming = ahead.submit(read, 0, done)
            yield block


def _size(done: int) -> int:
    """Lines of the next block, after so many: thrice as many as all before it."""
    return min(BLOCK, max(3 * done, FIRST_BLOCK))


def _check_block(sender: Sender, before: Upload, block: _Next) -> Upload:
    with sender.locked(before.pk, State.CHECKING, lines=before.lines) as upload:
        checked = checks.Block(upload, block.lines)
        upload_lines.store(upload, checked)
        upload.lines += len(block.lines.rows)
        upload.errors += checked.errors
        upload.bytes_read, upload.tries = min(block.bytes, upload.size), 0
        upload.save(update_fields=["lines", "errors", "bytes_read", "tries", "touched_at"])
    return upload


def _add(sender: Sender, pk: int) -> None:
    upload = None
    while upload is None or upload.state == State.ADDING:
        with sender.locked(pk, State.ADDING, **({"added_to": upload.added_to} if upload else {})) as upload:
            adding.add_block(upload, _size(upload.added_to))
            if upload.state == State.CHECKED:  # all or nothing, and others were faster
                upload_emails.checked(upload)


def _refuse(sender: Sender, before: Upload, sentence: str) -> None:
    """The file as a whole cannot be used: nothing of it is kept."""
    with sender.locked(before.pk, State.CHECKING, lines=before.lines) as upload:
        upload_ends.fail(upload, sentence)


def _fail(upload_id: int, sentence: str, *, is_lost: bool = False, tries: int = 0) -> None:
    """End an upload with which nobody can go on; with `tries`, if there were so many. Else the clock tries again."""
    with as_operator():
        upload = Upload.objects.select_for_update(no_key=True).filter(pk=upload_id).first()
        if upload and upload.state in Upload.RUNNING and upload.tries >= tries:
            upload_ends.fail(upload, sentence, is_lost=is_lost)
