"""Charts as plain numbers for SVG: where each column, segment and cell stands. What a chart says in words and as a
table comes from the same rows, so they never differ.

Coordinates are text: a page writes its numbers in the reader's way, and SVG knows only one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

PLOT_WIDTH, PLOT_HEIGHT = 440, 190
_LEFT, _TOP, _FLOOR = 44, 14, 160
_WIDEST, _GAP, _LEAST = 34, 2.0, 1.5
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 10)
_TICKS = 4
CELL = 28
_BETWEEN = 4


@dataclass(frozen=True)
class Box:
    """A rectangle, and its tone: the name of a fill in assets/portal.css (a, ok, warn, bad, off)."""

    tone: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Tick:
    """A line of the scale."""

    value: int
    y: str
    text_y: str


@dataclass(frozen=True)
class Week:
    """One column: the week that begins on `day`, with a number for each series."""

    day: date
    values: tuple[int, ...]


@dataclass(frozen=True)
class Column:
    """A week as it is drawn. Every second label goes where there is little room."""

    week: Week
    middle: str
    boxes: list[Box]
    is_odd: bool


@dataclass(frozen=True)
class Series:
    """What one color of a chart counts."""

    name: str
    tone: str


class Columns:
    """Weeks side by side, each stacked from the series."""

    width, height, left = PLOT_WIDTH, PLOT_HEIGHT, _LEFT
    label_y = _FLOOR + 18
    axis_x = _LEFT - 6

    def __init__(self, weeks: Sequence[Week], series: Sequence[Series]) -> None:
        self.weeks, self.series = weeks, series
        self.top = _nice(max((sum(week.values) for week in weeks), default=0))

    def __bool__(self) -> bool:
        return any(sum(week.values) for week in self.weeks)

    @property
    def highest(self) -> Week:
        """The week with the most, the newest of equal ones."""
        return max(reversed(self.weeks), key=lambda week: sum(week.values))

    @property
    def most(self) -> list[tuple[str, int]]:
        """What that week counts, by name of the series."""
        return [(one.name, value) for one, value in zip(self.series, self.highest.values, strict=True)]

    @property
    def ticks(self) -> list[Tick]:
        found = []
        for step in range(_TICKS + 1):
            y = _FLOOR - (_FLOOR - _TOP) * step / _TICKS
            found.append(Tick(self.top * step // _TICKS, _text(y), _text(y + 4)))
        return found

    @property
    def columns(self) -> list[Column]:
        room = (PLOT_WIDTH - _LEFT) / max(1, len(self.weeks))
        wide = min(_WIDEST, room - 10)
        return [
            Column(
                week,
                _text(_LEFT + room * (at + 0.5)),
                self._boxes(week, _LEFT + room * (at + 0.5) - wide / 2, wide),
                is_odd=(len(self.weeks) - at) % 2 == 0,  # the newest keeps its label
            )
            for at, week in enumerate(self.weeks)
        ]

    def _boxes(self, week: Week, x: float, wide: float) -> list[Box]:
        """From the floor up, with a gap between two colors. What is there is seen, however small."""
        boxes: list[Box] = []
        floor = float(_FLOOR)
        for series, value in zip(self.series, week.values, strict=True):
            if not value:
                continue
            high = max(_LEAST, value / self.top * (_FLOOR - _TOP) - (_GAP if boxes else 0))
            boxes.append(Box(series.tone, _text(x), _text(floor - high), _text(wide), _text(high)))
            floor -= high + _GAP
        return boxes


def parts(counts: Iterable[tuple[str, int]], *, most: int) -> list[Box]:
    """A bar 100 wide and 10 high, cut into its tones: `most` fills it. Drawn as `.meter`."""
    boxes: list[Box] = []
    x = 0.0
    for tone, count in counts:
        if not count or not most:
            continue
        width = max(1.5, count / most * 100 - (0.5 if boxes else 0))
        boxes.append(Box(tone, _text(x), "0", _text(min(width, 100 - x)), "10"))
        x += width + 0.5
    return boxes


@dataclass(frozen=True)
class Cell[T]:
    """One of many in a strip."""

    of: T
    x: str
    y: str
    text_x: str
    text_y: str


@dataclass(frozen=True)
class Strip[T]:
    """Cells in rows."""

    cells: list[Cell[T]]
    width: int
    height: int


def strip[T](items: Sequence[T], *, across: int) -> Strip[T]:
    """The items as cells, `across` in a row."""
    size = CELL + _BETWEEN
    cells = []
    for at, one in enumerate(items):
        row, column = divmod(at, across)
        x, y = column * size, row * size
        cells.append(Cell(one, str(x), str(y), _text(x + CELL / 2), _text(y + CELL / 2 + 4)))
    rows = -(-len(items) // across)
    return Strip(cells, min(len(items), across) * size - _BETWEEN, max(1, rows) * size - _BETWEEN)


def _nice(most: int) -> int:
    """The top of a scale whose four steps are numbers that people count in."""
    if most <= _TICKS:
        return _TICKS
    size = 10 ** (len(str(most)) - 1)
    tops = (int(_TICKS * step * size / 10 * scale) for scale in (1, 10) for step in _STEPS)
    return next(top for top in tops if top >= most and top % _TICKS == 0)


def _text(number: float) -> str:
    return f"{number:.1f}"
