"""The devices of a customer, or of all customers of an MSP: what the address of a list asks for, as one query.

No query reads more than the devices of these customers (figures in docs/performance.md). Joins would be made before
the page is cut out (600 ms), so what a row shows of its model, customer and approval is asked for in the SELECT.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import CharField, Count, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.datastructures import MultiValueDict

from devices import identifiers
from devices.models import Approval, Device, DeviceModel, ResellerCustomer
from devices.problems import PROBLEMS
from tenants import lists, names
from tenants.models import Customer, Msp

PENDING, ALL = "pending", "all"
STATES = [(PENDING, "Pending"), (ALL, "Verified and pending")]
OWN = "none"
"""In place of a reseller: devices that the customer's side uploaded."""
_LONGEST = 60
_RESELLERS_OFFERED, _TAGS_SHOWN = 200, 20


@dataclass(frozen=True)
class Filters:
    """One reading of an address. What makes no sense is left out rather than refused: a list is only looked at."""

    q: str = ""
    model: str = ""
    state: str = ""
    reseller: str = ""
    upload: str = ""
    tags: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, query: MultiValueDict[str, str]) -> "Filters":
        state, reseller = _text(query, "state"), _text(query, "reseller")
        tags = [tag for one in query.getlist("tag") if (tag := _clean(one))]
        return cls(
            q=_text(query, "q"),
            model=_text(query, "model"),
            state=state if state in (PENDING, ALL) else "",
            reseller=reseller if reseller == OWN or lists.key(reseller) else "",
            upload=str(lists.key(_text(query, "upload")) or ""),
            tags=tags[:20],
        )

    def __bool__(self) -> bool:
        return any((self.q, self.model, self.state, self.reseller, self.upload, self.tags))

    @property
    def problem(self) -> str:
        """Why what was searched for cannot be the number of a device; empty where it can."""
        key = identifiers.read(self.q)[1] if self.q else ""
        return PROBLEMS[key].words(value=self.q, detail="") if key else ""

    def of(self, devices: QuerySet[Device]) -> QuerySet[Device]:
        """Those of `devices` that the address asks for: the verified ones, where it does not say."""
        for condition in (self._state(), self._number(), self._model(), self._origin(), self._tags()):
            if condition is not None:
                devices = devices.filter(condition)
        return devices

    def _state(self) -> Q | None:
        if self.state == ALL or (self.q and not self.state):  # who has the phone in hand wants to find it
            return None
        return Q(state=Device.State.PENDING if self.state == PENDING else Device.State.VERIFIED)

    def _number(self) -> Q | None:
        return by_number(self.q) if self.q else None

    def _model(self) -> Q | None:
        """By its code or its name, from the first letter on."""
        if not self.model:
            return None
        code, name = self.model.upper(), names.key(self.model)
        found = Q(code__gte=code, code__lt=names.after(code)) | Q(name_key__gte=name, name_key__lt=names.after(name))
        return Q(model__in=DeviceModel.objects.filter(found))

    def _origin(self) -> Q | None:
        conditions = Q()
        if self.reseller:
            conditions &= Q(reseller=None) if self.reseller == OWN else Q(reseller=int(self.reseller))
        if self.upload:
            conditions &= Q(approval__in=Approval.objects.filter(upload=int(self.upload)))
        return conditions or None

    def _tags(self) -> Q | None:
        return Q(tags__contains=self.tags) if self.tags else None


class Chosen(Protocol):
    """Whom an act is about."""

    @property
    def customer(self) -> Customer: ...

    def devices(self) -> QuerySet[Device]: ...


@dataclass(frozen=True)
class Some:
    """These devices of one customer, by their keys."""

    customer: Customer
    ids: list[int]

    def devices(self) -> QuerySet[Device]:
        return Device.objects.filter(customer=self.customer, pk__in=self.ids)


@dataclass(frozen=True)
class Picked:
    """The verified devices of one customer that an act is about: the ticked ones, or all that the filters match."""

    customer: Customer
    ids: list[int]
    filters: Filters
    all: bool = False

    @classmethod
    def read(cls, customer: Customer, query: MultiValueDict[str, str]) -> "Picked":
        ids = lists.keys(query.getlist("device")[: lists.CAP])
        return cls(customer, ids, Filters.read(query), all="all" in query)

    def devices(self) -> QuerySet[Device]:
        """Pending devices are left alone: whether they come in is decided with their upload."""
        own = verified(self.customer)
        return self.filters.of(own) if self.all else own.filter(pk__in=self.ids)


