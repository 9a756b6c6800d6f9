"""The problems of an upload as its page shows them: by kind, line by line, and what can be typed anew."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from devices import identifiers
from devices.line_sentences import Sentences
from devices.models import Upload, UploadLine
from devices.problems import PROBLEMS, Problem

LINES_SHOWN = 50
_NUMBER = re.compile(r"[0-9]{1,9}")
"""A line number that the database holds."""

LABELS = {
    "typed": "IMEI, MEID or serial number",
    "model": "Model code",
    "order_number": "Order number",
    "order_date": "Order date",
    "customer": "KCS Customer ID",
}
COLUMNS = {
    "typed": "typed",
    "model": "typed_model",
    "order_number": "order_number",
    "order_date": "typed_order_date",
    "customer": "typed_customer",
}
"""What can be typed anew in a line, and the column that holds it."""
_FIELDS: dict[str, tuple[str, ...]] = {
    "model_missing": ("model",),
    "order_number": ("order_number",),
    "order_date": ("order_date",),
    "customer": ("customer",),
    "other_id": ("customer",),
    "two": ("typed", "model"),
}
_LEAVE, _IMPOSSIBLE = ("twice", "same"), ("own", "known", "region")


@dataclass(frozen=True)
class Group:
    """The lines of one upload with one problem. `advice`: fix, leave (out), no (it cannot be done)."""

    key: str
    problem: Problem
    count: int

    @property
    def advice(self) -> str:
        return "leave" if self.key in _LEAVE else "no" if self.key in _IMPOSSIBLE else "fix"

    @property
    def sentence(self) -> str:
        """What the problem says of each line alike; empty where it names something of the line."""
        return "" if "{" in self.problem.sentence else self.problem.sentence

    @property
    def noun(self) -> str:
        return "line" if self.count == 1 else "lines"


@dataclass(frozen=True)
class Input:
    """Something of a line that can be typed anew."""

    name: str
    label: str
    value: str
    numeric: bool


@dataclass(frozen=True)
class Line:
    """A line as it stands in the page. `good`: it was corrected; `tried`: a correction that did not do."""

    number: int
    typed: str
    sentence: str
    hint: str = ""
    wrong: str = ""
    """The end of `typed` that the problem is about."""
    beside: str = ""
    """What else stands in the line and matters here."""
    inputs: list[Input] = field(default_factory=list)
    good: bool = False
    tried: bool = False

    @property
    def at(self) -> str:
        return str(self.number)


@dataclass(frozen=True)
class Lines:
    """Some lines of one group, by line number."""

    rows: list[Line]
    next: str
    is_first: bool


def groups(found: Iterable[tuple[str, Problem, int]]) -> list[Group]:
    """What can be corrected first; in each kind the largest first."""
    order = ("fix", "no", "leave")
    made = [Group(key, problem, count) for key, problem, count in found if count]
    return sorted(made, key=lambda one: (order.index(one.advice), -one.count, one.key))


def lines(upload: Upload, key: str, *, after: str = "", may_fix: bool = False) -> Lines:
    """The next lines with this problem, behind the line `after`. One query."""
    behind = int(after) if _NUMBER.fullmatch(after) else 0
    rows = UploadLine.objects.filter(upload=upload, problem=key, number__gt=behind).order_by("number")
    found, says = list(rows[: LINES_SHOWN + 1]), Sentences(upload)
    shown = [line(one, says, may_fix=may_fix) for one in found[:LINES_SHOWN]]
    more = str(found[LINES_SHOWN - 1].number) if len(found) > LINES_SHOWN else ""
    return Lines(shown, more, is_first=not behind)


def line(
    row: UploadLine, says: Sentences, *, may_fix: bool, tried: dict[str, str] | None = None, sentence: str = ""
) -> Line:
    """One line; with `tried`, what was typed to correct it, and the `sentence` that refuses it."""
    if not row.problem:
        return Line(row.number, row.typed, "", good=True)
    problem = PROBLEMS[row.problem]
    wrong, hint = _wrong(row)
    can = may_fix and Group(row.problem, problem, 1).advice == "fix"
    return Line(
        number=row.number,
        typed=row.typed.removesuffix(wrong),
        wrong=wrong,
        sentence=sentence or says.of(row),
        hint=hint,
        beside=_beside(row),
        inputs=_inputs(row, tried) if can else [],
        tried=tried is not None,
    )


def values(row: UploadLine, posted: dict[str, str]) -> dict[str, str]:
    """Everything that stands in a line, with what was typed anew in its place."""
    return {name: posted.get(name, str(getattr(row, column))) for name, column in COLUMNS.items()}


def _inputs(row: UploadLine, tried: dict[str, str] | None) -> list[Input]:
    """Empty where the number is wrong: it is copied from the box, not edited from memory."""
    names = _FIELDS.get(row.problem, ("typed",))
    have: dict[str, Any] = tried or {}
    return [Input(name, LABELS[name], have.get(name, ""), name in ("typed", "customer")) for name in names]


def _beside(row: UploadLine) -> str:
    shown = {
        "model_missing": "",
        "order_number": row.order_number,
        "order_date": row.typed_order_date,
        "customer": row.typed_customer,
        "other_id": row.typed_customer,
    }
    return shown.get(row.problem, row.typed_model)


def _wrong(row: UploadLine) -> tuple[str, str]:
    """The part of the number that is wrong, and what it would be."""
    digits = "".join(sign for sign in row.typed if sign.isascii() and sign.isdecimal())
    if row.problem == "imei_digit" and len(digits) == identifiers.IMEI_DIGITS and row.typed.endswith(digits[-1]):
        return digits[-1], f"The last digit would be {identifiers.check_digit(digits[:-1])}"
    if row.problem == "rounded":
        at = row.typed.upper().rfind("E")
        return row.typed[at:] if at > 0 else "", ""
    return "", ""
