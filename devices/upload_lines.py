"""The lines of an upload as rows: stored a block at a time, and what only all of them together tell.

Good lines that say nothing but an IMEI stand together in one row a block (GoodLines); all others have one each. A line
that turns out to have a problem later gets a row, and a row counts before what a block says about its number.
"""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.db import connection

from devices.checks import Block, Checked
from devices.models import Upload

_COLUMNS = ", ".join(Checked._fields)
# COPY is refused for a table with policies, so a block goes into a table of this transaction first: with columns of
# the same types, so that nothing is converted on the way from one to the other.
_BLOCK = f"""
CREATE TEMPORARY TABLE block ON COMMIT DROP AS SELECT {_COLUMNS} FROM devices_uploadline WITH NO DATA
"""  # noqa: S608
_STORE = f"""
INSERT INTO devices_uploadline (upload_id, sender_customer_id, reseller_id, {_COLUMNS})
SELECT %s, %s, %s, {_COLUMNS} FROM block
"""  # noqa: S608  (names of our own columns)
_STORE_GOOD = """
INSERT INTO devices_goodlines (upload_id, sender_customer_id, reseller_id, customer_id, order_number, order_date,
                               first, last, numbers, identifiers, model_ids)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::integer[], %s::text[], %s::bigint[])
"""
GOOD = """
(SELECT number, identifier, customer_id, reseller_id, model_id, order_number, order_date FROM devices_uploadline
  WHERE upload_id = %(upload)s AND number > %(after)s AND number <= %(last)s AND problem = ''
 UNION ALL
 SELECT one.number, one.identifier, block.customer_id, block.reseller_id, one.model_id, block.order_number,
        block.order_date
   FROM devices_goodlines block,
        unnest(block.numbers, block.identifiers, block.model_ids) AS one (number, identifier, model_id)
  WHERE block.upload_id = %(upload)s AND block.last > %(after)s AND block.first <= %(last)s
    AND one.number > %(after)s AND one.number <= %(last)s
    AND one.number NOT IN (SELECT number FROM devices_uploadline WHERE upload_id = %(upload)s)) line
"""
"""The good lines of an upload after one number and up to another: what `within` says, for FROM."""
_TWICE = f"""
SELECT identifier, min(number), max(number), count(*) FROM {GOOD} GROUP BY identifier HAVING count(*) > 1
"""  # noqa: S608
_OF_DEVICES = f"SELECT number, identifier FROM {GOOD} WHERE identifier = ANY (%(identifiers)s)"  # noqa: S608
_MARK = f"""
INSERT INTO devices_uploadline (upload_id, sender_customer_id, reseller_id, number, typed, typed_customer, typed_model,
                                order_number, typed_order_date, identifier, customer_id, model_id, order_date,
                                problem, detail)
SELECT %(upload)s, %(sender)s, %(reseller)s, number, line.identifier, '', '', line.order_number, '', line.identifier,
       line.customer_id, line.model_id, line.order_date, bad.problem, bad.detail
  FROM unnest(%(numbers)s::integer[], %(problems)s::text[], %(details)s::text[]) AS bad (number, problem, detail)
  JOIN {GOOD} USING (number)
    ON CONFLICT (upload_id, number) DO UPDATE SET problem = EXCLUDED.problem, detail = EXCLUDED.detail
"""  # noqa: S608
_LAST_NUMBER = 2**31 - 1


_AT_ONCE = 2_000
"""Lines that are sent while the next ones are made."""


def store(upload: Upload, block: Block) -> None:
    """Write the lines of a block, behind the sender's wall."""
    with connection.cursor() as cursor:
        cursor.execute(_BLOCK)
        with cursor.copy(f"COPY block ({_COLUMNS}) FROM STDIN") as copy:
            for some in batched(block.texts(), _AT_ONCE, strict=False):
                copy.write("".join(some))
        cursor.execute(_STORE, [upload.pk, upload.customer_id, upload.reseller_id])
        cursor.execute("DROP TABLE block")
        if numbers := block.good.numbers:
            whose = [upload.pk, upload.customer_id, upload.reseller_id, block.targets[""].customer_id]
            arrays = ["{" + ",".join(map(str, column)) + "}" for column in block.good]
            order = [upload.order_number, upload.order_date]
            cursor.execute(_STORE_GOOD, [*whose, *order, numbers[0], numbers[-1], *arrays])


def within(upload: Upload, after: int = 0, last: int = _LAST_NUMBER) -> dict[str, Any]:
    """What GOOD asks for; all good lines if no numbers are given."""
    return {"upload": upload.pk, "after": after, "last": last}


def mark(upload: Upload, bad: Sequence[tuple[int, str, str]]) -> int:
    """Note the problem and its detail of lines that were good so far. Returns how many there are."""
    if not bad:
        return 0
    numbers, problems, details = map(list, zip(*bad, strict=True))
    given = {"numbers": numbers, "problems": problems, "details": details}
    whose = {"sender": upload.customer_id, "reseller": upload.reseller_id}
    with connection.cursor() as cursor:
        cursor.execute(_MARK, within(upload) | given | whose)
        return int(cursor.rowcount)


def mark_twice(upload: Upload) -> int:
    """Of good lines with the same device the first one counts. Returns how many do not."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_TWICE, within(upload))
        found = cursor.fetchall()
    pairs = [(first, last) for _, first, last, count in found if count == 2]  # noqa: PLR2004  (nearly all)
    if often := {identifier: first for identifier, first, _, count in found if count > 2}:  # noqa: PLR2004
        pairs += [(often[one], number) for number, one in _of_devices(upload, list(often)) if number > often[one]]
    return mark(upload, [(number, "twice", str(first)) for first, number in pairs])


def unless_twice(upload: Upload, line: Checked) -> Checked:
    """The line as it is, or with the note that another good line has the same device."""
    if line.problem:
        return line
    others = [number for number, _ in _of_devices(upload, [line.identifier]) if number != line.number]
    return line._replace(problem="twice", detail=str(min(others))) if others else line


def _of_devices(upload: Upload, identifiers: list[str]) -> list[tuple[int, str]]:
    """The good lines with these identifiers."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_DEVICES, within(upload) | {"identifiers": identifiers})
        found: list[tuple[int, str]] = cursor.fetchall()
        return found
