"""Many models at once, from CSV: what a file would add or change, line by line, and then doing it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import events
from audit.models import Side
from devices import catalog
from devices.models import DeviceModel, Tac
from devices.reading import texts, unreadable
from tenants import names
from tenants.fields import Words
from tenants.regions import Region

MOST_LINES = 5_000
MOST_BYTES = 1_000_000
HEAD = ("Model code", "Name", "Region", "TAC")
_FIELDS = {"modelcode": 0, "code": 0, "model": 0, "name": 1, "modelname": 1, "region": 2, "tac": 3, "tacs": 3}
_PLAIN = re.compile(r"[\W_]+")
_REGIONS = {_PLAIN.sub("", typed.lower()): region for region in Region for typed in (region.value, str(region.label))}
_NAME = Words("Name")


@dataclass(frozen=True)
class Line:
    """A line of the file. `problem` is a sentence; `act` says what the import does with it."""

    number: int
    code: str
    name: str
    region: str
    tac: str
    problem: str = ""
    act: str = ""

    @property
    def region_name(self) -> str:
        return str(Region(self.region).label) if self.region in Region.values else self.region


@dataclass
class Plan:
    """What an import does to the catalog as it is now: first lines of models, and lines that bring a TAC."""

    lines: list[Line] = field(default_factory=list)
    bad: list[Line] = field(default_factory=list)
    added: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    tacs: list[Line] = field(default_factory=list)

    @property
    def does_something(self) -> bool:
        return bool(self.added or self.changed or self.tacs)

    @property
    def shown(self) -> list[Line]:
        """The lines that do something."""
        return [line for line in self.lines if line.act]


def read(content: bytes, *, name: str) -> list[Line]:
    """The lines, each checked for itself. Raises Unreadable for a file that is none of ours."""
    try:
        rows = list(_cells("".join(texts.blocks(content, [], name=name))))
    except csv.Error as broken:  # a cell without end
        raise unreadable.no_text(name) from broken
    if len(rows) > MOST_LINES:
        raise unreadable.too_many(name, lines=len(rows), limit=MOST_LINES)
    columns = _columns(rows[0][1]) if rows else None
    found = [_line(number, cells, columns or range(len(HEAD))) for number, cells in (rows[1:] if columns else rows)]
    if not found:
        raise unreadable.Unreadable("There are no lines in it. Put one model on each line and send it again.")
    return found


def plan(lines: list[Line]) -> Plan:
    """What the good lines would do. A few queries, however many lines there are."""
    now = _Now(lines)
    for line in lines:
        now.place(line)
    return now.plan


@transaction.atomic
def apply(lines: list[Line], *, by: User) -> Plan:
    """Add and change what the good lines say. Runs as the operator."""
    catalog.alone()
    done = plan(lines)
    if not done.does_something:
        return done
    DeviceModel.objects.bulk_create([
        DeviceModel(code=line.code, name=line.name, name_key=names.key(line.name), region=line.region)
        for line in done.added
    ])  # fmt: skip
    models = DeviceModel.objects.in_bulk([line.code for line in done.lines if not line.problem], field_name="code")
    for line in done.changed:
        model = models[line.code]
        model.name, model.name_key, model.region = line.name, names.key(line.name), line.region
    changed = [models[line.code] for line in done.changed]
    DeviceModel.objects.bulk_update(changed, ["name", "name_key", "region"], batch_size=500)
    Tac.objects.bulk_create([Tac(tac=line.tac, model=models[line.code]) for line in done.tacs])
    events.record(
        "model.imported", by, by=by, side=Side.SAMSUNG,
        added=len(done.added), changed=len(done.changed), tacs=len(done.tacs),
    )  # fmt: skip
    return done


def as_text(lines: list[Line]) -> str:
    """The lines as they go into the second step, which reads and checks them again."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows(
        [HEAD, *((line.code, line.name, line.region, line.tac) for line in lines)]
    )
    return written.getvalue()


