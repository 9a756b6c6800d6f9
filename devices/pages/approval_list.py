"""The queue of uploads that wait for approval: what is asked for in its address, as one query; and the same as CSV."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.http import QueryDict

from devices.models import Approval
from tenants import lists
from tenants.models import Customer, Management, Msp

State = Approval.State
VIEWS = {
    "waiting": ("Waiting", [State.PENDING]),
    "approved": ("Approved", [State.APPROVED]),
    "rejected": ("Rejected", [State.REJECTED]),
    "all": ("All", list(State)),
}
_COLUMNS = {
    "customer": ("Customer", lists.Order("customer__name_key")),
    "sender": ("Reseller", lists.Order("sender_name")),
    "devices": ("Devices", lists.Order("devices", descending=True)),
}


def of_msp(msp: Msp) -> QuerySet[Approval]:
    """What resellers sent for the customers of this MSP, as far as the person who asks may see them."""
    managed = Management.objects.filter(msp=msp, ended_at=None)
    return _sent().filter(customer__in=managed.values("customer"))


def of_customer(customer: Customer) -> QuerySet[Approval]:
    return _sent().filter(customer=customer)


def _sent() -> QuerySet[Approval]:
    """What the own side uploads is approved by that, and stands in the list of uploads alone. What brought no device
    needs no decision."""
    return Approval.objects.filter(reseller__isnull=False, devices__gt=0)


class ApprovalList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = query.get("q", "").strip()[:200]
        self.view = query.get("view", "") if query.get("view") in VIEWS else "waiting"
        # What waits longest comes first; of what is decided, the newest.
        sent = lists.Order("sent_at", descending=self.view != "waiting")
        self.sorting = lists.Sorting(query, {**_COLUMNS, "sent": ("Sent", sent)}, default="sent")

    def rows(self, approvals: QuerySet[Approval]) -> QuerySet[Approval]:
        found = approvals.filter(state__in=VIEWS[self.view][1]).select_related("customer")
        return found.filter(self._matching()) if self.q else found

    def _matching(self) -> Q:
        """An Upload ID, a KCS Customer ID or its start, the start of a customer's or a reseller's name."""
        named = Q(customer__in=Customer.objects.matching(self.q)) | Q(sender_name__istartswith=self.q)
        return named | Q(upload_id=lists.key("".join(self.q.split())))

    def page(self, approvals: QuerySet[Approval]) -> lists.Page[Approval]:
        return lists.page(self.rows(approvals), self.sorting.order, self.query)

    def views(self) -> list[tuple[str, str, str]]:
        return [(key, label, lists.without(self.query, view=key)) for key, (label, _) in VIEWS.items()]


def asked_for(query: str, msp: Msp, customer_id: int | None) -> QuerySet[Approval]:
    """The rows of an export that somebody asked for earlier, at one customer or at all."""
    found = of_msp(msp).filter(customer=customer_id) if customer_id else of_msp(msp)
    return ApprovalList(QueryDict(query)).rows(found)


def csv_rows(rows: QuerySet[Approval]) -> Iterator[list[object]]:
    """The list as CSV, head first. `rows` come from ApprovalList.rows."""
    yield ["Upload ID", "Customer", "KCS Customer ID", "Reseller", "Devices", "Status", "Sent", "Decided", "Reason"]
    for one in rows.order_by("pk").iterator(chunk_size=2000):
        yield [
            one.upload_id,
            one.customer.name,
            one.customer.kcs_id,
            one.sender_name,
            one.devices,
            one.get_state_display(),
            one.sent_at,
            one.decided_at,
            one.reason,
        ]
