"""Good lines become devices: a block of line numbers at a time, in one INSERT each.

The check has looked for devices that Knox has, so a block is inserted as if there were none: looking again in five
unique indexes would cost as much as the insert. If another upload was faster, the block is rolled back and inserted
anew without what is there already. The rows go in by identifier: neighbors in the index together, and two uploads
with the same devices wait for each other instead of for each other's end.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg.errors import UniqueViolation

from devices import lookups, upload_ends
from devices.models import Approval, Device, Upload, UploadLine
from tenants.models import Management, Reseller

State = Upload.State
_STATES = {True: Device.State.VERIFIED, False: Device.State.PENDING}
"""Of devices of the customer's own side, and of those that wait for it."""

_DEVICES = """
INSERT INTO devices_device (customer_id, approval_id, reseller_id, model_id, imei, meid, serial, state,
                            order_number, order_date, tags, added_at, modified_at)
SELECT line.customer_id, approval.id, line.reseller_id, line.model_id,
       CASE WHEN length(line.identifier) = 15 THEN line.identifier END,
       CASE WHEN length(line.identifier) = 14 THEN line.identifier END,
       CASE WHEN length(line.identifier) = 11 THEN line.identifier END,
       %s, line.order_number, line.order_date, %s::varchar[], %s, %s
  FROM unnest(%s::bigint[], %s::bigint[]) AS approval (id, customer_id)
  JOIN devices_uploadline line ON line.customer_id = approval.customer_id
 WHERE line.upload_id = %s AND line.number > %s AND line.number <= %s AND line.problem = ''
 ORDER BY line.identifier
"""
_SORT_IN_MEMORY = "SET LOCAL work_mem = '64MB'"
_UNLESS_KNOWN = "ON CONFLICT DO NOTHING"
_GOOD = """
  FROM devices_uploadline line
 WHERE line.upload_id = %s AND line.number > %s AND line.number <= %s AND line.problem = ''
"""
_LEFT_OUT = f"""
SELECT line.number, line.identifier, line.customer_id {_GOOD}
   AND NOT EXISTS (
       SELECT FROM devices_approval approval
         LEFT JOIN devices_device i ON i.imei = line.identifier AND i.approval_id = approval.id
         LEFT JOIN devices_device m ON m.meid = line.identifier AND m.approval_id = approval.id
         LEFT JOIN devices_device s ON s.serial = line.identifier AND s.approval_id = approval.id
        WHERE approval.upload_id = line.upload_id AND approval.customer_id = line.customer_id
          AND (i.id IS NOT NULL OR m.id IS NOT NULL OR s.id IS NOT NULL))
"""  # noqa: S608
_MARK = """
UPDATE devices_uploadline line SET problem = bad.problem, detail = bad.detail
  FROM unnest(%s::integer[], %s::text[], %s::text[]) AS bad (number, problem, detail)
 WHERE line.upload_id = %s AND line.number = bad.number
"""
# The first and the last line that are left, out of the index: the planner believes in a few lines, and would sort all.
_BY_INDEX, _AS_BEFORE = "SET LOCAL enable_sort = off", "SET LOCAL enable_sort = on"
_LEFT = """
SELECT (SELECT number FROM devices_uploadline WHERE upload_id = %s AND number > %s ORDER BY number LIMIT 1),
       (SELECT number FROM devices_uploadline WHERE upload_id = %s ORDER BY number DESC LIMIT 1)
"""
# Removed as the customer's reseller since the check. Whoever removes it waits for the end of this block.
_REMOVED = """
WITH relation AS (
    SELECT customer_id, kcs_id, state FROM devices_resellercustomer WHERE reseller_id = %s AND customer_id = ANY (%s)
     ORDER BY customer_id FOR SHARE)
UPDATE devices_uploadline line SET problem = 'customer', detail = relation.kcs_id
  FROM relation
 WHERE relation.state = 'inactive' AND relation.customer_id = line.customer_id
   AND line.upload_id = %s AND line.number > %s AND line.number <= %s AND line.problem = ''
"""
_COUNT = f"""
UPDATE devices_approval approval SET devices = approval.devices + block.devices
  FROM (SELECT line.customer_id, count(*) AS devices {_GOOD} GROUP BY line.customer_id) block
 WHERE approval.upload_id = %s AND approval.customer_id = block.customer_id
"""  # noqa: S608
NOT_ALL = "Other uploads were faster with some of these devices, so we added nothing. The lines below say which."


def add_block(upload: Upload, size: int) -> None:
    """Add the next lines of an upload that is locked; after the last one, end it."""
    last = _last(upload, size)
    if last is None:
        upload_ends.done(upload)
        return
    block = [upload.pk, upload.added_to, last]
    customers = _customers(upload, block)
    upload.errors += _take_out_removed(upload, customers, block)
    approvals = _approvals(upload, customers)
    before = upload.added
    try:
        _insert(upload, approvals, block)
    except _SomeAreKnown:
        _add_nothing(upload)
        return
    _count(upload, approvals, block, upload.added - before)
    upload.added_to = last
    upload.save(update_fields=["added", "errors", "added_to", "touched_at"])


