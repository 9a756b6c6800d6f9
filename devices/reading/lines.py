"""Blocks of text into rows: which sign parts the cells, what is quoted, and a quick way for plain lists."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count, repeat

from devices.reading import columns
from devices.reading.columns import Columns, Row
from devices.reading.texts import LONGEST_LINE

_SEPARATORS = "\t;,"
_TOLD_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_LINES_TO_TELL = 50
_QUOTED_LINES = 10
"""Lines that a quote may hold together. After that somebody forgot to close it, and each line is one again."""
_LONGEST_PLAIN = 200
_row: Callable[[Iterable[object]], Row] = partial(tuple.__new__, Row)
"""As Row._make, without a function of Python's for each line."""


def rows(blocks: Iterable[str]) -> Iterator[Row]:
    """Each line with content. Numbers are a spreadsheet's: the header and empty lines count."""
    lines = _Lines()
    for block in blocks:
        yield from lines.read(block)
    yield from lines.read("", last=True)


class _Lines:
    """How far one file is read: the number of lines, its columns, and a record that the next block goes on with."""

    def __init__(self) -> None:
        self.number = 0
        self.separator = ""
        self.columns: Columns | None = None
        self.begun: list[str] = []

    def read(self, block: str, *, last: bool = False) -> Iterable[Row]:
        lines = block.split("\n")
        if not lines[-1]:
            lines.pop()
        if self._is_plain(block, lines):
            first, self.number = self.number + 1, self.number + len(lines)
            return map(_row, zip(count(first), lines, *repeat(repeat(""), 6), strict=False))
        return self._slowly(self.begun + lines, last=last)

    def _is_plain(self, block: str, lines: list[str]) -> bool:
        """Only identifiers, one a line, and it is known that they are identifiers."""
        if not lines or self.begun or self.columns is None or self.columns.identifiers != [0]:
            return False
        signs = block.replace("\n", "")  # three passes in C: a pattern takes ten times as long
        if not (signs.isascii() and signs.isalnum()) or block.startswith("\n") or "\n\n" in block:
            return False
        return len(max(lines, key=len)) <= _LONGEST_PLAIN

    def _slowly(self, lines: list[str], *, last: bool) -> Iterator[Row]:
        self.begun = []
        if not self.separator and not (lines := self._told(lines)):
            return
        at = 0
        while at < len(lines):
            cells, taken = self._record(lines, at)
            if not taken and not last and len(lines) - at < _QUOTED_LINES:
                self.begun = lines[at:]
                return
            self.number += 1
            row = self._row(cells) if taken else self._bad(lines[at])
            at += taken or 1
            if row:
                yield row

    def _told(self, lines: list[str]) -> list[str]:
        """The lines from the first one with content on, whose separator is known now."""
        empty = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
        self.number += empty
        lines = lines[empty:]
        if lines and (told := _TOLD_SEPARATOR.fullmatch(lines[0])):  # a line for the spreadsheet, which hides it
            self.separator = told[1]
            return lines[1:]
        if lines:
            self.separator = _separator(lines)
        return lines

    def _record(self, lines: list[str], at: int) -> tuple[list[str], int]:
        """The cells that begin in this line, and how many lines they take: none where a quote stays open, or the
        line is too long."""
        line = lines[at]
        if len(line) > LONGEST_LINE:
            return [], 0
        if '"' not in line:
            return line.split(self.separator), 1
        return self._quoted([line]) or self._quoted(lines[at : at + _QUOTED_LINES]) or ([], 0)

    def _quoted(self, lines: list[str]) -> tuple[list[str], int] | None:
        """The cells of the first record, and how many lines it takes; None if it does not end in these lines."""
        reader = csv.reader([*(f"{line}\n" for line in lines), ""], delimiter=self.separator)
        cells = next(reader)
        return (cells, reader.line_num) if reader.line_num <= len(lines) else None

    def _row(self, cells: list[str]) -> Row | None:
        if self.columns is None:
            if not any(cell.strip() for cell in cells):
                return None
            self.columns, is_header = columns.of_first_line(cells)
            if is_header:
                return None
        return self.columns.row(self.number, cells)

    def _bad(self, line: str) -> Row:
        if len(line) > LONGEST_LINE:
            return columns.bad_form(self.number, line, f"more than {LONGEST_LINE:,} signs")
        return columns.bad_form(self.number, line, "a quotation mark that has no second one")


def _separator(lines: list[str]) -> str:
    """Told by the first line, or by the next ones if that has none."""
    bare = [_QUOTED.sub("", line[:LONGEST_LINE]) for line in lines[:_LINES_TO_TELL]]
    for text in (bare[0], "\n".join(bare)):
        most = max(_SEPARATORS, key=text.count)
        if most in text:
            return most
    return ","
