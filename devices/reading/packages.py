"""What an XLSX file unpacks to, checked before anything opens it.

An XLSX file is an archive of XML. What is checked is written anew, so that the reader gets nothing else: an
archive can say one size and have another, or name an entry twice. A large sheet comes in parts, because the reader
keeps all of a sheet in memory, a hundred bytes a cell.
"""

import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import IO

from devices.reading import unreadable

_MEGABYTE = 1_000_000
_MOST_ENTRIES = 1_000
_MOST_DIRECTORY = 256 * 1024
_MOST_UNPACKED = 400 * _MEGABYTE
_MOST_BESIDE = 10 * _MEGABYTE
"""Bytes of each entry that is neither a sheet nor the table of its texts."""
_MOST_RATIO = 100
_MOST_CELLS = 5_000_000
"""Cells from the first to the last, as the reader keeps them: a million lines of up to five columns."""
_PART_CELLS, _MOST_PARTS = 1_000_000, 8
"""Cells that the reader gets at once, unless a sheet of empty rows would have more parts than these."""
_PIECE = 256 * 1024
_IN_MEMORY = _MEGABYTE
_LONGEST_TEXT = 2 * _PIECE
"""Bytes between two tags. A cell has up to 32,767 letters."""

_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)
"""What zipfile raises: damaged, unknown compression, a password."""
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _LONGEST_COMMENT = 22, 65_535
_MACROS = re.compile(r"vba|macrosheets|activex", re.IGNORECASE)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_TEXTS = "xl/sharedStrings.xml"

# Each cell of a sheet has to say its place in the one usual way; what does not is counted by the first pattern only.
_ANY_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})"')
_TEXT = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_ROWS_END = re.compile(rb"</(?:\w+:)?sheetData(?=[\s>])")
_BEFORE_ROW = re.compile(rb"(?=%b)|(?=%b)" % (_ROW.pattern, _ROWS_END.pattern))


@contextmanager
def checked(pieces: Iterable[bytes], *, name: str) -> Iterator[Iterator[IO[bytes]]]:
    """The archive with nothing in it but the XML that was looked at, once for each part of its rows; the other rows
    are missing in it. Raises Unreadable. Nothing stays on the disk."""
    with _spooled() as sent, _spooled() as copy:
        for piece in pieces:
            sent.write(piece)
        try:
            size = _copy(sent, copy, name=name)
        except _BROKEN as broken:
            raise unreadable.no_text(name) from broken
        yield _parts(copy, size)


def _spooled() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


def _copy(sent: IO[bytes], copy: IO[bytes], *, name: str) -> "_Size":
    if not _directory_is_small(sent):
        raise unreadable.too_wide(name)
    size = _Size()
    with zipfile.ZipFile(sent) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as into:
        for entry in _entries(archive, name=name):
            with into.open(entry.filename, "w") as unpacked:
                for piece in _looked_at(archive, entry, size, name=name):
                    unpacked.write(piece)
    return size


def _directory_is_small(sent: IO[bytes]) -> bool:
    """zipfile reads the whole list of entries into memory, so its size is looked at first."""
    size = sent.seek(0, 2)
    sent.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = sent.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise zipfile.BadZipFile  # cut short
    if tail[max(0, at - 20) : at].startswith(_END_64):
        return False
    entries, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    return bool(entries <= _MOST_ENTRIES and length <= _MOST_DIRECTORY)


def _entries(archive: zipfile.ZipFile, *, name: str) -> list[zipfile.ZipInfo]:
    """The XML of the workbook, if the archive is one and unpacks to no more than a list needs."""
    entries = archive.infolist()
    if any(_MACROS.search(entry.filename) for entry in entries):
        raise unreadable.macros(name)
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED or any(map(_is_bomb, entries)):
        raise unreadable.too_wide(name)
    wanted = {entry.filename: entry for entry in entries if entry.filename.endswith((".xml", ".rels"))}
    if "xl/workbook.xml" not in wanted:
        raise unreadable.no_text(name)
    return list(wanted.values())


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _MEGABYTE and entry.file_size > _MOST_RATIO * entry.compress_size


