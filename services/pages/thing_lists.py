"""The things of one kind that a customer has, as a list: what its address asks for; and the same as CSV."""

from collections.abc import Iterable, Iterator

from django.db.models import Count, QuerySet
from django.http import QueryDict

from services import copies, things
from services.console import Kind
from services.models import Enrollment, Thing
from services.pages import thing_forms
from services.pages.places import ServicePlace
from tenants import lists, names
from tenants.two_portals import Place

_COLUMNS = {
    "name": ("Name", lists.Order("name_key")),
    "changed": ("Changed", lists.Order("changed_at", descending=True)),
}
TONES = {"active": "ok", "scheduled": "wait", "expired": "off", "cancelled": "off"}
"""What the state of a thing is drawn as."""


class ThingList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, at: ServicePlace, kind: Kind, query: QueryDict) -> None:
        self.at, self.customer, self.console, self.kind, self.query = at, at.customer, at.console, kind, query
        self.q = query.get("q", "").strip()[:100]
        self.sorting = lists.Sorting(query, _COLUMNS, default="name")

    def all(self) -> QuerySet[Thing]:
        return Thing.objects.filter(customer=self.customer, service=self.console.service, kind=self.kind.code)

    def rows(self) -> QuerySet[Thing]:
        """Those whose name starts as what is typed."""
        start = names.key(self.q)
        return self.all().filter(name_key__gte=start, name_key__lt=names.after(start)) if start else self.all()

    def page(self) -> lists.Page[Thing]:
        """With `state`, `devices`, `origin` and `who` on each row. Three more queries, whatever the number of rows."""
        page = lists.page(self.rows(), self.sorting.order, self.query)
        decorate(page.rows, self.kind, self.at.portal)
        return page

    def chips(self) -> list[lists.Chip]:
        return lists.chips(self.query, {"q": ("Search", self.q)})


def decorate(rows: list[Thing], kind: Kind, portal: Place) -> None:
    """What the table shows besides the columns: what tells it apart, the state, how many devices have it, what it is a
    copy of, and who changed it, as this side reads it."""
    told = {name: kind.form.base_fields[name] for name in kind.shown}
    counts = having(rows) if kind.is_assigned else {}
    origins = copies.origins(rows) if kind.is_copied else {}
    who = portal.who(row.changed_by_id for row in rows)
    for row in rows:
        shown = vars(row)
        shown["told"] = [thing_forms.text(field, row.settings.get(name)) for name, field in told.items()]
        shown["state"] = things.state_of(row)
        shown["devices"] = counts.get(row.pk, 0)
        shown["copied_from"] = origins.get(row.pk)
        shown["who"] = who[row.changed_by_id]


def having(rows: Iterable[Thing]) -> dict[int, int]:
    """How many devices have each of these. One query."""
    rows = list(rows)
    if not rows:
        return {}
    own = Enrollment.objects.filter(customer=rows[0].customer_id, service=rows[0].service, thing__in=rows)
    return dict(own.order_by().values_list("thing").annotate(count=Count("*")))


def csv_rows(listed: ThingList, most: int) -> Iterator[list[object]]:
    """The list as CSV, head first, by name."""
    rows = list(listed.rows().order_by("name_key", "pk")[:most])
    decorate(rows, listed.kind, listed.at.portal)
    labels = [str(listed.kind.form.base_fields[name].label) for name in listed.kind.shown]
    yield ["Name", *labels, "State", "Version", "Devices", "Copyable", "Changed", "Changed by"]
    for row in rows:
        yield [
            row.name,
            *vars(row)["told"],
            vars(row)["state"].capitalize(),
            row.version,
            vars(row)["devices"] if listed.kind.is_assigned else "",
            "Yes" if row.is_copyable else "No",
            row.changed_at,
            vars(row)["who"],
        ]
