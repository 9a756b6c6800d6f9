"""The devices of a customer in one service, as a list: what its address asks for, and the same as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import QueryDict

from services import engine
from services.console import Action, Console, State
from services.models import Command, Enrollment, Thing
from services.pages.places import ServicePlace
from services.picking import NOTHING, Picked
from tenants import lists, together
from tenants.models import Customer, CustomerService, looked_up, managed_by

_SORTS = {
    "number": ("Device", lists.Order("known_by")),
    "since": ("State since", lists.Order("in_state_since", descending=True)),
    "added": ("Added", lists.Order("id", descending=True)),
}
_THINGS_OFFERED = 200
_CUSTOMERS_OFFERED = 8
_FILTERS = ("q", "state", "thing", "model", "tag")


@dataclass(frozen=True)
class StateCount:
    """A state, how many devices are in it (as text, capped), and the address that shows them."""

    state: State
    count: str
    url: str
    is_chosen: bool


class Offer(NamedTuple):
    """An action in the menu; `why_not` is empty where it can be opened."""

    action: Action
    url: str
    why_not: str


class ConsoleList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, at: ServicePlace, query: QueryDict, recent: Sequence[int] = ()) -> None:
        self.at, self.query, self.recent = at, query, recent
        self.picked = Picked.read(at.customer, at.console, query)
        self.filters = self.picked.filters
        self.sorting = lists.Sorting(query, _SORTS, default="added")
        self.counts, self.all_count = _counts(at)

    def rows(self) -> QuerySet[Any]:
        return shown(self.picked.listed(), self.at.console)

    def page(self) -> lists.Page[Any]:
        """One query; another for the number of rows where the list is narrowed by more than a state."""
        return lists.page(self.rows(), self.sorting.order, self.query, total=self._total())

    def _total(self) -> int | None:
        if self.filters or self.picked.thing:
            return None
        return sum(self.counts[code] for code in self.picked.states) if self.picked.states else self.all_count

    def states(self) -> list[StateCount]:
        """Those that a device is in, and those that are chosen."""
        chosen = self.picked.states
        return [
            StateCount(one, lists.capped(self.counts[one.code]), self._only(one), chosen == [one.code])
            for one in self.at.console.states
            if self.counts[one.code] or one.code in chosen
        ]

    @property
    def all_text(self) -> str:
        return lists.capped(self.all_count)

    def _only(self, state: State) -> str:
        return lists.without(self.query, "state", state=state.code)

    @property
    def every_state_url(self) -> str:
        return lists.without(self.query, "state")

    @property
    def without_filters(self) -> str:
        return lists.without(self.query, *_FILTERS)

    def attention(self) -> list[StateCount]:
        """States in which somebody should do something, with devices in them."""
        return [one for one in self.states() if one.state.attention and one.count != "0"]

    def things(self) -> list[tuple[str, str]]:
        """What devices can be assigned to, to filter by: key, name."""
        at = self.at
        kinds = [kind.code for kind in at.console.kinds if kind.is_assigned]
        things = Thing.objects.filter(customer=at.customer, service=at.console.service, kind__in=kinds)
        rows = things.order_by("name_key", "pk").values_list("pk", "name")[:_THINGS_OFFERED]
        return [(str(pk), name) for pk, name in rows]

    def others(self) -> list[tuple[str, str]]:
        """Other customers that the MSP manages in this service (KCS Customer ID, name): those first that the person
        opened last."""
        if not (msp := self.at.place.msp):
            return []
        using = CustomerService.objects.filter(service=self.at.console.service)
        others = Customer.objects.exclude(pk=self.at.customer.pk)
        shared = others.filter(managed_by(msp, "pk"), looked_up(Q(pk__in=using.values("customer"))))
        turns = [When(pk=pk, then=turn) for turn, pk in enumerate(self.recent)]
        by_turn = [Case(*turns, default=len(turns), output_field=IntegerField())] if turns else []
        return list(shared.order_by(*by_turn, "name_key", "pk").values_list("kcs_id", "name")[:_CUSTOMERS_OFFERED])

    def chips(self, things: list[tuple[str, str]]) -> list[lists.Chip]:
        thing = self.picked.thing
        labels = [self.at.console.state(code).label for code in self.picked.states]
        return lists.chips(self.query, {
            "q": ("Search", self.filters.q),
            "state": ("State", " or ".join(labels)),
            "thing": ("Assigned", "Nothing" if thing == NOTHING else dict(things).get(thing, thing)),
            "model": ("Model", self.filters.model),
            "tag": ("Tags", " and ".join(self.filters.tags)),
        })  # fmt: skip

    def asked(self) -> list[tuple[str, str]]:
        """The filters as fields of a form, for what is done with all that match."""
        return [(name, value) for name in _FILTERS for value in self.query.getlist(name) if value]

    def offers(self, obstacle: str) -> list[Offer]:
        """Every action of the console, in its order; those that cannot be opened say why."""
        at = self.at
        return [
            Offer(one, at.url("console-act", one.code), obstacle or one.closed(at.customer) or self._not_in(one))
            for one in at.console.actions
            if one.states
        ]

    def _not_in(self, action: Action) -> str:
        """Why the list's state rules the action out."""
        states = self.picked.states
        if not states or any(code in action.states for code in states):
            return ""
        return f"Not while a device is {' or '.join(self.at.console.state(code).label for code in states)}."


