"""The License Reseller Portal: what waits, orders of MSPs, and how the company presents itself (FAQ Q8).

Each page runs in the reseller's role of the database, which sees the company's own orders, keys and listings.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import PortalRequest, data_of
from audit.models import Event, Side
from licensing import listings, orders
from licensing.models import Listing, Order, Product
from licensing.reseller_forms import ListingForm, OrderRejectForm, QuoteForm
from licensing.reseller_key_views import remember_key, take_key
from licensing.reseller_lists import OrderList, orders_csv, state_of
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import lists
from tenants.door import for_member
from tenants.models import LicenseReseller
from tenants.pages import answers
from tenants.regions import Region

State = Order.State
_SHOWN = 5


@require_GET
@for_member("license_reseller")
def license_reseller_home(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    """Orders that wait for the company, the oldest first; and the company with its Reseller ID."""
    mine = Order.objects.filter(license_reseller=organization)
    counts = dict(mine.filter(state__in=Order.OPEN).values_list("state").annotate(n=Count("*")).order_by())
    waiting = mine.filter(state__in=[State.SENT, State.ACCEPTED]).select_related("product")
    context = {
        "organization": organization,
        "regions": [Region(region).label for region in organization.regions],
        "to_quote": counts.get(State.SENT, 0),
        "to_deliver": counts.get(State.ACCEPTED, 0),
        "quoted": counts.get(State.QUOTED, 0),
        "waiting": list(waiting.order_by("pk")[:_SHOWN]),
        "listings": list(Listing.objects.filter(license_reseller=organization).order_by("pk")),
    }
    return render(request, "licensing/reseller_start.html", context)


@require_GET
@for_member("license_reseller")
def license_reseller_orders(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    listed = OrderList(request.GET)
    context = {
        "organization": organization,
        "filters": listed,
        "chips": listed.chips(),
        "views": listed.views(),
        "columns": listed.sorting.heads(),
        "page": lists.page(listed.rows(organization), listed.sorting.order, request.GET),
        "regions": regions_of(organization),
        "region_names": [label for _, label in regions_of(organization)],
        "csv_url": reverse("license-reseller-orders-export") + lists.without(request.GET),
    }
    return answers.listed(request, "licensing/reseller_orders.html", context)


@require_GET
@for_member("license_reseller")
def license_reseller_orders_export(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    """What the list shows as CSV, up to the number of lines that one waits for."""
    listed = OrderList(request.GET)
    rows = listed.rows(organization).order_by(*listed.sorting.order.by())[: rule.number("export_limit")]
    return answers.csv("orders", orders_csv(rows))


@require_GET
@for_member("license_reseller")
def license_reseller_order(request: PortalRequest, organization: LicenseReseller, pk: int) -> HttpResponse:
    return _show(request, _get(organization, pk))


@require_POST
@for_member("license_reseller")
def license_reseller_quote(request: PortalRequest, organization: LicenseReseller, pk: int) -> HttpResponse:
    """Say the price; until the MSP accepts it, it can be said anew."""

    def quote(order: Order, **typed: Any) -> str:
        again = order.state == State.QUOTED
        order = orders.quote(order, **typed, by=request.user)
        sent = f"We emailed the {'new ' if again else ''}price to {order.msp_name}."
        return f"You quoted {order}. {sent}"

    return _act(request, organization, pk, quote, quote=QuoteForm(request.POST))


@require_POST
@for_member("license_reseller")
def license_reseller_reject(request: PortalRequest, organization: LicenseReseller, pk: int) -> HttpResponse:
    def reject(order: Order, **typed: Any) -> str:
        return f"You rejected {orders.reject(order, **typed, by=request.user)}."

    return _act(request, organization, pk, reject, reject=OrderRejectForm(request.POST))


@require_POST
@for_member("license_reseller")
def license_reseller_deliver(request: PortalRequest, organization: LicenseReseller, pk: int) -> HttpResponse:
    """Issue the key. The next page shows it, once."""

    def deliver(order: Order) -> str:
        key, _ = orders.deliver(order, by=request.user)
        remember_key(request, key)
        return f"You issued {key}."

    return _act(request, organization, pk, deliver)


@require_http_methods(["GET", "POST"])
@for_member("license_reseller")
def license_reseller_listing(request: PortalRequest, organization: LicenseReseller, pk: int) -> HttpResponse:
    """What the MSPs of one region read about the company."""
    listing = get_object_or_404(Listing.objects.filter(license_reseller=organization), pk=pk)
    now = {name: getattr(listing, name) for name in ListingForm.base_fields}
    form = ListingForm(data_of(request), initial=now, products=list(Product.objects.filter(is_trial=False)))
    status = answers.status(form)
    if form.is_valid():
        try:
            listings.change(listing, **form.cleaned_data, by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"MSPs of {listing.get_region_display()} read the new details from now on.")
            return redirect("license-reseller-home")
    context = {"organization": organization, "listing": listing, "form": form}
    return render(request, "licensing/reseller_listing.html", context, status=status)


def regions_of(organization: LicenseReseller) -> list[tuple[str, str]]:
    """As choices."""
    return [(region, str(Region(region).label)) for region in organization.regions]


def _act(
    request: PortalRequest, organization: LicenseReseller, pk: int, act: Callable[..., str], **forms: Form
) -> HttpResponse:
    """Do it and say what was done; else the order's page, with what was typed and the reason."""
    order = _get(organization, pk)
    typed = {}
    for form in forms.values():
        if not form.is_valid():
            return _show(request, _get(organization, pk), status=422, forms=forms)
        typed = form.cleaned_data
    try:
        messages.success(request, act(order, **typed))
    except RuleBroken as no:
        return _refused(request, organization, pk, no, forms)
    return redirect("license-reseller-order", pk)


def _refused(
    request: PortalRequest, organization: LicenseReseller, pk: int, no: RuleBroken, forms: dict[str, Form]
) -> HttpResponse:
    """In the form where it has a form that can be sent again, else above the page."""
    form = next(iter(forms.values()), None)
    if form and no.field in form.fields:
        form.add_error(no.field, str(no))
        return _show(request, _get(organization, pk), status=no.status, forms=forms)
    return _show(request, _get(organization, pk), refusal=str(no), status=no.status)


def _get(organization: LicenseReseller, pk: int) -> Order:
    mine = Order.objects.filter(license_reseller=organization)
    found = get_object_or_404(mine.select_related("product", "listing", "moved_by", "key__product"), pk=pk)
    found.license_reseller = organization
    return found


def _show(
    request: PortalRequest,
    order: Order,
    *,
    status: int = 200,
    refusal: str = "",
    forms: dict[str, Form] | None = None,
) -> HttpResponse:
    typed = forms or {}
    now = {"price": order.price, "currency": order.currency or "EUR", "tax": order.tax or "without"}
    key = getattr(order, "key", None)
    context = {
        "organization": order.license_reseller,
        "order": order,
        "key": key,
        "key_is_late": key is not None and state_of(key) == "late",
        "code": take_key(request, key),
        "refusal": refusal,
        "quote": typed.get("quote") or QuoteForm(initial=now),
        "reject": typed.get("reject") or OrderRejectForm(),
        "events": [
            {"at": one.at, "who": one.who(reader=Side.RESELLER, names={Side.MSP: order.msp_name}), "what": one.sentence}
            for one in Event.objects.about(order)
        ],
    }
    response = render(request, "licensing/reseller_order.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
