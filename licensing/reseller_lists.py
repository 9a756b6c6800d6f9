"""The lists of the License Reseller Portal: what their addresses ask for, each as one query; and the same as CSV.

All of it is asked in the reseller's role of the database: the company's own orders and keys, and nothing else.
"""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone

from licensing.listed import Listed
from licensing.models import Key, Order
from tenants import lists
from tenants.models import LicenseReseller

KEY_STATES = {"unused": "Unused", "used": "Used", "late": "Expired", "withdrawn": "Withdrawn"}
"""As people read them. Expired: nobody entered the key while it could be."""
_SIGNS = 5


class OrderList(Listed):
    """The orders of a license reseller: by state and region, by number, or by the start of the MSP's name."""

    COLUMNS = {
        "sent": ("Sent", lists.Order("sent_at", descending=True)),
        "msp": ("MSP", lists.Order("msp_name")),
        "seats": ("Seats", lists.Order("seats", descending=True)),
    }
    STATES = {str(value): str(label) for value, label in Order.State.choices}

    def rows(self, of: LicenseReseller) -> QuerySet[Order]:
        rows = Order.objects.filter(license_reseller=of).select_related("product")
        if self.state:
            rows = rows.filter(state=self.state)
        if self.region:
            rows = rows.filter(region=self.region)
        return rows.filter(self._matching()) if self.q else rows

    def _matching(self) -> Q:
        named = Q(msp_name__istartswith=self.q)
        return named | Q(pk=self.number)


class KeyList(Listed):
    """The keys that a license reseller issued: by state, by the last five signs, or by the number of the order."""

    COLUMNS = {
        "issued": ("Issued", lists.Order("issued_at", descending=True)),
        "seats": ("Seats", lists.Order("seats", descending=True)),
        "until": ("Enter until", lists.Order("usable_until")),
    }
    STATES = KEY_STATES

    def rows(self, of: LicenseReseller) -> QuerySet[Key]:
        return self.narrowed(Key.objects.filter(license_reseller=of).select_related("product", "issued_by"))

    def narrowed(self, rows: QuerySet[Key]) -> QuerySet[Key]:
        if self.state:
            rows = rows.filter(in_state(self.state))
        if self.region:
            rows = rows.filter(region=self.region)
        return rows.filter(self.matching()) if self.q else rows

    def matching(self) -> Q:
        typed = "".join(self.q.split()).upper()
        found = Q(last5=typed.replace("-", "")[-_SIGNS:])
        return found | Q(order=self.number)


def in_state(state: str) -> Q:
    open_ = Q(customer=None, withdrawn_at=None)
    now = timezone.now()
    return {
        "unused": open_ & Q(usable_until__gt=now),
        "used": Q(customer__isnull=False),
        "late": open_ & Q(usable_until__lte=now),
        "withdrawn": Q(withdrawn_at__isnull=False),
    }[state]


def state_of(key: Key) -> str:
    if key.withdrawn_at:
        return "withdrawn"
    if key.customer_id:
        return "used"
    return "unused" if key.usable_until > timezone.now() else "late"


def orders_csv(rows: QuerySet[Order]) -> Iterator[list[object]]:
    yield [
        "Order", "State", "MSP", "Region", "License", "Seats", "Months", "Price", "Currency", "Tax", "Sent",
        "Last change", "Reason",
    ]  # fmt: skip
    for one in rows:
        yield [
            one.pk, one.get_state_display(), one.msp_name, one.get_region_display(), one.product.name, one.seats,
            one.months, one.price, one.currency, one.get_tax_display(), one.sent_at, one.moved_at,
            one.reason,
        ]  # fmt: skip


def keys_csv(rows: QuerySet[Key]) -> Iterator[list[object]]:
    yield [
        "License key", "State", "Region", "License", "Seats", "Months", "Order", "Issued", "Issued by", "Enter until",
        "Entered",
    ]  # fmt: skip
    for one in rows:
        yield [
            one.masked, KEY_STATES[state_of(one)], one.get_region_display(), one.product.name, one.seats, one.months,
            one.order_id, one.issued_at, one.issued_by, one.usable_until, one.entered_at,
        ]  # fmt: skip
