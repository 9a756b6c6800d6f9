"""Lists: one page of a sorted query by keyset, with no count of large sets (design.md 8)."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

PAGE_SIZE = 50
CAP = 1000
_LARGEST = 2**63 - 1
"""What a key can be."""


@dataclass(frozen=True)
class Order:
    """Sorted by a field, and by the key where that is equal."""

    field: str
    descending: bool = False

    def by(self, *, backwards: bool = False) -> list[str]:
        sign = "-" if self.descending != backwards else ""
        return [f"{sign}{self.field}", f"{sign}pk"]

    def beyond(self, value: Any, pk: Any, *, backwards: bool) -> Q:
        """The rows behind (or before) the one with this value and key."""
        side = "lt" if self.descending != backwards else "gt"
        behind = Q(**{f"{self.field}__{side}": value}) | Q(**{self.field: value, f"pk__{side}": pk})
        return behind & Q(**{f"{self.field}__{side}e": value})


@dataclass(frozen=True)
class Page[M: Model]:
    """One page, and the addresses of its neighbors (empty where there is none)."""

    rows: list[M]
    next: str
    previous: str
    total: int
    capped: bool

    @property
    def total_text(self) -> str:
        match = f"more than {CAP:,} match" if self.capped else f"{self.total:,} match"
        return f"{len(self.rows):,} shown, {match}"


def page[M: Model](  # noqa: PLR0913  (a list, and three ways in which lists differ)
    rows: QuerySet[M],
    order: Order,
    query: QueryDict,
    *,
    size: int = PAGE_SIZE,
    total: int | None = None,
    read: Callable[[QuerySet[M, Any]], QuerySet[M]] | None = None,
) -> Page[M]:
    """The page of `rows` that the address asks for with `after` or `before`. Two queries, whatever the size; one
    where the caller knows the `total`.

    `read`: makes the rows of a query for their keys. Then an index that holds what filters and sorts tells which they
    are, and only these are read.
    """
    cursor = _read(query.get("before") or query.get("after"), order)
    backwards = bool(cursor) and "before" in query
    wanted = rows.order_by(*order.by(backwards=backwards))
    if cursor:
        wanted = wanted.filter(order.beyond(*cursor, backwards=backwards))
    if read:
        wanted = read(wanted.values("pk")[: size + 1]).order_by(*order.by(backwards=backwards))
    found = list(wanted[: size + 1])
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    total = rows.order_by()[: CAP + 1].count() if total is None else total
    link = _linker(query, order)
    return Page(
        rows=shown,
        next=link("after", shown[-1]) if shown and (more or backwards) else "",
        previous=link("before", shown[0]) if shown and cursor and (more or not backwards) else "",
        total=min(total, CAP),
        capped=total > CAP,
    )


def capped(count: int) -> str:
    """A count as people read it, where it goes one beyond the cap at most."""
    return f"{CAP:,}+" if count > CAP else f"{count:,}"


def key(typed: str) -> int:
    """The key of a row that is named in an address or searched for; 0 for what is none."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(_LARGEST))
    return int(typed) if is_number and int(typed) <= _LARGEST else 0


def keys(typed: Iterable[str]) -> list[int]:
    """Those of the rows that were ticked."""
    return [pk for one in typed if (pk := key(one))]


def without(query: QueryDict, *names: str, **changed: str) -> str:
    """The address's query with some parameters taken away or changed, back on the first page."""
    copy = query.copy()
    for name in (*names, "after", "before"):
        copy.pop(name, None)
    for name, value in changed.items():
        copy[name] = value
    return f"?{copy.urlencode()}"


class Chip(NamedTuple):
    """A filter in force, and the address without it."""

    label: str
    value: str
    remove_url: str


def chips(query: QueryDict, shown: dict[str, tuple[str, str]]) -> list[Chip]:
    """Of each parameter that has a value: its label, and the value as people read it."""
    return [Chip(label, value, without(query, name)) for name, (label, value) in shown.items() if value]


class Head(NamedTuple):
    """The head of a column that sorts: the address, and how it is sorted now (`ascending`, `descending` or nothing)."""

    label: str
    url: str
    direction: str


class Sorting:
    """How an address sorts a list: `sort=name` as that column is sorted by itself, `sort=-name` the other way."""

    def __init__(self, query: QueryDict, columns: dict[str, tuple[str, Order]], *, default: str) -> None:
        asked = query.get("sort", "")
        self.query, self.columns, self.turned = query, columns, asked.startswith("-")
        name = asked.removeprefix("-")
        self.key = name if name in columns else default

    @property
    def order(self) -> Order:
        own = self.columns[self.key][1]
        return Order(own.field, descending=own.descending != self.turned)

    def heads(self) -> dict[str, Head]:
        return {key: self._head(key, label) for key, (label, _) in self.columns.items()}

    def _head(self, key: str, label: str) -> Head:
        if key != self.key:
            return Head(label, without(self.query, sort=key), "")
        direction = "descending" if self.order.descending else "ascending"
        return Head(label, without(self.query, sort=key if self.turned else f"-{key}"), direction)


def _linker(query: QueryDict, order: Order) -> Callable[[str, Model], str]:
    def link(name: str, row: Model) -> str:
        value: Any = row
        for part in order.field.split("__"):
            value = getattr(value, part)
        return without(query, **{name: _signer(order).sign_object([value, row.pk], serializer=_Exact)})

    return link


def _read(cursor: str | None, order: Order) -> tuple[Any, Any] | None:
    """The value and key in a cursor; None for one that was altered or belongs to another order: the first page."""
    try:
        value, pk = _signer(order).unsign_object(cursor or "", serializer=_Exact)
    except BadSignature:
        return None
    return value, pk


def _signer(order: Order) -> Signer:
    """Nobody else makes a cursor, and each fits the type of its column."""
    return Signer(salt=f"{__name__}:{order.field}")


class _Exact(DjangoJSONEncoder):
    """Django's encoder cuts times to milliseconds, which would skip rows."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)

    def dumps(self, value: Any) -> bytes:
        return self.encode(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)
