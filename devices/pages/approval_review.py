"""What the page of one approval shows: who sent it, what it brings, how it was decided."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.http import QueryDict

from accounts.models import User
from audit.models import Side
from devices import approvals
from devices.models import Approval, Device
from tenants import lists
from tenants.models import Customer
from tenants.regions import Region

_MODELS_SHOWN = 8

type Model = tuple[str, ...]
"""Name, code and region."""


class ModelCount(NamedTuple):
    name: str
    code: str
    region: str
    devices: int


@dataclass(frozen=True)
class Review:
    """The page of one customer's approval, for a reader of one side. `msp_id` is the reader's MSP, if it is one."""

    customer: Customer
    side: Side
    msp_id: int | None
    reader: User

    def approvals(self) -> QuerySet[Approval]:
        return Approval.objects.filter(customer=self.customer, reseller__isnull=False).select_related("customer")

    def is_open(self, approval: Approval) -> bool:
        return self.approvals().filter(pk=approval.pk, state=Approval.State.PENDING).exists()

    def context(self, approval: Approval, query: QueryDict) -> dict[str, Any]:
        devices = Device.objects.filter(approval=approval, customer=self.customer)
        is_open = approval.state == Approval.State.PENDING
        # What can be ticked, while there is something to tick; afterwards what came in.
        shown = Device.State.PENDING if is_open else Device.State.VERIFIED
        counts = _counts(devices)
        waiting, verified = (sum(counts[state].values()) for state in (Device.State.PENDING, Device.State.VERIFIED))
        rows = devices.filter(state=shown).select_related("model")
        return {
            "approval": approval,
            "is_open": is_open,
            "waiting": waiting,
            "verified": verified,
            "gone": max(approval.devices - waiting - verified, 0) if approval.is_complete else 0,
            "models": _most_frequent(counts[shown]),
            "page": lists.page(rows, lists.Order("pk"), query, total=sum(counts[shown].values())),
            "decider": "" if is_open else self._decider(approval),
        }

    def _decider(self, approval: Approval) -> str:
        return approvals.who_decided(approval, reader=self.side, msp_id=self.msp_id)


def _counts(devices: QuerySet[Device]) -> dict[str, Counter[Model]]:
    """How many of each model wait, and how many are approved. One query."""
    found: dict[str, Counter[Model]] = {state: Counter() for state in Device.State}
    columns = ("state", "model__name", "model__code", "model__region")
    for state, *model, count in devices.order_by().values_list(*columns).annotate(n=Count("*")):
        found[state][tuple(model)] += count
    return found


def _most_frequent(counted: Counter[Model]) -> list[ModelCount]:
    """What a person compares with the order."""
    return [
        ModelCount(name, code, Region(region).label, count)
        for (name, code, region), count in counted.most_common(_MODELS_SHOWN)
    ]
