"""Good lines become devices: a block of line numbers at a time, in one INSERT each.

The check has looked for devices that Knox has, so a block is inserted as if there were none: looking again in five
unique indexes would cost as much as the insert. If another upload was faster, the block is rolled back and inserted
anew without what is there already. The rows go in by identifier: neighbors in the index together, and two uploads
with the same devices wait for each other instead of for each other's end.
"""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg.errors import UniqueViolation

from devices import lookups, upload_ends
from devices.models import Approval, Device, ResellerCustomer, Upload
from devices.upload_lines import GOOD, mark, within
from tenants.models import Management, Reseller

State = Upload.State
type Given = dict[str, Any]
_STATES = {True: Device.State.VERIFIED, False: Device.State.PENDING}
"""Of devices of the customer's own side, and of those that wait for it."""

_DEVICES = f"""
INSERT INTO devices_device (customer_id, approval_id, reseller_id, model_id, imei, meid, serial, state,
                            order_number, order_date, tags, added_at, modified_at)
SELECT line.customer_id, approval.id, line.reseller_id, line.model_id,
       CASE WHEN length(line.identifier) = 15 THEN line.identifier END,
       CASE WHEN length(line.identifier) = 14 THEN line.identifier END,
       CASE WHEN length(line.identifier) = 11 THEN line.identifier END,
       %(state)s, line.order_number, line.order_date, %(tags)s::varchar[], %(now)s, %(now)s
  FROM {GOOD}
  JOIN unnest(%(approvals)s::bigint[], %(customers)s::bigint[]) AS approval (id, customer_id) USING (customer_id)
 ORDER BY line.identifier
"""  # noqa: S608
_SORT_IN_MEMORY = "SET LOCAL work_mem = '64MB'"
_UNLESS_KNOWN = "ON CONFLICT DO NOTHING"
_LEFT_OUT = f"""
SELECT line.number, line.identifier, line.customer_id FROM {GOOD}
 WHERE NOT EXISTS (
       SELECT FROM devices_approval approval
         LEFT JOIN devices_device i ON i.imei = line.identifier AND i.approval_id = approval.id
         LEFT JOIN devices_device m ON m.meid = line.identifier AND m.approval_id = approval.id
         LEFT JOIN devices_device s ON s.serial = line.identifier AND s.approval_id = approval.id
        WHERE approval.upload_id = %(upload)s AND approval.customer_id = line.customer_id
          AND (i.id IS NOT NULL OR m.id IS NOT NULL OR s.id IS NOT NULL))
"""  # noqa: S608
_ALL = f"SELECT line.number, line.identifier, line.customer_id FROM {GOOD}"  # noqa: S608
_CUSTOMERS = f"SELECT DISTINCT line.customer_id FROM {GOOD}"  # noqa: S608
# The first and the last line that are left, out of the index: the planner believes in a few lines, and would sort all.
_BY_INDEX, _AS_BEFORE = "SET LOCAL enable_sort = off", "SET LOCAL enable_sort = on"
_LEFT = """
SELECT least((SELECT number FROM devices_uploadline WHERE upload_id = %(upload)s AND number > %(after)s
               ORDER BY number LIMIT 1),
             (SELECT min(greatest(first, %(after)s + 1)) FROM devices_goodlines
               WHERE upload_id = %(upload)s AND last > %(after)s)),
       greatest((SELECT number FROM devices_uploadline WHERE upload_id = %(upload)s ORDER BY number DESC LIMIT 1),
                (SELECT max(last) FROM devices_goodlines WHERE upload_id = %(upload)s))
"""
# Whoever removes the reseller waits for the end of this block.
_RELATIONS = """
SELECT customer_id, kcs_id, state FROM devices_resellercustomer
 WHERE reseller_id = %(reseller)s AND customer_id = ANY (%(customers)s) ORDER BY customer_id FOR SHARE
"""
_OF_REMOVED = f"""
SELECT line.number, 'customer', gone.kcs_id FROM {GOOD}
  JOIN unnest(%(customers)s::bigint[], %(kcs_ids)s::text[]) AS gone (customer_id, kcs_id) USING (customer_id)
"""  # noqa: S608
_COUNT = f"""
UPDATE devices_approval approval SET devices = approval.devices + block.devices
  FROM (SELECT line.customer_id, count(*) AS devices FROM {GOOD} GROUP BY line.customer_id) block
 WHERE approval.upload_id = %(upload)s AND approval.customer_id = block.customer_id
"""  # noqa: S608
NOT_ALL = "Other uploads were faster with some of these devices, so we added nothing. The lines below say which."


