"""The activity log of one organization (knox.md 9.2): what its address asks for, as one query; and its lines."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField
from django.http import QueryDict
from django.utils import timezone

from audit.categories import Category, category, event_name, verbs_of
from audit.models import SENTENCES, Event, Side
from tenants import access, lists
from tenants.models import Customer

RANGES = {"7": "Last 7 days", "30": "Last 30 days", "all": "Show all"}
_COLUMNS = {"date": ("Date", lists.Order("at", descending=True))}
_TEXTS = {v: f"{event_name(v)}\n{re.sub('{.*?}', chr(10), text)}".lower() for v, text in SENTENCES.items()}
"""What each event says by itself, without the names in it."""
_LABELS = {"kcs_id": "KCS Customer ID", "msp_id": "MSP ID", "reseller_id": "Reseller ID"}
_BY = "p"
"""Before the key of a person in the address; a side stands there by its name."""


@dataclass(frozen=True)
class Log:
    """Whose log it is: the events that this person may read there, and how other organizations are called."""

    base: str
    reader: Side
    events: QuerySet[Event]
    is_own_only: bool
    """Without the right to the whole log, one reads what one did oneself."""
    people: dict[int, str]
    """The colleagues, by the key of their account."""
    customers: Callable[[set[int]], dict[int, str]]
    organizations: Callable[[list[Event]], dict[tuple[str, int], str]]
    """Their names, by the column of the event and the key in it."""
    context: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One event as the reader of this log sees it."""

    event: Event
    who: str
    category: str
    name: str
    customer: str
    details: list[tuple[str, str]]

    @property
    def sentence(self) -> str:
        text = self.event.sentence
        return text[:1].upper() + text[1:]


class _Values(Func):
    """The values of a JSON object as one text, without its keys."""

    template = "jsonb_path_query_array(%(expressions)s, '$.*')::text"
    output_field = TextField()


class ActivityList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, query: QueryDict, log: Log) -> None:
        self.query, self.log = query, log
        self.q = query.get("q", "").strip()[:200]
        self.range = _known(query, "range", RANGES) or "7"
        self.category = _known(query, "category", Category.values)
        self.event = _known(query, "event", SENTENCES)
        self.who = _known(query, "who", dict(self.names()))
        self.sorting = lists.Sorting(query, _COLUMNS, default="date")

    def names(self) -> list[tuple[str, str]]:
        """Whom one can ask for: the colleagues by name, and the other sides."""
        if self.log.is_own_only:
            return []
        others = [(side.value, str(side.label)) for side in Side if side != self.log.reader]
        return [(f"{_BY}{pk}", name) for pk, name in self.log.people.items()] + others

    def page(self) -> lists.Page[Event]:
        return lists.page(self.rows(), self.sorting.order, self.query)

    def rows(self) -> QuerySet[Event]:
        found = self.log.events
        if self.range != "all":
            found = found.filter(at__gte=timezone.now() - timedelta(days=int(self.range)))
        if self.category:
            found = found.filter(verb__in=verbs_of(self.category))
        if self.event:
            found = found.filter(verb=self.event)
        return self._by_words(self._by_name(found))

    def views(self) -> list[tuple[str, str, str]]:
        return [(key, label, lists.without(self.query, range=key)) for key, label in RANGES.items()]

    def chips(self) -> list[lists.Chip]:
        shown = {
            "q": ("Keyword", self.q),
            "who": ("Name", dict(self.names()).get(self.who, "")),
            "category": ("Category", str(Category(self.category).label) if self.category else ""),
            "event": ("Event", event_name(self.event) if self.event else ""),
        }
        return lists.chips(self.query, shown)

    def _by_name(self, found: QuerySet[Event]) -> QuerySet[Event]:
        if self.who in Side.values:
            return found.filter(side=self.who)
        return found.filter(actor_id=int(self.who.removeprefix(_BY)), side=self.log.reader) if self.who else found

    def _by_words(self, found: QuerySet[Event]) -> QuerySet[Event]:
        """In what the reader sees: never in the name of a person of another side."""
        if not self.q:
            return found
        word = self.q.lower()
        verbs = [verb for verb, text in _TEXTS.items() if word in text]
        own_people = Q(side=self.log.reader, actor_name__icontains=self.q)
        about = Q(customer_id__in=Customer.objects.matching(self.q).values("pk"))
        said = Q(verb__in=verbs) | Q(target_name__icontains=self.q) | Q(said__icontains=self.q)
        return found.alias(said=_Values(F("detail"))).filter(said | own_people | about | Q(request_id=word))


def lines(rows: list[Event], log: Log) -> list[Line]:
    """The rows as this reader sees them: other sides by the organization, not the person (knox.md 9.2)."""
    customers = log.customers({one.customer_id for one in rows if one.customer_id})
    organizations = log.organizations(rows)
    return [_line(one, log, customers, organizations) for one in rows]


def csv_rows(shown: Iterable[Line]) -> Iterator[list[object]]:
    yield ["Date (UTC)", "Name", "Category", "Event", "Customer", "Description", "Detail"]
    for one in shown:
        detail = "; ".join(f"{label}: {value}" for label, value in one.details)
        yield [
            one.event.at, one.who, one.category, one.name, one.customer, one.sentence, detail,
        ]  # fmt: skip


def _line(one: Event, log: Log, customers: dict[int, str], organizations: dict[tuple[str, int], str]) -> Line:
    names: dict[Side, str] = {}
    for kind, side in access.SIDES.items():
        pk = getattr(one, column := f"{kind}_id") or 0
        if name := organizations.get((column, pk)) or (customers.get(pk) if side == Side.CUSTOMER else ""):
            names[side] = name
    return Line(
        event=one,
        who=one.who(reader=log.reader, names=names),
        category=str(category(one.verb).label),
        name=event_name(one.verb, kind=one.detail.get("kind", "")),
        customer=customers.get(one.customer_id or 0, ""),
        details=_details(one, log),
    )


def _details(one: Event, log: Log) -> list[tuple[str, str]]:
    """What is known beside the sentence. The address is for the own side alone: it tells where a person was."""
    told = [(_label(key), _text(value)) for key, value in one.detail.items() if value != ""]
    if one.request_id:
        told.append(("Request", one.request_id))
    if one.address and one.side == log.reader:
        told.append(("Address", str(one.address)))
    return told


def _label(key: str) -> str:
    return _LABELS.get(key) or key.replace("_", " ").capitalize()


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _known(query: QueryDict, name: str, known: Iterable[str]) -> str:
    asked = query.get(name, "")
    return asked if asked in known else ""