class _SomeAreKnown(Exception):
    """All or nothing was asked for, and other uploads were faster with some devices."""


def _insert(upload: Upload, approvals: list[Approval], block: list[int]) -> None:
    try:
        with transaction.atomic():
            upload.added += _devices(upload, approvals, block)
    except IntegrityError as no:
        if not isinstance(no.__cause__, UniqueViolation):
            raise
        if upload.all_or_nothing:
            raise _SomeAreKnown from no
        upload.added += _devices(upload, approvals, block, _UNLESS_KNOWN)
        upload.errors += _mark(upload, _rows(_LEFT_OUT, block))


def _devices(upload: Upload, approvals: list[Approval], block: list[int], unless: str = "") -> int:
    now, state = timezone.now(), _STATES[upload.reseller_id is None]
    _execute(_SORT_IN_MEMORY, [])
    whose = [[one.pk for one in approvals], [one.customer_id for one in approvals]]
    return _execute(_DEVICES + unless, [state, upload.tags, now, now, *whose, *block])


def _add_nothing(upload: Upload) -> None:
    """All or nothing, and some are in Knox by now: back to the result of the check, which names them."""
    good = UploadLine.objects.filter(upload=upload, problem="")
    upload.errors += _mark(upload, good.values_list("number", "identifier", "customer_id"), only_known=True)
    upload.state, upload.all_or_nothing, upload.refusal = State.CHECKED, False, NOT_ALL
    upload.save()


def _mark(upload: Upload, lines: Iterable[tuple[Any, ...]], *, only_known: bool = False) -> int:
    """Note where the devices of these lines are. Returns how many lines have a problem now."""
    lines = list(lines)
    known = lookups.known(upload, [identifier for _, identifier, _ in lines])
    somewhere = lookups.Known(0, is_mine=False, day="", place="")
    bad = [
        (number, *known.get(identifier, somewhere).problem(customer))
        for number, identifier, customer in lines
        if identifier in known or not only_known
    ]
    if not bad:
        return 0
    return _execute(_MARK, [*map(list, zip(*bad, strict=True)), upload.pk])


def _customers(upload: Upload, block: list[int]) -> list[int]:
    if only := upload.customer_id or upload.target_id:
        return [only]
    return [pk for (pk,) in _rows(f"SELECT DISTINCT line.customer_id {_GOOD}", block)]


def _take_out_removed(upload: Upload, customers: Collection[int], block: list[int]) -> int:
    if upload.reseller_id is None:
        return 0
    return _execute(_REMOVED, [upload.reseller_id, list(customers), *block])


def _approvals(upload: Upload, customers: Collection[int]) -> list[Approval]:
    """One for each customer. What the customer's own side sends is approved with it; a reseller's waits."""
    there = list(Approval.objects.filter(upload=upload, customer__in=customers))
    missing = sorted(set(customers) - {approval.customer_id for approval in there})
    if not missing:
        return there
    name, is_own = _sender_name(upload), upload.reseller_id is None
    return there + Approval.objects.bulk_create(
        Approval(
            customer_id=pk,
            upload=upload,
            reseller_id=upload.reseller_id,
            sender_name=name,
            channel=upload.channel,
            state=Approval.State.APPROVED if is_own else Approval.State.PENDING,
            decided_at=timezone.now() if is_own else None,
            decided_by_id=upload.uploaded_by_id if is_own else None,
        )
        for pk in missing
    )


def _sender_name(upload: Upload) -> str:
    """Who sent it, as the customer's side reads it."""
    if upload.reseller_id:
        return Reseller.objects.values_list("name", flat=True).get(pk=upload.reseller_id)
    if upload.channel == Upload.Channel.APP:
        return str(upload.get_channel_display())
    running = Management.objects.filter(customer=upload.customer_id, ended_at=None)
    return running.values_list("msp__name", flat=True).first() or ""


def _count(upload: Upload, approvals: list[Approval], block: list[int], added: int) -> None:
    """So many more devices came with this upload, to each customer its own."""
    if len(approvals) == 1:
        Approval.objects.filter(pk=approvals[0].pk).update(devices=F("devices") + added)
    else:
        _execute(_COUNT, [*block, upload.pk])


def _last(upload: Upload, size: int) -> int | None:
    """The number of the last line of the next block, or None after the last one. A block is so many numbers, not so
    many lines: counting them would take as long as reading them."""
    _execute(_BY_INDEX, [])
    ((first, last),) = _rows(_LEFT, [upload.pk, upload.added_to, upload.pk])
    _execute(_AS_BEFORE, [])
    if first is None or upload.all_or_nothing:
        return None if first is None else int(last)
    return min(int(first) + size - 1, int(last))


def _execute(statement: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
