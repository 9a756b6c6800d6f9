"""Uploaded files into rows, piece by piece: CSV and XLSX in the forms that people have (issue 5, knox.md 4.2)."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import PurePath

from devices.reading import lines, texts, unreadable, workbooks
from devices.reading.columns import Row
from devices.reading.unreadable import Unreadable
from rules import settings

__all__ = ["Reading", "Row", "Unreadable", "look", "rows", "within"]

_HEAD = 4096
"""Bytes that tell what a file is."""
_PIECE = 256 * 1024
_MEGABYTE = 1_000_000
_TEXT_NAMES = ("", ".csv", ".txt", ".tsv")
_OTHER_KINDS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
"""How pictures, PDFs, archives and workbooks of before 2007 (or with a password) begin."""


class Reading:
    """Pieces of a file on their way to `rows`; `bytes` tells how many went by."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.bytes = pieces, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.bytes += len(piece)
            yield piece


def rows(pieces: Iterable[bytes], *, name: str, limit: int | None = None) -> Iterator[Row]:
    """Each line of the file that has content. `limit` in lines; as the rules say if it is not given.

    Raises Unreadable for a file that is refused as a whole, also in the middle of it.
    """
    most = limit or settings.number("upload_lines")
    small = _in_small(pieces)
    head = _head(small)
    is_workbook = look(head, name=name)
    found = workbooks.rows(chain([head], small), name=name) if is_workbook else _of_text(head, small, name=name)
    first = next(found, None)
    if first is None:
        raise unreadable.empty(name)
    yield first
    yield from islice(found, most - 1)
    if more := sum(1 for _ in found):
        raise unreadable.too_many(name, lines=most + more, limit=most)


def look(head: bytes, *, name: str) -> bool:
    """Refuses what its first bytes or its name give away. Tells whether it is a workbook (XLSX)."""
    if not head:
        raise unreadable.empty(name)
    is_zip = head.startswith(b"PK\x03\x04")
    ending = PurePath(name.lower()).suffix
    if head.startswith(_OTHER_KINDS) or (ending == ".xlsx") != is_zip:
        raise unreadable.no_text(name)
    if not is_zip and ending not in _TEXT_NAMES:
        raise unreadable.no_text(name)
    return is_zip


def within(pieces: Iterable[bytes], *, name: str) -> Iterator[bytes]:
    """The pieces, unless the beginning gives another kind of file away, or they are more than a file may have
    (rule upload_megabytes)."""
    megabytes, size = settings.number("upload_megabytes"), 0
    small = _in_small(pieces)
    head = _head(small)
    look(head, name=name)
    for piece in chain([head], small):
        size += len(piece)
        if size > megabytes * _MEGABYTE:
            raise unreadable.too_big(name, size=size, megabytes=megabytes)
        yield piece


def _of_text(head: bytes, pieces: Iterable[bytes], *, name: str) -> Iterator[Row]:
    return lines.rows(texts.blocks(head, pieces, name=name))


def _in_small(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for at in range(0, len(piece), _PIECE):
            yield bytes(piece[at : at + _PIECE])


def _head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    while len(head) < _HEAD and (piece := next(pieces, None)):
        head += piece
    return head