def add_block(upload: Upload, size: int) -> None:
    """Add the next lines of an upload that is locked; after the last one, end it."""
    last = _last(upload, size)
    if last is None:
        upload_ends.done(upload)
        return
    block = within(upload, upload.added_to, last)
    customers = set(_customers(upload, block))
    removed = _removed(upload, customers)
    if removed:
        upload.errors += _take_out(upload, removed, block)
    approvals = _approvals(upload, customers - removed.keys())
    before = upload.added
    try:
        _insert(upload, approvals, block)
    except _SomeAreKnown:
        _add_nothing(upload)
        return
    _count(approvals, block, upload.added - before)
    upload.added_to, upload.tries = last, 0
    upload.save(update_fields=["added", "errors", "added_to", "tries", "touched_at"])


class _SomeAreKnown(Exception):
    """All or nothing was asked for, and other uploads were faster with some devices."""


def _insert(upload: Upload, approvals: list[Approval], block: Given) -> None:
    try:
        with transaction.atomic():
            upload.added += _devices(upload, approvals, block)
    except IntegrityError as no:
        if not isinstance(no.__cause__, UniqueViolation):
            raise
        if upload.all_or_nothing:
            raise _SomeAreKnown from no
        upload.added += _devices(upload, approvals, block, _UNLESS_KNOWN)
        upload.errors += _mark_known(upload, _rows(_LEFT_OUT, block))


def _devices(upload: Upload, approvals: list[Approval], block: Given, unless: str = "") -> int:
    now, state = timezone.now(), _STATES[upload.reseller_id is None]
    _execute(_SORT_IN_MEMORY, {})
    whose = {"approvals": [one.pk for one in approvals], "customers": [one.customer_id for one in approvals]}
    given = {"state": state, "tags": upload.tags, "now": now}
    return _execute(_DEVICES + unless, block | whose | given)


def _add_nothing(upload: Upload) -> None:
    """All or nothing, and some are in Knox by now: back to the result of the check, which names them."""
    upload.errors += _mark_known(upload, _rows(_ALL, within(upload)), only_known=True)
    upload.state, upload.all_or_nothing, upload.refusal = State.CHECKED, False, NOT_ALL
    upload.save()


def _mark_known(upload: Upload, lines: list[tuple[Any, ...]], *, only_known: bool = False) -> int:
    """Note where the devices of these lines are. Returns how many lines have a problem now."""
    known = lookups.known(upload, [identifier for _, identifier, _ in lines])
    somewhere = lookups.Known(0, is_mine=False, day="", holder="")
    bad = [
        (number, *known.get(identifier, somewhere).problem(customer))
        for number, identifier, customer in lines
        if identifier in known or not only_known
    ]
    return mark(upload, bad)


def _customers(upload: Upload, block: Given) -> list[int]:
    if only := upload.customer_id or upload.target_id:
        return [only]
    return [pk for (pk,) in _rows(_CUSTOMERS, block)]


def _removed(upload: Upload, customers: Collection[int]) -> dict[int, str]:
    """Those of the customers that removed the reseller since the check, with their KCS Customer IDs."""
    if upload.reseller_id is None:
        return {}
    relations = _rows(_RELATIONS, {"reseller": upload.reseller_id, "customers": list(customers)})
    return {customer: kcs_id for customer, kcs_id, state in relations if state == ResellerCustomer.State.INACTIVE}


def _take_out(upload: Upload, removed: dict[int, str], block: Given) -> int:
    gone = {"customers": list(removed), "kcs_ids": list(removed.values())}
    return mark(upload, _rows(_OF_REMOVED, block | gone))


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
            profile=upload.profile,
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
    return running.values_list("msp__name", flat=True).first() or str(upload.customer)


def _count(approvals: list[Approval], block: Given, added: int) -> None:
    """So many more devices came with this upload, to each customer its own."""
    if len(approvals) == 1:
        Approval.objects.filter(pk=approvals[0].pk).update(devices=F("devices") + added)
    else:
        _execute(_COUNT, block)


def _last(upload: Upload, size: int) -> int | None:
    """The number of the last line of the next block, or None after the last one. A block is so many numbers, not so
    many lines: counting them would take as long as reading them."""
    _execute(_BY_INDEX, {})
    ((first, last),) = _rows(_LEFT, within(upload, upload.added_to))
    _execute(_AS_BEFORE, {})
    if first is None or upload.all_or_nothing:
        return None if first is None else int(last)
    return min(int(first) + size - 1, int(last))


def _execute(statement: str, values: Given) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _rows(statement: str, values: Given) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
