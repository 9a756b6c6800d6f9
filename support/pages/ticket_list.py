"""The tickets of one side as a list: what its address asks for, as one query; and the same as CSV."""

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet
from django.http import QueryDict

from support.models import Ticket
from tenants import lists

State, Kind = Ticket.State, Ticket.Kind
_COLUMNS = {
    "moved": ("Last change", lists.Order("moved_at", descending=True)),
    "ticket": ("Ticket", lists.Order("pk", descending=True)),
}
_LASTING = "lasting"
"""Asks for every state but closed."""
_LONGEST_ID = 20


class TicketList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = query.get("q", "").strip()[:200]
        self.state = query.get("state", "") if query.get("state") in (_LASTING, *State.values) else ""
        self.kind = query.get("kind", "") if query.get("kind") in Kind.values else ""
        self.customer = query.get("customer", "").strip()[:_LONGEST_ID]
        self.sorting = lists.Sorting(query, _COLUMNS, default="moved")

    def rows(self, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """Those of `tickets` that the address asks for."""
        rows = tickets.select_related("about", "opened_by")
        if self.state == _LASTING:
            rows = rows.exclude(state=State.CLOSED)
        elif self.state:
            rows = rows.filter(state=self.state)
        if self.customer:
            rows = rows.filter(about__kcs_id=self.customer)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        return rows.filter(self._matching()) if self.q else rows

    def _matching(self) -> Q:
        """A whole number, or any part of a subject, as people remember a word of it: one side has few tickets."""
        return Q(subject__icontains=self.q) | Q(pk=lists.key("".join(self.q.split())))

    def page(self, tickets: QuerySet[Ticket]) -> lists.Page[Ticket]:
        return lists.page(self.rows(tickets), self.sorting.order, self.query)

    def chips(self) -> list[lists.Chip]:
        kind = Kind(self.kind).label if self.kind else ""
        shown = {"q": ("Search", self.q), "kind": ("Kind", str(kind)), "customer": ("KCS Customer ID", self.customer)}
        return lists.chips(self.query, shown)

    def views(self) -> list[tuple[str, str, str]]:
        """The states as tabs: value, label, address."""
        every = ("", "All", lists.without(self.query, "state"))
        choices = [(_LASTING, "Not closed"), *State.choices]
        return [every, *((key, str(label), lists.without(self.query, state=key)) for key, label in choices)]


def csv_rows(rows: Iterable[Ticket]) -> Iterator[list[object]]:
    yield ["Ticket", "Subject", "Kind", "State", "KCS Customer ID", "Opened by", "Opened", "Last change", "Closed"]
    for one in rows:
        yield [
            *(one.pk, one.subject, one.get_kind_display(), one.get_state_display()),
            one.about.kcs_id if one.about else "",
            str(one.opened_by),
            *(one.opened_at, one.moved_at, one.closed_at),
        ]
