"""The lines of an upload as rows: stored a block at a time, and what only all of them together tell."""

from collections.abc import Iterable
from itertools import batched

from django.db import connection

from devices.checks import Checked
from devices.models import Upload, UploadLine

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
_TWICE = """
SELECT identifier, min(number), max(number), count(*) FROM devices_uploadline
 WHERE upload_id = %s AND problem = '' GROUP BY identifier HAVING count(*) > 1
"""
_MORE_OFTEN = """
SELECT identifier, number FROM devices_uploadline WHERE upload_id = %s AND problem = '' AND identifier = ANY (%s)
"""
_MARK_TWICE = """
UPDATE devices_uploadline line SET problem = 'twice', detail = twice.first::text
  FROM unnest(%s::integer[], %s::integer[]) AS twice (first, number)
 WHERE line.upload_id = %s AND line.number = twice.number
"""


_AT_ONCE = 2_000
"""Lines that are sent while the next ones are made."""


def store(upload: Upload, lines: Iterable[str]) -> None:
    """Write lines (the text that COPY reads), behind the sender's wall."""
    with connection.cursor() as cursor:
        cursor.execute(_BLOCK)
        with cursor.copy(f"COPY block ({_COLUMNS}) FROM STDIN") as copy:
            for some in batched(lines, _AT_ONCE, strict=False):
                copy.write("".join(some))
        cursor.execute(_STORE, [upload.pk, upload.customer_id, upload.reseller_id])
        cursor.execute("DROP TABLE block")


def mark_twice(upload: Upload) -> int:
    """Of good lines with the same device the first one counts. Returns how many do not."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_TWICE, [upload.pk])
        found = cursor.fetchall()
        pairs = [(first, last) for _, first, last, count in found if count == 2]  # noqa: PLR2004  (nearly all)
        if often := {identifier: first for identifier, first, _, count in found if count > 2}:  # noqa: PLR2004
            cursor.execute(_MORE_OFTEN, [upload.pk, list(often)])
            pairs += [(often[one], number) for one, number in cursor.fetchall() if number > often[one]]
        if not pairs:
            return 0
        cursor.execute(_MARK_TWICE, [*map(list, zip(*pairs, strict=True)), upload.pk])
        return int(cursor.rowcount)


def unless_twice(upload: Upload, line: Checked) -> Checked:
    """The line as it is, or with the note that another good line has the same device."""
    others = UploadLine.objects.filter(upload=upload, problem="", identifier=line.identifier)
    first = others.exclude(number=line.number).order_by("number").values_list("number", flat=True).first()
    if line.problem or first is None:
        return line
    return line._replace(problem="twice", detail=str(first))
