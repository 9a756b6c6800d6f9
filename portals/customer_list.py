"""The customer list: what is asked for in its address, as one query; and the same as CSV."""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.http import QueryDict

from accounts.models import User
from alerts import feed
from alerts.models import Alert
from devices.models import Device
from support.models import Deletion
from tenants import access, lists
from tenants.models import Access, Customer, CustomerQuerySet, CustomerService, KnoxService, Management, Msp

_COLUMNS = {
    "name": ("Name", lists.Order("name_key")),
    "added": ("Added", lists.Order("since", descending=True)),
    "modified": ("Modified", lists.Order("modified_at", descending=True)),
}
LEAVING = "deletion_requested"
"""Instead of the management's state, while somebody asks for its deletion (words.md 1)."""
STATUSES = [
    *((state.value, state.label) for state in Management.State if state != Management.State.ENDED),
    (LEAVING, "Deletion requested"),
]
_DEVICES = Device.objects.filter(customer=OuterRef("pk"), state=Device.State.VERIFIED).order_by().values("pk")
_LEAVES = Exists(Deletion.objects.filter(customer=OuterRef("pk"), state__in=Deletion.OPEN))


class _Size(Subquery):
    """How many rows another query has for a row."""

    template = "(SELECT count(*) FROM (%(subquery)s) part)"
    output_field = IntegerField()


class CustomerList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = query.get("q", "").strip()[:200]
        self.services = [one for one in query.getlist("service") if one in KnoxService.values]
        self.access = query.get("access", "") if query.get("access") in Access.values else ""
        self.status = query.get("status", "") if query.get("status") in dict(STATUSES) else ""
        self.has_alerts = query.get("alerts") == "open"
        self.tags = [tag for one in query.getlist("tag") if (tag := one.strip()[:200])][:20]
        self.ticked = [one for one in query.getlist("kcs") if len(one) == 10][:1000]  # noqa: PLR2004
        self.sorting = lists.Sorting(query, _COLUMNS, default="name")

    @property
    def is_filtered(self) -> bool:
        return any((self.q, self.services, self.access, self.status, self.has_alerts, self.tags))

    def rows(self, user: User, msp: Msp) -> CustomerQuerySet:
        """The customers of `msp` that `user` may see and the address asks for, with `state` and `since`."""
        own = Q(managements__msp=msp, managements__ended_at=None)
        rows = Customer.objects.granted(user, access.VIEW).alias(
            management=FilteredRelation("managements", condition=own)
        )
        rows = rows.filter(management__isnull=False, **self._conditions()).annotate(  # type: ignore[no-redef]  # Customer names them for the templates
            status=Case(When(_LEAVES, then=Value(LEAVING)), default=F("management__state")),
            since=F("management__since"),
        )
        if self.status:
            rows = rows.filter(status=self.status)  # type: ignore[misc]  # annotated above
        if self.has_alerts:
            rows = rows.filter(Exists(_urging(msp)))
        return rows.matching(self.q) if self.q else rows

    def _conditions(self) -> dict[str, Any]:
        found = {
            "services__service__in": self.services,
            "access": self.access,
            "kcs_id__in": self.ticked,
            "tags__contains": self.tags,
        }
        return {condition: value for condition, value in found.items() if value}

    def page(self, user: User, msp: Msp) -> lists.Page[Customer]:
        urging = ArraySubquery(_urging(msp).values("severity"))
        codes = CustomerService.objects.filter(customer=OuterRef("pk")).order_by("service").values("service")
        rows = self.rows(user, msp).annotate(
            urging=urging, service_codes=ArraySubquery(codes), device_count=_Size(_DEVICES[: lists.CAP + 1])
        )
        return lists.page(rows.distinct() if self.services else rows, self.sorting.order, self.query)

    def chips(self) -> list[lists.Chip]:
        names = [KnoxService(one).label for one in self.services]
        shown = {
            "q": ("Search", self.q),
            "service": ("Services", " or ".join(names)),
            "access": ("Access", Access(self.access).label if self.access else ""),
            "status": ("Status", dict(STATUSES).get(self.status, "")),
            "alerts": ("Alerts", "Open" if self.has_alerts else ""),
            "tag": ("Tags", " and ".join(self.tags)),
        }
        return lists.chips(self.query, shown)


def _urging(msp: Msp) -> QuerySet[Alert]:
    """The alerts of a row's customer that nobody took on, the worst first."""
    return feed.of_msp(msp).urging().filter(customer=OuterRef("pk")).order_by("severity")


def csv_rows(rows: CustomerQuerySet) -> Iterator[list[object]]:
    """The list as CSV (knox.md 2.3), head first. `rows` come from CustomerList.rows."""
    yield [
        *("Company name", "KCS Customer ID", "Status", "Access", *KnoxService.labels, "Total devices"),
        *("Country", "City", "Created", "Modified", "MSP linked", "Tags"),
    ]
    counted = rows.annotate(device_count=_Size(_DEVICES)).prefetch_related("services")
    yield from map(_line, counted.iterator(chunk_size=2000))


def _line(customer: Customer) -> list[object]:
    have = {row.service for row in customer.services.all()}
    shown = vars(customer)  # annotated
    return [
        customer.name,
        customer.kcs_id,
        dict(STATUSES)[shown["status"]],
        customer.get_access_display(),
        *("active" if one in have else "inactive" for one in KnoxService.values),
        shown["device_count"],
        customer.country_name,
        customer.city,
        *(customer.added_at, customer.modified_at, shown["since"]),
        ", ".join(customer.tags),
    ]
