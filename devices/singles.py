"""One device that comes in without a file: by the Knox Deployment App, or in the place of another."""

from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from devices import checks
from devices.checks import Checked
from devices.files import Row
from devices.identifiers import kind_of
from devices.line_sentences import OWN, customer_names
from devices.models import Approval, Device, Upload
from devices.problems import PROBLEMS, Problem
from rules.errors import RuleBroken


class Refused(RuleBroken):
    """This device cannot come in; `problem` as the app reads it (knox.md 4.3)."""

    def __init__(self, key: str, *, value: str, detail: str) -> None:
        field = "model" if key == "model_missing" else "device"
        super().__init__(PROBLEMS[key].words(value=value, detail=detail), field=field)
        self.problem: Problem = PROBLEMS[key]


def check(upload: Upload, typed: str, *, model: str = "") -> Checked:
    """The one line of an upload that is not saved yet. Raises Refused for a number, model or region that is wrong."""
    (line,) = checks.Block(upload, checks.reading([Row(1, typed, "", model, "", "", "", "")])).checked()
    if line.problem:
        detail = customer_names(upload, [line.detail])[line.detail] if line.problem == OWN else line.detail
        raise Refused(line.problem, value=typed, detail=detail)
    return line


def add(upload: Upload, line: Checked) -> Device:
    """One upload of one line, one approval that is approved, one device: as every other device came in.

    Runs as the operator. Raises Refused where somebody else added the device at the same moment.
    """
    try:
        with transaction.atomic():
            return _add(upload, line)
    except IntegrityError:
        raise Refused("known", value=line.typed, detail="") from None


def _add(upload: Upload, line: Checked) -> Device:
    now = timezone.now()
    customer: dict[str, Any] = {"customer": upload.customer}  # the row itself: who acts may not see it
    upload.file_hash, upload.size = sha256(line.identifier.encode()).hexdigest(), len(line.identifier)
    upload.bytes_read, upload.lines, upload.added, upload.added_to = upload.size, 1, 1, 1
    upload.state, upload.checked_at, upload.ended_at = Upload.State.DONE, now, now
    upload.save()
    approval = Approval.objects.create(
        upload=upload, sender_name=upload.file_name, channel=upload.channel,
        state=Approval.State.APPROVED, devices=1, is_complete=True, decided_at=now, decided_by=upload.uploaded_by,
        **customer,
    )  # fmt: skip
    return Device.objects.create(
        approval=approval, model_id=line.model_id or 0,
        state=Device.State.VERIFIED, added_at=now, modified_at=now,
        **customer, **{kind_of(line.identifier).name.lower(): line.identifier},
    )  # fmt: skip
