"""One license: what it is, what can be done with it, its key."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import data_of
from licensing import keys, ledger, obstacles, trials
from licensing.license_forms import EnterKeyForm
from licensing.models import License, Product
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import access
from tenants.door import MissingRight, TenantRequest, for_customer
from tenants.models import Customer
from tenants.times import day, written


def find(customer: Customer, pk: int) -> License:
    """A license of this customer that nobody deleted; else 404."""
    rows = License.objects.kept().filter(customer=customer).select_related("product", "key__product", "replaced_by")
    found = get_object_or_404(rows, pk=pk)
    found.customer = customer
    return found


def needs_manage(request: TenantRequest) -> None:
    """The forms are for those who may send them."""
    if access.MANAGE not in request.customer_rights:
        raise MissingRight(access.MANAGE, request.msp)


@require_GET
@for_customer
def license_page(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    return _show(request, find(customer, pk))


@require_POST
@for_customer
def license_key(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    """Show the whole key once: the next look at the page masks it again. Written in the activity log."""
    license = find(customer, pk)
    rate_limits.consume(request, "show_key")
    why_not, code = obstacles.of_the_msp(customer), ""
    try:
        code = "" if why_not else keys.reveal(license, by=request.user)
    except RuleBroken as no:
        why_not = str(no)
    if not code:
        messages.error(request, why_not)
        return redirect("license", customer.kcs_id, pk)
    response = _show(request, license, code=code)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@for_customer
def license_enter(request: TenantRequest, customer: Customer) -> HttpResponse:
    """Enter a key; from the page of a trial (`?trial=`), its devices go to the new license and keep their service."""
    needs_manage(request)
    form, status, trial = EnterKeyForm(data_of(request)), 200, _trial(request, customer)
    enter = partial(trials.convert, trial) if trial else partial(keys.enter, customer)
    if request.method == "POST":
        rate_limits.consume(request, "enter_key")
        status = 422
    if form.is_valid():
        try:
            license = enter(form.cleaned_data["key"], by=request.user, name=form.cleaned_data["name"])
        except RuleBroken as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
            status = no.status
        else:
            license.refresh_from_db()
            until = day(license.ends_at, request.user.zone)
            messages.success(request, f"{license} serves {customer}: {license.seats:,} seats until {until}.")
            return redirect("license", customer.kcs_id, license.pk)
    context = {"customer": customer, "form": form, "obstacle": obstacles.of_the_msp(customer), "trial": trial}
    return render(request, "licensing/license_enter.html", context, status=status)


def _trial(request: TenantRequest, customer: Customer) -> License | None:
    """The trial of this customer that the address names; None where it names none."""
    pk = request.GET.get("trial", "")
    return find(customer, int(pk)) if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None  # noqa: PLR2004


@require_POST
@for_customer
def trial_start(request: TenantRequest, customer: Customer) -> HttpResponse:
    """One click (FAQ Q9)."""
    try:
        trial = trials.start(customer, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect("customer-licenses", customer.kcs_id)
    trial.refresh_from_db()
    messages.success(request, f"The trial runs until {written(trial.ends_at, request.user.zone)}.")
    return redirect("license", customer.kcs_id, trial.pk)


def _show(request: TenantRequest, license: License, *, code: str = "") -> HttpResponse:
    zone, customer = request.user.zone, license.customer
    may_change = access.MANAGE in request.customer_rights
    jointly = obstacles.of_the_msp(customer)
    context: dict[str, Any] = {
        "customer": customer,
        "license": license,
        "code": code,
        "may_change": may_change and not jointly,
        "may_order": may_change and not jointly and "add_customers" in request.msp_rights,
        "may_show_key": may_change and not jointly and license.key,
        "jointly": jointly,
        "acts": _acts(license) if may_change and not jointly else [],
        "no_delete": obstacles.of_deleting(license, zone),
        "may_reduce": license.product.seat_change == Product.SeatChange.BOTH,
        "additions": license.additions.select_related("key__product", "by").order_by("-at", "-pk"),
        **_end(license),
    }
    return render(request, "licensing/license.html", context)


def _end(license: License) -> dict[str, Any]:
    """When it is full at the pace of the last days; once it has ended, when its devices leave."""
    if license.state == License.State.EXPIRED:
        leaves = license.leaves_at(rule.number("grace_days")) if license.product.has_grace else license.leaves_at(0)
        return {"leaves_at": leaves}
    return {"full_on": ledger.full_on([license]).get(license.pk)}


def _acts(license: License) -> list[tuple[str, str, str, str]]:
    """What can be done: the route, the words, what it is for, and why it cannot be done now (empty where it can)."""
    return [
        ("license-extend", "Extend", "A further key makes it longer.", obstacles.of_extending(license)),
        ("license-seats", "Add seats", "A further key brings more seats.", obstacles.of_adding_seats(license)),
        ("license-rename", "Rename", "Your own name for it.", obstacles.of_renaming(license)),
        ("license-replace", "Replace", "Move its devices to another license.", ""),
    ]
