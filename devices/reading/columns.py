"""Which column is which, and what a line's cells say (forms of file: knox.md 4.2, issue 5)."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from devices import identifiers
from devices.reading import unreadable

IDENTIFIER, SPARE = "identifier", "spare"
_NAMES = {
    IDENTIFIER: (
        "imei imei1 imeimeid imeiormeid imeiormeidorserialnumber imeimeidorserialnumber imeimeidserialnumber "
        "imeimeidserial imeiserialnumber imeiserial imeiorserialnumber imeiorserial meid serial serialnumber serialno "
        "sn device devices deviceid deviceidentifier identifier deviceimei imeinumber imeino"
    ),
    SPARE: "imei2 secondimei imeislot2",
    "customer": (
        "customerid kcscustomerid kcsid knoxcustomerid customer kcs kcscustomer customermspid customeridmspid knoxid"
    ),
    "model": "model modelcode modelname modelnumber modelno devicemodel",
    "order_number": "order ordernumber orderno orderid ordernr purchaseorder ponumber po",
    "order_date": "orderdate dateoforder orderedon purchasedate ordered date dateordered",
}
NAMES = {name: field for field, names in _NAMES.items() for name in names.split()}
"""Header, in small letters and without anything between them: what the column holds."""
_CODES = {"model": "modelcode", "customer": "kcscustomerid"}
"""Beside such a column another one of the same field says it in words, as in the lists that the portal writes."""
_PLAIN = re.compile(r"[^0-9a-z]+")

# Without a header the first line tells: a ten-digit ID in front is a reseller's file for many customers.
ONE_CUSTOMER = (IDENTIFIER, "model", "order_number", "order_date")
MANY_CUSTOMERS = ("customer", IDENTIFIER, "order_number", "order_date")
_PUBLIC_ID = re.compile(r"\d{10}")

# As many signs as devices.models.UploadLine keeps.
_KEPT = {IDENTIFIER: 200, "customer": 40, "model": 40, "order_number": 60, "order_date": 40}
_SHORT = min(_KEPT.values())


class Row(NamedTuple):
    """One line of a file, before anything is checked but its form. `number` counts as a spreadsheet does.

    `problem` is "", "form", "two" or "formula" (devices.problems), `detail` what its sentence names.
    """

    number: int
    id: str
    customer: str
    model: str
    order_number: str
    order_date: str
    problem: str
    detail: str


class Columns:
    """The columns of one file. Makes rows of cells."""

    def __init__(self, fields: Sequence[str], *, width: int) -> None:
        self.width = width
        self.identifiers = [at for at, field in enumerate(fields) if field == IDENTIFIER]
        self.spares = [at for at, field in enumerate(fields) if field == SPARE]
        # A column that is not there points at the empty cell that row() puts at the end.
        where = {field: at for at, field in enumerate(fields) if field}
        self.customer, self.model = where.get("customer", -1), where.get("model", -1)
        self.order_number, self.order_date = where.get("order_number", -1), where.get("order_date", -1)

    def row(self, number: int, cells: Sequence[str]) -> Row | None:
        """What the line says; None for an empty one."""
        filled = [cell.strip() for cell in cells]
        while filled and not filled[-1]:
            filled.pop()
        if not filled:
            return None
        if len(filled) > self.width:
            return bad_form(number, filled[0], f"{_columns(len(filled))}. It needs {self.width}")
        filled += [""] * (self.width - len(filled) + 1)
        typed, problem, detail = self._identifier(filled)
        row = Row(
            number, typed, filled[self.customer], filled[self.model],
            filled[self.order_number], filled[self.order_date], problem, detail,
        )  # fmt: skip
        return _kept(row if problem else _without_formula(row))

    def _identifier(self, cells: list[str]) -> tuple[str, str, str]:
        """The one value that names the device, and what is wrong if there is none or more than one."""
        typed = [cells[at] for at in self.identifiers if cells[at]]
        if len(typed) > 1:
            typed = list(dict.fromkeys(typed))
        typed = typed or [cells[at] for at in self.spares if cells[at]][:1]
        if not typed:
            return "", "form", "no IMEI, MEID or serial number"
        model = cells[self.model]
        if len(model) == identifiers.IMEI_DIGITS and model.isdecimal():  # a second IMEI where the model belongs
            typed.append(model)
        return (typed[0], "two", typed[1][:200]) if len(typed) > 1 else (typed[0], "", "")


def of_first_line(cells: Sequence[str]) -> tuple[Columns, bool]:
    """The columns that this first line with content names or shows, and whether it is a header."""
    filled = [cell.strip() for cell in cells]
    fields = [NAMES.get(_PLAIN.sub("", cell.lower()), "") for cell in filled]
    if any(fields) or not _is_data(filled):
        return _of_header(filled, fields), True
    if len(filled) > 1 and _PUBLIC_ID.fullmatch(filled[0]):
        return Columns(MANY_CUSTOMERS, width=len(MANY_CUSTOMERS)), False
    return Columns(ONE_CUSTOMER, width=len(ONE_CUSTOMER)), False


def bad_form(number: int, typed: str, detail: str) -> Row:
    return Row(number, typed[: _KEPT[IDENTIFIER]], "", "", "", "", "form", detail)


def _is_data(cells: Sequence[str]) -> bool:
    """A first line without a digit is a header, unless it begins with an identifier of letters."""
    return any(sign.isdigit() for cell in cells for sign in cell[:100]) or not identifiers.read(cells[0][:100])[1]


def _of_header(cells: Sequence[str], fields: Sequence[str]) -> Columns:
    names = [_PLAIN.sub("", cell.lower()) for cell in cells]
    coded = {field for field, code in _CODES.items() if code in names}
    found = zip(names, fields, strict=True)
    fields = ["" if field in coded and name != _CODES[field] else field for name, field in found]
    for at, field in enumerate(fields):
        # IMEI beside Serial number is fine, as each line fills one of them; anything else is there once.
        twice = names.index(names[at]) < at if field == IDENTIFIER else field in fields[:at]
        if field and twice:
            raise unreadable.column_twice(cells[at][:40])
    if IDENTIFIER not in fields and SPARE not in fields:
        raise unreadable.no_column("IMEI")
    return Columns(fields, width=len(fields))


def _without_formula(row: Row) -> Row:
    """A spreadsheet that opens a report of this file would run what a cell starts with."""
    for cell in row[1:6]:
        if cell and cell[0] in identifiers.FORMULA:
            return row._replace(problem="formula")
    return row


def _kept(row: Row) -> Row:
    """The row with cells as long as the database keeps them; a longer one is wrong in any case."""
    typed = (row.id, row.customer, row.model, row.order_number, row.order_date)
    if max(map(len, typed)) <= _SHORT:
        return row
    for cell, longest in zip(typed, _KEPT.values(), strict=True):
        if len(cell) > longest:
            row = row._replace(problem="form", detail=f"{len(cell):,} signs in one column. It can have {longest}")
    shown = [cell[:longest] for cell, longest in zip(typed, _KEPT.values(), strict=True)]
    return Row(row.number, shown[0], shown[1], shown[2], shown[3], shown[4], row.problem, row.detail)


def _columns(count: int) -> str:
    return f"{count:,} columns" if count > 1 else "1 column"
