"""The lines of an upload as rows: stored a block at a time, and what only all of them together tell."""

from collections.abc import Iterable

from django.db import connection

from devices.checks import Checked
from devices.models import Upload, UploadLine

# COPY is refused for a table with policies, so a block goes into a table of this transaction first.
_BLOCK = """
CREATE TEMPORARY TABLE block (
    number integer, typed text, typed_customer text, typed_model text, order_number text, typed_order_date text,
    identifier text, customer_id bigint, model_id bigint, order_date date, problem text, detail text
) ON COMMIT DROP
"""
_COLUMNS = ", ".join(Checked._fields)
_STORE = f"""
INSERT INTO devices_uploadline (upload_id, sender_customer_id, reseller_id, {_COLUMNS})
SELECT %s, %s, %s, {_COLUMNS} FROM block
"""  # noqa: S608  (names of our own columns)
_TWICE = """
SELECT identifier, min(number) FROM devices_uploadline
 WHERE upload_id = %s AND problem = '' GROUP BY identifier HAVING count(*) > 1
"""
_MARK_TWICE = """
UPDATE devices_uploadline line SET problem = 'twice', detail = first.number::text
  FROM unnest(%s::text[], %s::integer[]) AS first (identifier, number)
 WHERE line.upload_id = %s AND line.problem = '' AND line.identifier = first.identifier AND line.number > first.number
"""


def store(upload: Upload, lines: Iterable[str]) -> None:
    """Write lines (the text that COPY reads), behind the sender's wall."""
    with connection.cursor() as cursor:
        cursor.execute(_BLOCK)
        with cursor.copy(f"COPY block ({_COLUMNS}) FROM STDIN") as copy:
            copy.write("".join(lines))
        cursor.execute(_STORE, [upload.pk, upload.customer_id, upload.reseller_id])
        cursor.execute("DROP TABLE block")


def mark_twice(upload: Upload) -> int:
    """Of good lines with the same device the first one counts. Returns how many do not."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_TWICE, [upload.pk])
        found = cursor.fetchall()
        if not found:
            return 0
        identifiers, numbers = zip(*found, strict=True)
        cursor.execute(_MARK_TWICE, [list(identifiers), list(numbers), upload.pk])
        return int(cursor.rowcount)


def unless_twice(upload: Upload, line: Checked) -> Checked:
    """The line as it is, or with the note that another good line has the same device."""
    others = UploadLine.objects.filter(upload=upload, problem="", identifier=line.identifier)
    first = others.exclude(number=line.number).order_by("number").values_list("number", flat=True).first()
    if line.problem or first is None:
        return line
    return line._replace(problem="twice", detail=str(first))
