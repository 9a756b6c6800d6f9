"""The lists of the Reseller Portal: what their addresses ask for, each as one query; and the same as CSV.

All of it is asked in the reseller's role of the database: its own rows, and names of customers that work with it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import QueryDict

from devices.models import Approval, Device, ResellerCustomer, Upload, UploadLine
from tenants import lists, names
from tenants.models import Customer, Reseller
from tenants.regions import country_name

State = ResellerCustomer.State
DEVICE_STATES = {"pending": "Pending", "verified": "Verified", "mpts": "MPTS error"}
"""As people read them (knox.md 4.2). MPTS error: not recognized as a Samsung device, so it never became one."""


class CustomerRow(NamedTuple):
    """A customer as its reseller reads it: by name once it is active, by the own reference before."""

    relation: ResellerCustomer
    company: str
    country: str
    uploads: int
    devices: int


class CustomerList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    COLUMNS = {
        "name": ("Company or reference", lists.Order("title")),
        "uploaded": ("Last uploaded", lists.Order("last", descending=True)),
        "added": ("Added", lists.Order("added_at", descending=True)),
    }

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = query.get("q", "").strip()[:200]
        self.status = query.get("status", "") if query.get("status") in State.values else ""
        self.sorting = lists.Sorting(query, self.COLUMNS, default="name")

    def rows(self, reseller: Reseller) -> QuerySet[ResellerCustomer]:
        """With `title`, `company` and `country`; the policy hides the last two until the customer is active."""
        shown = Customer.objects.filter(pk=OuterRef("customer"))
        rows = ResellerCustomer.objects.filter(reseller=reseller).annotate(
            company=Coalesce(Subquery(shown.values("name")), Value("")),
            company_key=Subquery(shown.values("name_key")),
            country=Coalesce(Subquery(shown.values("country")), Value("")),
            last=Coalesce("last_uploaded_at", "added_at"),
            title=Coalesce("company_key", NullIf(Lower("internal_reference"), Value("")), "kcs_id"),
        )
        if self.status:
            rows = rows.filter(state=self.status)
        return rows.filter(self._matching()) if self.q else rows

    def _matching(self) -> Q:
        """The start of a KCS Customer ID, of a name that the reseller reads, or of its own reference."""
        digits = "".join(self.q.split())
        start = names.key(self.q)
        found = Q(company_key__gte=start, company_key__lt=names.after(start)) | Q(
            internal_reference__istartswith=self.q
        )
        return found | Q(kcs_id__startswith=digits) if digits.isascii() and digits.isdigit() else found

    def page(self, reseller: Reseller) -> lists.Page[ResellerCustomer]:
        return lists.page(self.rows(reseller), self.sorting.order, self.query)

    def chips(self) -> list[lists.Chip]:
        shown = {"q": ("Search", self.q), "status": ("Status", str(State(self.status).label) if self.status else "")}
        return lists.chips(self.query, shown)


def counted(relations: Iterable[ResellerCustomer], reseller: Reseller) -> list[CustomerRow]:
    """The rows with their numbers of uploads and devices. Two queries."""
    shown = list(relations)
    customers = [one.customer_id for one in shown]
    uploads = _by_customer(Approval.objects.filter(reseller=reseller, customer__in=customers))
    devices = _by_customer(Device.objects.filter(reseller=reseller, customer__in=customers))
    return [
        CustomerRow(
            one,
            getattr(one, "company", ""),
            country_name(country) if (country := str(getattr(one, "country", ""))) else "",
            uploads.get(one.customer_id, 0),
            devices.get(one.customer_id, 0),
        )
        for one in shown
    ]


def _by_customer(rows: "QuerySet[Approval] | QuerySet[Device]") -> dict[int, int]:
    return dict(rows.values_list("customer").annotate(n=Count("*")).order_by())


def customers_csv(rows: Iterable[CustomerRow]) -> Iterator[list[object]]:
    yield [
        "Company name", "Internal reference", "KCS Customer ID", "Country", "Last uploaded", "Uploads", "Devices",
        "Status",
    ]  # fmt: skip
    for row in rows:
        yield [
            row.company,
            row.relation.internal_reference,
            row.relation.kcs_id,
            row.country,
            row.relation.last_uploaded_at,
            row.uploads,
            row.devices,
            row.relation.get_state_display(),
        ]


def verified(uploads: Iterable[Upload]) -> dict[int, int]:
    """How many devices of each upload are approved. One query."""
    approved = Device.objects.filter(
        approval__in=Approval.objects.filter(upload__in=[one.pk for one in uploads]), state=Device.State.VERIFIED
    )
    return dict(approved.values_list("approval__upload").annotate(n=Count("*")).order_by())


class DeviceList:
    """The devices of a reseller: by state, customer and upload, or one by its exact number (knox.md 4.2)."""

    order = lists.Order("added_at", descending=True)

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = "".join(query.get("q", "").split()).upper()[:40]
        self.state = query.get("state", "") if query.get("state") in DEVICE_STATES else ""
        self.kcs_id = query.get("customer", "") if query.get("customer", "").isascii() else ""
        self.upload = str(lists.key(query.get("upload", "")) or "")

    def rows(self, reseller: Reseller) -> QuerySet[Device]:
        """With `upload_id` and `kcs_id`."""
        relation = ResellerCustomer.objects.filter(reseller=reseller, customer=OuterRef("customer"))
        rows = Device.objects.filter(reseller=reseller).select_related("model")
        rows = rows.annotate(upload_id=F("approval__upload"), kcs_id=Subquery(relation.values("kcs_id")))
        if self.state:
            rows = rows.filter(state=self.state)
        if self.kcs_id:
            rows = rows.filter(customer__in=self._customers(reseller))
        if self.upload:
            rows = rows.filter(approval__in=Approval.objects.filter(upload=int(self.upload)))
        return rows.filter(Q(imei=self.q) | Q(meid=self.q) | Q(serial=self.q)) if self.q else rows

    def page(self, reseller: Reseller) -> lists.Page[Device]:
        return lists.page(self.rows(reseller), self.order, self.query)

    def lines(self, reseller: Reseller) -> QuerySet[UploadLine]:
        """Refused lines: those with the number that is searched for, or those that are no Samsung device.

        Each with the `kcs_id` of its customer.
        """
        if not self.q and self.state != "mpts":
            return UploadLine.objects.none()
        mine = Upload.objects.filter(reseller=reseller)
        relation = ResellerCustomer.objects.filter(reseller=reseller, customer=OuterRef("customer"))
        rows = UploadLine.objects.filter(upload__in=mine.filter(pk=int(self.upload)) if self.upload else mine)
        rows = rows.exclude(problem="").annotate(kcs_id=Subquery(relation.values("kcs_id")))
        if self.kcs_id:
            rows = rows.filter(customer__in=self._customers(reseller))
        rows = rows.filter(Q(identifier=self.q) | Q(typed=self.q)) if self.q else rows.filter(problem="model")
        return rows.order_by("-upload", "number")

    def _customers(self, reseller: Reseller) -> "QuerySet[ResellerCustomer, int]":
        return ResellerCustomer.objects.filter(reseller=reseller, kcs_id=self.kcs_id).values_list("customer", flat=True)

    def chips(self) -> list[lists.Chip]:
        shown = {
            "q": ("Search", self.q),
            "state": ("State", DEVICE_STATES.get(self.state, "")),
            "customer": ("KCS Customer ID", self.kcs_id),
            "upload": ("Upload ID", self.upload),
        }
        return lists.chips(self.query, shown)

    def views(self) -> list[tuple[str, str, str]]:
        """The states as tabs: value, label, address."""
        all_of_them = ("", "All", lists.without(self.query, "state"))
        return [
            all_of_them,
            *((key, label, lists.without(self.query, state=key)) for key, label in DEVICE_STATES.items()),
        ]


def devices_csv(rows: QuerySet[Device], lines: QuerySet[UploadLine]) -> Iterator[list[object]]:
    """The devices, and below them the lines that the list shows."""
    yield [
        "IMEI or MEID", "Serial number", "Model", "Model code", "KCS Customer ID", "State", "Order number",
        "Order date", "Upload ID", "Added",
    ]  # fmt: skip
    for device in rows.order_by("pk").iterator(chunk_size=2000):
        yield _of_device(device)
    for line in lines.iterator(chunk_size=2000):
        yield _of_line(line)


def _of_device(device: Device) -> list[object]:
    return [
        device.imei or device.meid,
        device.serial,
        device.model.name,
        device.model.code,
        getattr(device, "kcs_id", ""),
        device.get_state_display(),
        device.order_number,
        device.order_date,
        getattr(device, "upload_id", ""),
        device.added_at,
    ]


def _of_line(line: UploadLine) -> list[object]:
    return [
        line.typed,
        "",
        "",
        line.typed_model,
        line.typed_customer or getattr(line, "kcs_id", ""),
        DEVICE_STATES["mpts"] if line.problem == "model" else "Not added",
        line.order_number,
        line.typed_order_date,
        line.upload_id,
        "",
    ]
