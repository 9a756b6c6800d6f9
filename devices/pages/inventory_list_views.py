"""What the page of an inventory shows beside its rows: heads that sort, columns to choose, filters in force."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from devices import inventory
from devices.inventory import ALL, OWN, PENDING, STATES, Filters
from devices.models import Device
from tenants import lists

_SORTS = {
    "number": ("IMEI / MEID", lists.Order("known_by")),
    "model": ("Model", lists.Order("model_key")),
    "submitted": ("Submitted", lists.Order("id", descending=True)),
    "modified": ("Modified", lists.Order("modified_at", descending=True)),
}
"""Devices are submitted in the order of their keys, and these are in an index together with the customer."""
OPTIONAL = {
    "serial": "Serial number",
    "model": "Model",
    "customer": "Customer",
    "tags": "Tags",
    "status": "Status",
    "submitted": "Submitted",
    "modified": "Modified",
    "order": "Order",
    "from": "Uploaded by",
}
"""Columns beside the first (knox.md 4.6), which cannot be hidden."""
_AT_FIRST = ("serial", "model", "customer", "tags", "status", "submitted")
CHOSEN = "device_columns"
"""Session key: the columns that this person chose last."""


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    value: str
    remove_url: str


@dataclass(frozen=True)
class Head:
    """The head of a column: the address that sorts, and how it is sorted now."""

    label: str
    url: str
    direction: str


@dataclass
class Inventory:
    """One reading of the address of a list of devices."""

    query: QueryDict
    of_all: bool
    """Over all customers of an MSP."""
    kept: list[str] | None = None
    """Columns chosen earlier."""
    resellers: list[tuple[str, str]] = field(default_factory=list)
    """To choose from: id and name."""

    def __post_init__(self) -> None:
        self.filters = Filters.read(self.query)
        sort = self.query.get("sort", "")
        known = [key for key in _SORTS if not (self.of_all and key == "model")]
        self.key = key if (key := sort.removeprefix("-")) in known else "submitted"
        self.turned = sort.startswith("-")
        chosen = self.query.getlist("col") or self.kept or _AT_FIRST
        self.columns = [key for key in OPTIONAL if key in chosen and (self.of_all or key != "customer")]

    @property
    def order(self) -> lists.Order:
        own = _SORTS[self.key][1]
        return lists.Order(own.field, descending=own.descending != self.turned)

    def rows(self, devices: QuerySet[Device]) -> QuerySet[Any]:
        found = inventory.shown(self.filters.of(devices))
        return inventory.by_model_name(found) if self.key == "model" else found

    def page(self, devices: QuerySet[Device]) -> lists.Page[Device]:
        return lists.page(self.rows(devices), self.order, self.query)

    def heads(self) -> dict[str, Head]:
        return {
            key: self._head(key, label) for key, (label, _) in _SORTS.items() if not (self.of_all and key == "model")
        }

    def _head(self, key: str, label: str) -> Head:
        if key != self.key:
            return Head(label, lists.without(self.query, sort=key), "")
        direction = "descending" if self.order.descending else "ascending"
        return Head(label, lists.without(self.query, sort=key if self.turned else f"-{key}"), direction)

    def choices(self) -> list[tuple[str, str, bool]]:
        """The columns to choose from: key, label, whether it is shown."""
        offered = [key for key in OPTIONAL if self.of_all or key != "customer"]
        return [(key, OPTIONAL[key], key in self.columns) for key in offered]

    def states(self) -> list[tuple[str, str]]:
        return [("", "Verified"), *STATES]

    def chips(self) -> list[Chip]:
        own = self.filters
        shown = {
            "q": ("Search", own.q),
            "model": ("Model", own.model),
            "state": ("Status", {PENDING: "Pending", ALL: "Verified and pending"}.get(own.state, "")),
            "reseller": ("Uploaded by", self._reseller()),
            "upload": ("Upload", own.upload),
            "tag": ("Tags", " and ".join(own.tags)),
        }
        return [Chip(label, value, lists.without(self.query, name)) for name, (label, value) in shown.items() if value]

    def _reseller(self) -> str:
        chosen = self.filters.reseller
        return "No reseller" if chosen == OWN else dict(self.resellers).get(chosen, chosen)

    def asked(self) -> list[tuple[str, str]]:
        """The filters as fields of a form, for what is done with all that match."""
        names = ("q", "model", "state", "reseller", "upload", "tag")
        return [(name, value) for name in names for value in self.query.getlist(name) if value]

    @property
    def advice(self) -> str:
        """What to do where nothing matches."""
        return self.filters.problem or "Numbers match as a whole. You see only what your role lets you see."

    @property
    def without_filters(self) -> str:
        return lists.without(self.query, "q", "model", "state", "reseller", "upload", "tag")
