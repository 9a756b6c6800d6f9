"""XLSX files into rows: the first sheet that one sees. calamine runs nothing in them."""

import datetime
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from devices.reading import columns, packages, unreadable
from devices.reading.columns import Row
from devices.reading.texts import HIDDEN

type _Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta

_ROUNDED = "00000000"
"""So many zeros at the end: digits that a spreadsheet dropped when it showed the number as 4.90154E+14."""
_SHOWN_DIGITS = 15
"""More digits than these a spreadsheet does not keep."""


def rows(pieces: Iterable[bytes], *, name: str) -> Iterator[Row]:
    """Each line with content; numbers are those beside the lines in the spreadsheet."""
    with packages.checked(pieces, name=name) as parts:
        yield from _rows(chain.from_iterable(_cells(part, name=name) for part in parts))


def _first_sheet(archive: IO[bytes], *, name: str) -> CalamineSheet:
    try:
        workbook = CalamineWorkbook.from_filelike(archive)
        for at, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                return workbook.get_sheet_by_index(at)
    except CalamineError as broken:
        raise unreadable.no_text(name) from broken
    raise unreadable.empty(name)


def _rows(lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    found = None
    for number, cells in lines:
        if found is None:
            found, is_header = columns.of_first_line(_without_end(cells))
            if is_header:
                continue
        if row := found.row(number, cells):
            yield row


def _cells(archive: IO[bytes], *, name: str) -> Iterator[tuple[int, list[str]]]:
    """Lines with content as text. A spreadsheet can write signs that no text has, and a database does not take."""
    for number, line in enumerate(_first_sheet(archive, name=name).iter_rows(), start=1):
        cells = [_text(cell) for cell in line]
        text = "".join(cells)
        if HIDDEN.search(text):
            raise unreadable.no_text(name, line=number)
        if text.strip():
            yield number, cells


def _without_end(cells: list[str]) -> list[str]:
    while not cells[-1].strip():
        cells.pop()
    return cells


def _text(cell: _Cell) -> str:
    """As a person reads it. A number is its digits; one that lost some stays recognisable."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        digits = f"{cell:.0f}"
        is_rounded = len(digits) > _SHOWN_DIGITS or (len(digits) == _SHOWN_DIGITS and digits.endswith(_ROUNDED))
        return f"{cell:.5E}" if is_rounded else digits
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time.min:
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)
