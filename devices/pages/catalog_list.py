"""The list of models: what its address asks for, as one query; and the same as CSV."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.http import QueryDict

from devices.catalog_import import HEAD
from devices.models import TAC_DIGITS, DeviceModel, Tac
from tenants import lists, names
from tenants.regions import Region

_SORTS = {
    "name": ("Name", lists.Order("name_key")),
    "code": ("Model code", lists.Order("code")),
    "region": ("Region", lists.Order("region")),
}


class CatalogList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = query.get("q", "").strip()[:100]
        self.region = query.get("region", "") if query.get("region") in Region.values else ""
        self.sorting = lists.Sorting(query, _SORTS, default="name")

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.region)

    def rows(self) -> QuerySet[DeviceModel]:
        rows = DeviceModel.objects.all()
        if self.region:
            rows = rows.filter(region=self.region)
        return rows.filter(_matching(self.q)) if self.q else rows

    def page(self) -> lists.Page[DeviceModel]:
        return lists.page(self.rows().prefetch_related("tacs"), self.sorting.order, self.query)


def csv_rows(rows: QuerySet[DeviceModel]) -> Iterator[list[object]]:
    """A line for each TAC, as the import reads it; a model without one has a line, too."""
    yield list(HEAD)
    for model in rows.prefetch_related("tacs"):
        for tac in sorted(one.tac for one in model.tacs.all()) or [""]:
            yield [model.code, model.name, model.get_region_display(), tac]


def _matching(typed: str) -> Q:
    """Models whose name or code starts like this, or that a TAC (or the IMEI that begins with it) tells."""
    name, code = names.key(typed), typed.upper()
    found = Q(name_key__gte=name, name_key__lt=names.after(name)) | Q(code__gte=code, code__lt=names.after(code))
    if typed.isascii() and typed.isdecimal():
        tac = typed[:TAC_DIGITS]
        found |= Q(pk__in=Tac.objects.filter(tac__gte=tac, tac__lt=names.after(tac)).values("model"))
    return found