def shown(devices: QuerySet[Any], console: Console) -> QuerySet[Any]:
    """With how each device stands in the service, in the same query: `in_state`, `in_state_since`, `thing_name`,
    `thing_key`, `newest_version`, `own_version`, `facts`, `seen_at`, `waits` (a command has no answer yet)."""
    open_commands = Command.objects.filter(device=OuterRef("pk"), service=console.service, state__in=Command.OPEN)
    found: QuerySet[Any] = devices.select_related("model").annotate(
        own=FilteredRelation("enrollments", condition=Q(enrollments__service=console.service)),
        known_by=Coalesce("imei", "meid", "serial", output_field=CharField()),
        in_state=Coalesce(F("own__state"), Value(console.first.code)),
        in_state_since=Coalesce(F("own__since"), F("added_at")),
        thing_key=F("own__thing_id"),
        thing_name=F("own__thing__name"),
        thing_kind=F("own__thing__kind"),
        newest_version=F("own__thing__version"),
        own_version=F("own__thing_version"),
        facts=F("own__facts"),
        seen_at=F("agent__seen_at"),
        waits=Exists(open_commands),
    )
    return found


def decorate(rows: list[Any], at: ServicePlace) -> list[Any]:
    """Put on each row what the table writes: `stands` (the state), `told` (facts), `url` and `thing_url`."""
    for row in rows:
        row.stands = at.console.standing(row.in_state, row.facts)
        row.told = told(row.facts, at.console)
        row.url = at.place.url("device", row.pk)
        row.thing_url = at.url("thing", row.thing_kind, row.thing_key) if row.thing_key else ""
    return rows


def told(facts: dict[str, Any] | None, console: Console) -> list[str | date]:
    """The facts that the console shows, as text, an instant or a day; empty where there is none."""
    return [_fact((facts or {}).get(name), is_instant=name in console.instants) for name, _ in console.columns]


def _fact(value: Any, *, is_instant: bool) -> str | date:
    if value is None or value is True:
        return "Yes" if value else ""
    if not is_instant:
        return str(value)
    return datetime.fromisoformat(value).astimezone(UTC) if "T" in value else date.fromisoformat(value)


def because(console: Console, reason: str) -> str:
    """Why a state changed, as the trigger noted it, in words: an action, how it ended on the device, or a clock."""
    code, _, end = reason.partition(" ")
    if action := console.action(code):
        return f"{action.label}: {end}" if end else action.label
    if end == "reported" and console.event(code):
        return "Reported by the device"
    return reason.replace("_", " ").capitalize()


def csv_rows(rows: QuerySet[Any], console: Console) -> Iterator[list[object]]:
    """The list as CSV, head first."""
    yield [
        "IMEI", "MEID", "Serial number", "Model", "Model code", "Tags", "State", "Since (UTC)", "Assigned", "Version",
        "Newest version", *(label for _, label in console.columns), "Last seen (UTC)",
    ]  # fmt: skip
    for row in rows.iterator(chunk_size=2000):
        yield [
            row.imei, row.meid, row.serial, row.model.name, row.model.code, ", ".join(row.tags),
            console.standing(row.in_state, row.facts).label, row.in_state_since, row.thing_name, row.own_version,
            row.newest_version, *told(row.facts, console), row.seen_at,
        ]  # fmt: skip


def _counts(at: ServicePlace) -> tuple[dict[str, int], int]:
    """Devices per state, and all of them. One query: the index of enrollments by state, and those without one, which
    are counted up to the cap of lists."""
    own = Enrollment.objects.of(at.customer, at.console.service).order_by().values("state")
    everyone = Picked.read(at.customer, at.console, QueryDict()).listed()
    out = engine.standing(everyone, at.console, {at.console.first.code}).order_by().values("pk")[: lists.CAP + 1]
    found = together.read(rows={"own": own.annotate(count=Count("*"))}, sizes={"out": out})
    counts = dict.fromkeys((state.code for state in at.console.states), 0)
    counts |= {one["state"]: one["count"] for one in found["own"]} | {at.console.first.code: found["out"]}
    return counts, sum(counts.values())
