"""Orders of an MSP: a new one, one order with its quote (FAQ Q8)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import data_of
from licensing import orders
from licensing.models import Key, Listing, Order, Product
from licensing.order_forms import OrderForm
from rules.errors import RuleBroken
from tenants import access
from tenants.door import TenantRequest, for_msp
from tenants.models import Access, Customer
from tenants.pages import answers


@require_http_methods(["GET", "POST"])
@for_msp("add_customers")
def order_new(request: TenantRequest) -> HttpResponse:
    """Choose a license reseller of the own region, and what to order."""
    listings = list(Listing.objects.filter(region=request.msp.region).order_by("name", "pk")[:100])
    products = list(Product.objects.filter(is_trial=False))
    sold = {code for one in listings for code in one.products}
    offered = [one for one in products if one.code in sold]
    customer = _named(request)
    form = OrderForm(data_of(request), initial=_initial(request, listings), listings=listings, products=offered)
    status = answers.status(form)
    if form.is_valid():
        try:
            order = _place(request, form, listings, offered)
        except RuleBroken as no:
            field = {"customer": "kcs_id"}.get(no.field or "", no.field)
            form.add_error(field if field in form.fields else None, str(no))
            status = no.status
        else:
            messages.success(request, f"We sent order {order.pk} to {order.listing}. It answers with a price.")
            return redirect("order", order.pk)
    context = {"form": form, "sellers": _sellers(form, listings, products), "customer_named": customer}
    return render(request, "licensing/order_new.html", context, status=status)


@require_GET
@for_msp()
def order_page(request: TenantRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk))


@require_POST
@for_msp("add_customers")
def order_accept(request: TenantRequest, pk: int) -> HttpResponse:
    accept = partial(orders.accept, quote=request.POST.get("quote", ""))
    return _act(request, pk, accept, "You accepted the quote of order {order}. {seller} issues the key.")


@require_POST
@for_msp("add_customers")
def order_withdraw(request: TenantRequest, pk: int) -> HttpResponse:
    return _act(request, pk, orders.withdraw, "You withdrew order {order}.")


@require_POST
@for_msp("add_customers")
def order_key(request: TenantRequest, pk: int) -> HttpResponse:
    """Show the key of an open order once. Written in the activity log."""
    order = _find(request, pk)
    rate_limits.consume(request, "show_key")
    try:
        code = orders.reveal(order, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect("order", pk)
    response = _show(request, order, code=code)
    response["Cache-Control"] = "no-store"
    return response


def _find(request: TenantRequest, pk: int) -> Order:
    rows = Order.objects.filter(msp=request.msp)
    return get_object_or_404(rows.select_related("listing", "product", "customer", "sent_by", "moved_by"), pk=pk)


def _place(request: TenantRequest, form: OrderForm, listings: list[Listing], products: list[Product]) -> Order:
    typed = form.cleaned_data
    return orders.place(
        next(one for one in listings if str(one.pk) == typed["listing"]),
        msp=request.msp,
        product=next(one for one in products if one.code == typed["product"]),
        seats=typed["seats"],
        months=typed["months"],
        customer=_customer(request, typed["kcs_id"]) if typed["kcs_id"] else None,
        note=typed["note"],
        by=request.user,
    )


def _customer(request: TenantRequest, kcs_id: str) -> Customer:
    mine = Customer.objects.granted(request.user, access.MANAGE).filter(kcs_id=kcs_id)
    found = mine.filter(managements__msp=request.msp, managements__ended_at=None).first()
    if found is None:
        raise RuleBroken(f"{kcs_id} is not one of your customers.", field="kcs_id")
    return found


def _named(request: TenantRequest) -> Customer | None:
    """The customer whose page led here."""
    kcs_id = request.GET.get("customer", "")
    seen = Customer.objects.granted(request.user, access.MANAGE).filter(kcs_id=kcs_id[:10], access=Access.NONE)
    return seen.first() if kcs_id else None


def _initial(request: TenantRequest, listings: list[Listing]) -> dict[str, str]:
    first = str(listings[0].pk) if len(listings) == 1 else ""
    return {
        "listing": first,
        "product": request.GET.get("product", ""),
        "kcs_id": request.GET.get("customer", "")[:10],
    }


def _sellers(form: OrderForm, listings: list[Listing], products: list[Product]) -> list[tuple[Any, Listing, str]]:
    """Each license reseller with its circle to choose, and what it sells."""
    names = {one.code: one.name for one in products}
    every = "every license"
    return [
        (choice, one, every if names.keys() <= set(one.products) else ", ".join(names[code] for code in one.products))
        for choice, one in zip(form["listing"], listings, strict=True)
    ]


def _show(request: TenantRequest, order: Order, *, code: str = "") -> HttpResponse:
    may_act = "add_customers" in request.msp_rights
    has_license = order.customer_id and order.state == Order.State.DELIVERED
    key = Key.objects.filter(order=order).select_related("license", "product").first() if has_license else None
    no_key = orders.no_key(order, by=request.user) if order.state == Order.State.DELIVERED and not key else ""
    context = {
        "order": order,
        "code": code,
        "key": key,
        "no_key": no_key,
        "may_accept": may_act and order.state == Order.State.QUOTED,
        "may_withdraw": may_act and order.state in (Order.State.SENT, Order.State.QUOTED),
        "may_show_key": may_act and order.state == Order.State.DELIVERED and not key and not no_key,
    }
    return render(request, "licensing/order.html", context)


def _act(request: TenantRequest, pk: int, verb: Callable[..., Order], done: str) -> HttpResponse:
    order = _find(request, pk)
    with answers.outcome(request, done.format(order=order.pk, seller=order.listing)):
        verb(order, by=request.user)
    return redirect("order", pk)
