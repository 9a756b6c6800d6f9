"""Uploads: one file of one sender, checked and added by a worker (FAQ Q6, Q10, Q15; knox.md 4).

The verbs here are what people do; `check` and `add` are the worker's steps (devices/upload_steps.py). Runs as the
sender: a reseller's within `as_reseller()`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Count

from accounts.models import User
from devices import checks, files, upload_ends, upload_lines
from devices.line_sentences import Sentences
from devices.models import Device, ResellerCustomer, Upload, UploadContent, UploadLine
from devices.problems import PROBLEMS, Problem
from devices.upload_steps import add, ask, check
from rules.errors import NothingHere, RuleBroken
from tenants.models import Customer, Reseller
from tenants.times import written

__all__ = ["SentBefore", "add", "apply", "cancel", "check", "correct", "problems", "receive", "report"]

PIECE = 1_000_000
"""Bytes in one row of the content."""
KEPT = 40
"""Signs of a corrected cell: no right one is longer, and none of the columns that keep them is shorter."""
State, UTC = Upload.State, ZoneInfo("UTC")


class SentBefore(RuleBroken):
    """The same file for the same customer: `upload` is the one that it came in with."""

    def __init__(self, upload: Upload, sentence: str) -> None:
        super().__init__(sentence, status=409)
        self.upload = upload


@transaction.atomic
def receive(  # noqa: PLR0913  (each is a column of an upload)
    pieces: Iterable[bytes],
    *,
    name: str,
    by: User | None,
    customer: Customer | None = None,
    reseller: Reseller | None = None,
    target: Customer | None = None,
    default_model: str = "",
    order_number: str = "",
    order_date: date | None = None,
    tags: Iterable[str] = (),
    profile: str = "",
    add_at_once: bool = False,
    channel: Upload.Channel | None = None,
) -> Upload:
    """Take a file in, and let a worker check it. `customer` for a customer's side, else `reseller`, with `target`
    where the whole file is for one customer."""
    upload = Upload(
        channel=channel or (Upload.Channel.RESELLER if reseller else Upload.Channel.MSP),
        customer=customer,
        reseller=reseller,
        target=customer or target,
        uploaded_by=by,
        file_name=name[-200:],
        size=0,
        default_model=default_model,
        order_number=order_number,
        order_date=order_date,
        tags=list(tags),
        profile=profile,
        add_at_once=add_at_once,
    )
    _check_target(upload, target)
    _store(upload, pieces)
    _refuse_again(upload)
    upload_ends.record("upload.received", upload, by=by, file=upload.file_name)
    ask(upload, "check")
    return upload


@transaction.atomic
def apply(upload: Upload, *, by: User, all_or_nothing: bool = False) -> Upload:
    """Add the good lines, or nothing unless all are good."""
    upload = _locked(upload, State.CHECKED)
    good = upload.lines - upload.errors
    if not good:
        raise RuleBroken("No line can be added. Correct the lines, or send another file.")
    if all_or_nothing and upload.errors:
        bad = "line needs" if upload.errors == 1 else "lines need"
        raise RuleBroken(f"{upload.errors:,} {bad} a correction. Correct that first, or add the good lines.")
    upload.state, upload.all_or_nothing, upload.refusal = State.ADDING, all_or_nothing, ""
    upload.save(update_fields=["state", "all_or_nothing", "refusal", "touched_at"])
    upload_ends.record("upload.applied", upload, by=by, lines=good)
    ask(upload, "add")
    return upload


@transaction.atomic
def cancel(upload: Upload, *, by: User) -> Upload:
    """Stop it where it stands. What was added stays."""
    upload = _locked(upload, *Upload.RUNNING, State.CHECKED)
    upload_ends.cancel(upload, by=by)
    return upload


@transaction.atomic
def correct(  # noqa: PLR0913  (each is a column of a line)
    upload: Upload,
    number: int,
    *,
    by: User,
    typed: str,
    model: str = "",
    order_number: str = "",
    order_date: str = "",
    customer: str = "",
) -> UploadLine:
    """Check one line again with what was typed now. A line that was good already stays as it is."""
    upload = _locked(upload, State.CHECKED)
    line = UploadLine.objects.filter(upload=upload, number=number).exclude(problem="").first()
    if line is None:
        raise RuleBroken("This line needs no correction any more.", status=409)
    row = files.Row(number, _cell(typed), _cell(customer), _cell(model), _cell(order_number), _cell(order_date), "", "")
    (checked,) = checks.Block(upload, checks.reading([row])).checked()
    checked = upload_lines.unless_twice(upload, checked)
    UploadLine.objects.filter(upload=upload, number=number).update(**checked._asdict())
    if not checked.problem:
        upload.errors -= 1
        upload.save(update_fields=["errors", "touched_at"])
    upload_ends.record("upload.line_corrected", upload, by=by, line=number)
    return UploadLine.objects.get(upload=upload, number=number)


def problems(upload: Upload) -> list[tuple[str, Problem, int]]:
    """What is wrong, with the number of lines, the most frequent first."""
    lines = UploadLine.objects.filter(upload=upload).exclude(problem="")
    counted = dict(lines.values_list("problem").annotate(Count("number")).order_by())
    return [(key, PROBLEMS[key], count) for key, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]


def report(upload: Upload, *, key: str = "") -> Iterator[tuple[object, ...]]:
    """The lines that were not added, as the rows of a CSV file: what was typed, and why (knox.md 4.3). With `key`,
    only those with this problem."""
    yield REPORT
    lines = UploadLine.objects.filter(upload=upload).exclude(problem="").order_by("number")
    if key:
        lines = lines.filter(problem=key)
    sentences = Sentences(upload)
    for line in lines.iterator(chunk_size=2_000):
        typed = (line.typed_customer, line.typed, line.typed_model, line.order_number, line.typed_order_date)
        yield (line.number, *typed, PROBLEMS[line.problem].name, sentences.of(line))


REPORT = (
    "Line", "KCS Customer ID", "IMEI, MEID or serial number", "Model", "Order number", "Order date", "Error", "Reason",
)  # fmt: skip


def _cell(typed: str) -> str:
    return typed.strip()[:KEPT]


def _locked(upload: Upload, *states: Upload.State) -> Upload:
    """The upload, if it is still in one of these states. Locks it."""
    locked = Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk).first()
    if locked is None:
        raise NothingHere
    if locked.state not in states:
        raise RuleBroken(f"Upload {locked.pk} has moved on: {locked.status}. Nothing changed.", status=409)
    return locked


def _check_target(upload: Upload, target: Customer | None) -> None:
    """A reseller sends to customers of its list that have not removed it."""
    if upload.reseller_id is None or target is None:
        return
    relations = ResellerCustomer.objects.filter(reseller=upload.reseller_id, customer=target)
    if not relations.exclude(state=ResellerCustomer.State.INACTIVE).exists():
        sentence = PROBLEMS["customer"].words(value="", detail=target.kcs_id)
        raise RuleBroken(sentence, field="customer")


def _store(upload: Upload, pieces: Iterable[bytes]) -> None:
    """Write the bytes as rows of one piece each, without ever holding more than two of them."""
    upload.save()
    digest = sha256()
    for number, piece in enumerate(_pieces(files.within(pieces, name=upload.file_name))):
        digest.update(piece)
        upload.size += len(piece)
        UploadContent.objects.create(
            upload=upload, number=number, customer_id=upload.customer_id, reseller_id=upload.reseller_id, content=piece
        )
    upload.file_hash = digest.hexdigest()
    upload.save(update_fields=["size", "file_hash"])


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of equal size, the last one shorter."""
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        while len(rest) >= PIECE:
            yield bytes(rest[:PIECE])
            del rest[:PIECE]
    if rest:
        yield bytes(rest)


def _refuse_again(upload: Upload) -> None:
    """The same file of the same sender for the same customer, unless nothing came of it or nothing is left."""
    if upload.channel == Upload.Channel.APP:
        return  # one line each, and its result says what became of it
    with connection.cursor() as cursor:  # two at the same instant: the second one sees the first
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(upload.file_hash[:15], 16)])
    same = Upload.objects.filter(
        file_hash=upload.file_hash, customer=upload.customer_id, reseller=upload.reseller_id, target=upload.target_id
    ).exclude(pk=upload.pk)
    for other in same.exclude(state__in=(State.FAILED, State.CANCELLED)).order_by("-pk"):
        if other.state != State.DONE or Device.objects.filter(approval__upload=other).exists():
            zone = upload.uploaded_by.zone if upload.uploaded_by else UTC
            raise SentBefore(
                other,
                f"You sent this file on {written(other.sent_at, zone)} as upload {other.pk}. We added nothing twice. "
                "Open that upload.",
            )
