"""The list of administrators: what is asked for in its address, as one query; and the same as CSV."""

from collections.abc import Iterable, Iterator

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, Q, QuerySet
from django.http import QueryDict

from tenants import access, lists, names
from tenants.models import Management, Membership, NamedCustomer, Role
from tenants.pages.places import PeoplePlace

_COLUMNS = {
    "name": ("Name", lists.Order("name_key")),
    "email": ("Email", lists.Order("email")),
    "role": ("Role", lists.Order("role__name")),
    "status": ("Status", lists.Order("state")),
}
State, Scope = Membership.State, Membership.Scope


class PeopleList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, place: PeoplePlace, query: QueryDict) -> None:
        self.place, self.query = place, query
        self.q = query.get("q", "").strip()[:200]
        self.state = query.get("status", "") if query.get("status") in State.values else ""
        self.all_roles = list(Role.objects.filter(**access.column(place.organization)).order_by("name"))
        self.role = next((one for one in self.all_roles if str(one.pk) == query.get("role")), None)
        self.sorting = lists.Sorting(query, _COLUMNS, default="name")

    def rows(self) -> QuerySet[Membership]:
        """The people of the organization that the address asks for, with `named_count`, how many the scope names."""
        rows = with_named(Membership.objects.filter(**access.column(self.place.organization)))
        rows = rows.filter(state=self.state) if self.state else rows
        rows = rows.filter(role=self.role) if self.role else rows
        if "@" in self.q:
            return rows.filter(Q(email=self.q.lower()) | Q(user__email=self.q.lower()))
        return rows.filter(name_key__contains=names.key(self.q)) if self.q else rows

    def page(self) -> lists.Page[Membership]:
        page = lists.page(self.rows().select_related("role", "user"), self.sorting.order, self.query)
        describe(page.rows, self.place)
        return page

    def chips(self) -> list[lists.Chip]:
        shown = {
            "q": ("Search", self.q),
            "role": ("Role", self.role.name if self.role else ""),
            "status": ("Status", State(self.state).label if self.state else ""),
        }
        return lists.chips(self.query, shown)


def with_named(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """The memberships, each with how many customers its scope names."""
    named = NamedCustomer.objects.filter(membership=OuterRef("pk")).values("pk")
    counted = Func(ArraySubquery(named), function="cardinality", output_field=IntegerField())
    return rows.annotate(named_count=counted)  # type: ignore[no-redef]  # Membership names it for the templates


def describe(people: Iterable[Membership], place: PeoplePlace, *, total: int | None = None) -> None:
    """Note on each row the address of its page and, as `reach`, which of the `total` customers it reaches."""
    if total is None:
        managed = Management.objects.filter(msp=place.organization.pk, ended_at=None)
        total = managed.count() if place.has_customers else 0
    for one in people:
        one.url = place.url("administrator", one.pk)
        one.reach = _reach(one, total) if place.has_customers else ""


def csv_rows(listed: PeopleList) -> Iterator[list[object]]:
    """The list as CSV, head first."""
    has_customers = listed.place.has_customers
    yield ["Name", "Email", "Role", *(["Customers"] if has_customers else []), "Status"]
    people = list(listed.rows().select_related("role", "user").order_by(*listed.sorting.order.by()))
    describe(people, listed.place)
    for one in people:
        reach = [one.reach] if has_customers else []
        yield [one.person, one.address, one.role.name, *reach, one.get_state_display()]


def _reach(one: Membership, total: int) -> str:
    match one.scope:
        case Scope.SOME:
            return f"{one.named_count:,} of {total:,}"
        case Scope.ALL_BUT:
            return f"All but {one.named_count:,} of {total:,}"
        case _:
            return "All customers"
