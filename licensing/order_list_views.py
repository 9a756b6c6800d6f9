"""The list of an MSP's orders, and the same as CSV."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from licensing.listed import Listed
from licensing.models import Order
from rules import settings as rule
from tenants import lists
from tenants.door import TenantRequest, for_msp
from tenants.models import Customer, Msp
from tenants.pages import answers


class OrderList(Listed):
    """By state, by number or KCS Customer ID, or by the start of the customer's or the license reseller's name."""

    COLUMNS = {
        "number": ("Order", lists.Order("id", descending=True)),
        "seller": ("License reseller", lists.Order("listing__name")),
        "seats": ("Seats", lists.Order("seats", descending=True)),
    }
    STATES = {str(value): str(label) for value, label in Order.State.choices}

    def rows(self, msp: Msp) -> QuerySet[Order]:
        """For some customer or open. The policies leave out those of customers that the person cannot see."""
        rows = Order.objects.filter(msp=msp).select_related("listing", "product", "customer")
        if self.state:
            rows = rows.filter(state=self.state)
        return rows.filter(self._matching()) if self.q else rows

    def _matching(self) -> Q:
        if self.number:  # whole, as a digit begins the IDs of all customers
            return Q(pk=self.number) | Q(customer__kcs_id=self.q)
        return Q(customer__in=Customer.objects.matching(self.q)) | Q(listing__name__istartswith=self.q)


@require_GET
@for_msp()
def order_list(request: TenantRequest) -> HttpResponse:
    listed = OrderList(request.GET)
    context = {
        "filters": listed,
        "chips": listed.chips(),
        "views": listed.views(),
        "columns": listed.sorting.heads(),
        "page": lists.page(listed.rows(request.msp), listed.sorting.order, request.GET),
        "may_order": "add_customers" in request.msp_rights,
        "csv_url": reverse("order-export") + lists.without(request.GET),
    }
    return answers.listed(request, "licensing/orders.html", context)


@require_GET
@for_msp()
def order_export(request: TenantRequest) -> HttpResponse:
    """What the list shows as CSV, up to the number of lines that one waits for."""
    listed = OrderList(request.GET)
    rows = listed.rows(request.msp).order_by(*listed.sorting.order.by())[: rule.number("export_limit")]
    return answers.csv("orders", csv_rows(rows))


def csv_rows(rows: QuerySet[Order]) -> Iterator[list[object]]:
    yield [
        *("Order", "State", "License reseller", "License", "Seats", "Months", "Customer", "KCS Customer ID"),
        *("Price", "Currency", "Tax", "Sent", "Changed"),
    ]
    for one in rows:
        yield [
            *(one.pk, one.get_state_display(), one.listing.name, one.product.name, one.seats, one.months),
            one.customer.name if one.customer else "",
            one.customer.kcs_id if one.customer else "",
            *(one.price, one.currency, one.get_tax_display()),
            *(one.sent_at, one.moved_at),
        ]
