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
        known = {key: one for key, one in _SORTS.items() if not (self.of_all and key == "model")}
        self.sorting = lists.Sorting(self.query, known, default="submitted")
        chosen = self.query.getlist("col") or self.kept or _AT_FIRST
        self.columns = [key for key in OPTIONAL if key in chosen and (self.of_all or key != "customer")]

    def rows(self, devices: QuerySet[Device]) -> QuerySet[Any]:
        found = inventory.shown(self.filters.of(devices))
        return inventory.by_model_name(found) if self.sorting.key == "model" else found

    def page(self, devices: QuerySet[Device]) -> lists.Page[Device]:
        read = _these if self.of_all else None
        return lists.page(self.rows(devices), self.sorting.order, self.query, read=read)

    def choices(self) -> list[tuple[str, str, bool]]:
        """The columns to choose from: key, label, whether it is shown."""
        offered = [key for key in OPTIONAL if self.of_all or key != "customer"]
        return [(key, OPTIONAL[key], key in self.columns) for key in offered]

    def states(self) -> list[tuple[str, str]]:
        return [("", "Verified"), *STATES]

    def chips(self) -> list[lists.Chip]:
        own = self.filters
        shown = {
            "q": ("Search", own.q),
            "model": ("Model", own.model),
            "state": ("Status", {PENDING: "Pending", ALL: "Verified and pending"}.get(own.state, "")),
            "reseller": ("Uploaded by", self._reseller()),
            "upload": ("Upload", own.upload),
            "tag": ("Tags", " and ".join(own.tags)),
        }
        return lists.chips(self.query, shown)

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


def _these(keys: QuerySet[Device, Any]) -> QuerySet[Any]:
    return inventory.shown(Device.objects.filter(pk__in=keys))