def verified(customer: Customer) -> QuerySet[Device]:
    return Device.objects.filter(customer=customer, state=Device.State.VERIFIED)


def total(customer: Customer) -> str:
    """How many verified devices a customer has, counted up to the cap."""
    return lists.capped(verified(customer)[: lists.CAP + 1].count())


def find(typed: str, msp: Msp) -> Device | None:
    """The one device with this IMEI, MEID or serial number, of whichever customer of the MSP."""
    own = Q(customer__managements__msp=msp, customer__managements__ended_at=None)
    return Device.objects.filter(by_number(typed)).filter(own).select_related("customer", "model").first()


def by_number(typed: str) -> Q:
    """Exactly this identifier, however it is spaced; nothing where it is none."""
    identifier, problem = identifiers.read(typed)
    return Q(pk__in=[]) if problem else Q(**{identifiers.COLUMNS[len(identifier)]: identifier})


def shown(devices: QuerySet[Device]) -> QuerySet[Any]:
    """With what a row names beside the device itself: `of_model`, `of_customer`, `sent_by`, `upload_number`."""
    model = DeviceModel.objects.filter(pk=OuterRef("model"))
    customer = Customer.objects.filter(pk=OuterRef("customer"))
    approval = Approval.objects.filter(pk=OuterRef("approval"))
    return devices.annotate(
        known_by=Coalesce("imei", "meid", "serial", output_field=CharField()),
        of_model=Subquery(model.values(found=JSONObject(name="name", code="code"))),
        of_customer=Subquery(customer.values(found=JSONObject(name="name", kcs_id="kcs_id"))),
        sent_by=Subquery(approval.values("sender_name")),
        upload_number=Subquery(approval.values("upload")),
    )


def by_model_name(devices: QuerySet[Device]) -> QuerySet[Any]:
    """With the name by which lists of one customer sort; over all customers this would take half a second."""
    return devices.annotate(model_key=F("model__name_key"))


def resellers(own: Q) -> list[tuple[str, str]]:
    """Who uploads, to choose from: the id and the name of each reseller of customers for which the condition holds."""
    found = ResellerCustomer.objects.filter(own).order_by("reseller_name", "reseller")
    distinct = found.values_list("reseller", "reseller_name").distinct()[:_RESELLERS_OFFERED]
    return [(str(pk), name) for pk, name in distinct]


def tags_of(devices: QuerySet[Device]) -> list[str]:
    """The tags that these devices have now, the most frequent first."""
    each = devices.order_by().annotate(tag=Func("tags", function="unnest", output_field=CharField()))
    found = each.values("tag").annotate(count=Count("pk")).order_by("-count", "tag")
    return [row["tag"] for row in found[:_TAGS_SHOWN]]


def csv_rows(devices: QuerySet[Device], *, customers: bool) -> Iterator[list[object]]:
    """The list as CSV, head first; with two columns for the customer where it is over all of them."""
    head = ["IMEI", "MEID", "Serial number", "Model", "Model code", "Tags", "Status", "Order number", "Order date"]
    head += ["Submitted", "Modified", "Uploaded by", "Upload ID"]
    yield [*(["Customer", "KCS Customer ID"] if customers else []), *head]
    for device in shown(devices).iterator(chunk_size=2000):
        of = device.of_customer or {}
        yield [
            *([of.get("name"), of.get("kcs_id")] if customers else []),
            device.imei,
            device.meid,
            device.serial,
            device.of_model["name"],
            device.of_model["code"],
            ", ".join(device.tags),
            device.get_state_display(),
            device.order_number,
            device.order_date,
            device.added_at,
            device.modified_at,
            device.sent_by,
            device.upload_number,
        ]


def _text(query: MultiValueDict[str, str], name: str) -> str:
    return _clean(query.get(name) or "")


def _clean(typed: str) -> str:
    return typed.strip()[:_LONGEST]
