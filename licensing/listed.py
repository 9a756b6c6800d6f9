"""What the address of a list of orders or keys asks for: states as tabs, a region, a search, a column that sorts."""

from typing import ClassVar

from django.http import QueryDict

from tenants import lists
from tenants.regions import Region


class Listed:
    """One reading of an address. Unknown values are left out rather than refused: a list is only looked at."""

    COLUMNS: ClassVar[dict[str, tuple[str, lists.Order]]]
    """Those that sort; the first does so where the address names none."""
    STATES: ClassVar[dict[str, str]]

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = query.get("q", "").strip()[:200]
        self.state = query.get("state", "") if query.get("state") in self.STATES else ""
        self.region = query.get("region", "") if query.get("region") in Region.values else ""
        self.sorting = lists.Sorting(query, self.COLUMNS, default=next(iter(self.COLUMNS)))

    @property
    def number(self) -> int:
        """What is searched for, if it can be a number; else 0."""
        return lists.key(self.q)

    def chips(self) -> list[lists.Chip]:
        region = Region(self.region).label if self.region else ""
        return lists.chips(self.query, {"q": ("Search", self.q), "region": ("Region", region)})

    def views(self) -> list[tuple[str, str, str]]:
        """The states as tabs: value, label, address."""
        every = ("", "All", lists.without(self.query, "state"))
        return [every, *((key, label, lists.without(self.query, state=key)) for key, label in self.STATES.items())]
