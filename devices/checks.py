"""What is right and wrong with the lines of an upload: form, customer, order, model, region, and whether Knox has it.

Lines are checked in blocks, and what they name is looked up once a block: so the whole check is a few statements
and one pass in Python, and one corrected line takes the same way as a million.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from devices import lookups
from devices.files import Row
from devices.identifiers import IMEI_DIGITS, kind_of, read
from devices.lookups import Model, Target
from devices.models import TAC_DIGITS, Upload
from tenants.regions import Region

_NOTHING_ELSE = ("",) * (len(Row._fields) - 2)
"""What stands in a line beside its number and its identifier, in most files."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d(?=[T ]|\Z)", re.ASCII)
"""How an order date begins; behind it a time of day, as spreadsheets have it, or nothing."""
_NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Checked(NamedTuple):
    """A line after the check, in the order of the columns that it is stored in."""

    number: int
    typed: str
    typed_customer: str
    typed_model: str
    order_number: str
    typed_order_date: str
    identifier: str
    customer_id: int | None
    model_id: int | None
    order_date: date | None
    problem: str
    detail: str

    def text(self) -> str:
        """As COPY reads it."""
        return "\t".join(map(_text, self)) + "\n"


class Lines(NamedTuple):
    """Lines of a file, and of each its identifier and its problem, one of which is empty."""

    rows: Sequence[Row]
    found: Sequence[tuple[str, str]]


def reading(rows: Sequence[Row]) -> Lines:
    """What these lines say, before anything is looked up."""
    return Lines(rows, [read(row.id) if not row.problem else ("", row.problem) for row in rows])


class Good(NamedTuple):
    """Good lines with nothing but an IMEI: of each its number, its IMEI and the pk of its model."""

    numbers: list[int]
    identifiers: list[str]
    model_ids: list[int]


class Block:
    """Lines that are checked together, and what they name, looked up. Runs as the sender."""

    def __init__(self, upload: Upload, lines: Lines) -> None:
        default = upload.default_model.strip().upper()
        self.lines, self.default, self.order_number = lines, default, upload.order_number
        identifiers = [identifier for identifier, _ in lines.found if identifier]
        tacs = {one[:TAC_DIGITS] for one in identifiers if len(one) == IMEI_DIGITS}
        codes = {row.model.strip().upper() for row in lines.rows if row.model} | {default}
        self.by_tac, self.by_code = lookups.models(tacs, codes - {""})
        self.targets = lookups.targets(upload, {row.customer for row in lines.rows} | {""})
        self.known = lookups.known(upload, identifiers)
        self.dates: dict[str, date | None] = {"": upload.order_date}
        self.good = Good([], [], [])
        """What `texts` has passed over so far."""
        self.errors = 0
        """Lines with a problem so far."""

    def checked(self) -> Iterator[Checked]:
        """Each line, with the first problem that it has."""
        return map(self._check, self.lines.rows, self.lines.found)

    def texts(self) -> Iterator[str]:
        """The same, as COPY reads it, without the good lines that have nothing but an IMEI, as most are: those go to
        `good`."""
        target, known = self.targets[""], self.known
        fitting = {tac: model.id for tac, model in self.by_tac.items() if _fits(model, target)}
        numbers, imeis, model_ids = self.good
        for row, found in zip(self.lines.rows, self.lines.found, strict=True):
            identifier = found[0]
            fits = fitting.get(identifier[:TAC_DIGITS])
            plain = row[1] == identifier and row[2:] == _NOTHING_ELSE and len(identifier) == IMEI_DIGITS
            if fits and plain and identifier not in known:
                numbers.append(row[0])
                imeis.append(identifier)
                model_ids.append(fits)
            else:
                yield self._check(row, found).text()

    def _check(self, row: Row, found: tuple[str, str]) -> Checked:
        identifier, problem = found
        target = self.targets[row.customer]
        detail = row.detail if row.problem else ""
        model: Model | None = None
        ordered: date | None = None
        if not problem:
            problem, detail = target.problem, target.detail
        if not problem:
            ordered, problem = self._order(row)
        if not problem:
            model, problem, detail = self._model(row, identifier, target)
        if not problem and identifier in self.known:
            problem, detail = self.known[identifier].problem(target.customer_id)
        self.errors += bool(problem)
        return Checked(
            row.number, row.id, row.customer, row.model, row.order_number or self.order_number, row.order_date,
            identifier, target.customer_id, model.id if model else None, ordered, problem, detail,
        )  # fmt: skip

    def _order(self, row: Row) -> tuple[date | None, str]:
        number = row.order_number
        if number and not number.isalnum():
            return None, "order_number"
        typed = row.order_date
        if typed not in self.dates:
            self.dates[typed] = _date(typed)
        ordered = self.dates[typed]
        return ordered, "order_date" if typed and ordered is None else ""

    def _model(self, row: Row, identifier: str, target: Target) -> tuple[Model | None, str, str]:
        if len(identifier) == IMEI_DIGITS:
            model = self.by_tac.get(identifier[:TAC_DIGITS])
        else:
            code = row.model.strip().upper() or self.default
            if not code:
                return None, "model_missing", kind_of(identifier).value
            model = self.by_code.get(code)
        if model is None:
            return None, "model", ""
        return (model, "", "") if _fits(model, target) else (model, "region", _other_region(model, target))


def _text(value: object) -> str:
    """A value as COPY reads it."""
    return _NULL if value is None else str(value).translate(_ESCAPES)


def _fits(model: Model, target: Target) -> bool:
    return not target.problem and target.region in ("", model.region)


def _date(typed: str) -> date | None:
    """An order date looks like 2026-11-24. A time of day beside it is passed over."""
    try:
        return datetime.fromisoformat(typed).date() if _DAY.match(typed) else None
    except ValueError:
        return None


def _other_region(model: Model, target: Target) -> str:
    """Both regions, in the words of words.md 3.6 (FAQ Q15). A reseller does not learn that there is an MSP."""
    theirs, ours = Region(model.region).label, Region(target.region).label
    start = f"{model.name} ({model.code}) is a device for {theirs}."
    if target.is_managed:
        return f"{start} Samsung approved your MSP for {ours}. Use the model for {ours}."
    return f"{start} This customer can have devices for {ours} only. Send the model for {ours}."