class _Now:
    """The catalog as far as these lines are about it, and what the lines before said."""

    def __init__(self, lines: list[Line]) -> None:
        self.plan = Plan()
        self.known = DeviceModel.objects.in_bulk([line.code for line in lines], field_name="code")
        tacs = Tac.objects.filter(tac__in=[line.tac for line in lines if line.tac])
        self.tacs = dict(tacs.values_list("tac", "model__code"))
        moved = {self.known[line.code].pk for line in lines if line.code in self.known and self._moves(line)}
        self.fixed = catalog.with_devices(moved)
        self.first: dict[str, Line] = {}
        self.given: dict[str, Line] = {}

    def place(self, line: Line) -> None:
        if problem := line.problem or self._clash(line):
            line = replace(line, problem=problem)
            self.plan.bad.append(line)
        else:
            line = replace(line, act=", ".join(self._acts(line)).replace(", New", ", new"))
        self.plan.lines.append(line)

    def _clash(self, line: Line) -> str:
        """What in the catalog, or in a line before, says otherwise."""
        first = self.first.get(line.code, line)
        if (first.name, first.region) != (line.name, line.region):
            return f"Line {first.number} has another name or region for {line.code}."
        if self.tacs.get(line.tac, line.code) != line.code:
            return catalog.tac_taken(line.tac, self.tacs[line.tac])
        if line.tac in self.given and self.given[line.tac].code != line.code:
            return f"Line {self.given[line.tac].number} gives this TAC to {self.given[line.tac].code}."
        known = self.known.get(line.code)
        return catalog.region_stays(known) if known and known.pk in self.fixed and self._moves(line) else ""

    def _acts(self, line: Line) -> Iterator[str]:
        known = self.known.get(line.code)
        if line.code not in self.first:
            self.first[line.code] = line
            if known is None:
                self.plan.added.append(line)
                yield "New model"
            elif (known.name, known.region) != (line.name, line.region):
                self.plan.changed.append(line)
                yield f"Was {known.name}, {known.get_region_display()}"
        if line.tac and line.tac not in self.tacs and line.tac not in self.given:
            self.plan.tacs.append(line)
            yield "New TAC"
        if line.tac:
            self.given.setdefault(line.tac, line)

    def _moves(self, line: Line) -> bool:
        return not line.problem and line.region != self.known[line.code].region


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines with content, and their numbers."""
    first = text.lstrip().partition("\n")[0]
    separator = max(";\t,", key=first.count)
    for number, cells in enumerate(csv.reader(text.split("\n"), delimiter=separator), start=1):
        if any(cell.strip() for cell in cells):
            yield number, [cell.strip() for cell in cells]


def _columns(cells: list[str]) -> list[int] | None:
    """Where code, name, region and TAC stand, if this line is a header. A TAC is not needed."""
    fields = [_FIELDS.get(_PLAIN.sub("", cell.lower()), -1) for cell in cells]
    if fields.count(-1) == len(fields):
        return None
    for column, label in enumerate(HEAD[:3]):
        if column not in fields:
            raise unreadable.Unreadable(f"We need the column {label} and did not find it. {_ORDER}")
    return [fields.index(column) if column in fields else len(cells) for column in range(len(HEAD))]


_ORDER = f"The columns are {', '.join(HEAD)}."


def _line(number: int, cells: list[str], columns: Sequence[int]) -> Line:
    filled = [*cells, *[""] * (len(HEAD) + 1)]
    code, name, region, tac = (filled[column] for column in columns)
    code, region = code.upper(), _REGIONS.get(_PLAIN.sub("", region.lower()), region[:40])
    line = Line(number, code[:40], name[:200], str(region), tac[:40])
    return replace(line, problem=_problem(line))


def _problem(line: Line) -> str:
    """What is wrong with the line by itself."""
    if problem := catalog.code_problem(line.code):
        return problem
    try:
        _NAME.clean(line.name)
    except ValidationError as wrong:
        return str(wrong.messages[0])
    if line.region not in Region.values:
        return f"The region is one of {', '.join(str(label) for label in Region.labels)}."
    return catalog.tac_problem(line.tac) if line.tac else ""