def _looked_at(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: "_Size", *, name: str) -> Iterator[bytes]:
    """The entry, piece by piece. zipfile reads no more of it than the size that was checked."""
    if entry.filename != _TEXTS and not _SHEET.fullmatch(entry.filename) and entry.file_size > _MOST_BESIDE:
        raise unreadable.too_wide(name)
    counted = _Counted(size)
    for piece in _pieces(archive, entry):
        if not counted.add(piece):
            raise unreadable.too_wide(name)
        yield piece
    if not counted.end():
        raise unreadable.too_wide(name)


def _parts(copy: IO[bytes], size: "_Size") -> Iterator[IO[bytes]]:
    """The archive, or several with so many rows of each sheet as the reader can hold."""
    each = max(_PART_CELLS // max(size.wide, 1), -(-size.rows // _MOST_PARTS))
    if size.rows <= each:
        copy.seek(0)
        yield copy
        return
    with zipfile.ZipFile(copy) as archive:
        for first in range(0, size.rows, each):
            with _spooled() as part:
                _copy_part(archive, part, range(first, first + each))
                part.seek(0)
                yield part


def _copy_part(archive: zipfile.ZipFile, part: IO[bytes], rows: range) -> None:
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as into:
        for entry in archive.infolist():
            with into.open(entry.filename, "w") as copied:
                pieces = _pieces(archive, entry)
                for piece in _of_rows(pieces, rows) if _SHEET.fullmatch(entry.filename) else pieces:
                    copied.write(piece)


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece


def _of_rows(pieces: Iterable[bytes], rows: range) -> Iterator[bytes]:
    """A sheet with all that is around its rows, and of these only those with such a place among them."""
    rest, at, is_kept = b"", -1, True
    for piece in chain(pieces, [b"<"]):
        text = rest + piece
        end = max(text.rfind(b"<"), 0)
        rest = text[end:]
        for one in _BEFORE_ROW.split(text[:end]):
            if _ROW.match(one):
                at += 1
                is_kept = at in rows
            elif _ROWS_END.match(one):
                is_kept = True
            if is_kept:
                yield one


class _Size:
    """The most rows of a sheet, and how far its cells reach to the right."""

    def __init__(self) -> None:
        self.rows = self.wide = 0


class _Counted:
    """Cells and texts of one entry, and how far the cells reach."""

    def __init__(self, size: _Size) -> None:
        self.size, self.row_tags = size, 0
        self.rest = b""
        self.cells = self.texts = self.rows = 0
        self.columns: set[bytes] = set()

    def add(self, piece: bytes) -> bool:
        """Whether it is still small enough. A tag may go on in the next piece."""
        text = self.rest + piece
        end = max(text.rfind(b"<"), 0)
        self.rest = text[end:]
        return len(self.rest) <= _LONGEST_TEXT and self._count(text[:end])

    def end(self) -> bool:
        return self._count(self.rest)

    def _count(self, text: bytes) -> bool:
        found = _CELL.findall(text)
        if b"\0" in text or len(found) != len(_ANY_CELL.findall(text)):  # another encoding, cells in another form
            return False
        if found:
            columns, rows = zip(*found, strict=True)
            self.columns.update(columns)
            self.rows = max(self.rows, *map(int, rows))
        self.cells += len(found)
        self.texts += len(_TEXT.findall(text))
        self.row_tags += len(_ROW.findall(text))
        wide = max(map(_place, self.columns), default=0)
        self.size.rows, self.size.wide = max(self.size.rows, self.row_tags), max(self.size.wide, wide)
        return max(self.cells, self.texts, wide * self.rows) <= _MOST_CELLS


def _place(column: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    place = 0
    for letter in column:
        place = place * 26 + letter - 64
    return place
