"""One license: what it is, what can be done with it, its key. The same in the MSP Portal and the Knox Admin Portal."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from licensing import keys, ledger, obstacles, trials
from licensing.license_forms import EnterKeyForm
from licensing.models import License, Product
from licensing.places import LicensePlace, in_both
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import lists
from tenants.models import Customer
from tenants.numbers import counted
from tenants.pages import answers
from tenants.times import day, written


def find(customer: Customer, pk: int) -> License:
    """A license of this customer that nobody deleted; else 404."""
    rows = License.objects.kept().filter(customer=customer).select_related("product", "key__product", "replaced_by")
    found = get_object_or_404(rows, pk=pk)
    found.customer = customer
    return found


@in_both("GET")
def _page(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    return _show(request, place, find(place.customer, pk))


@in_both("POST")
def _key(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    """Show the whole key once: the next look at the page masks it again. Written in the activity log."""
    license = find(place.customer, pk)
    rate_limits.consume(request, "show_key")
    try:
        code = keys.reveal(license, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect(place.license_url(license))
    response = _show(request, place, license, code=code)
    response["Cache-Control"] = "no-store"
    return response


@in_both("GET", "POST")
def _enter(request: PortalRequest, place: LicensePlace) -> HttpResponse:
    """Enter a key; from the page of a trial (`?trial=`), its devices go to the new license and keep their service."""
    place.needs_right()
    customer = place.customer
    form, trial = EnterKeyForm(data_of(request)), _trial(request, customer)
    status = answers.status(form)
    enter = partial(trials.convert, trial) if trial else partial(keys.enter, customer)
    if request.method == "POST":
        rate_limits.consume(request, "enter_key")
    if form.is_valid():
        try:
            license = enter(form.cleaned_data["key"], by=request.user, name=form.cleaned_data["name"])
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            license.refresh_from_db()
            until = day(license.ends_at, request.user.zone)
            messages.success(request, f"{license} serves {customer}: {counted(license.seats, 'seat')} until {until}.")
            return redirect(place.license_url(license))
    return render(
        request, "licensing/license_enter.html", place.context() | {"form": form, "trial": trial}, status=status
    )


def _trial(request: PortalRequest, customer: Customer) -> License | None:
    """The trial of this customer that the address names; None where it names none."""
    pk = lists.key(request.GET.get("trial", ""))
    return find(customer, pk) if pk else None


@in_both("POST")
def _start_trial(request: PortalRequest, place: LicensePlace) -> HttpResponse:
    """One click (FAQ Q9)."""
    try:
        trial = trials.start(place.customer, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect(place.list_url)
    trial.refresh_from_db()
    messages.success(request, f"The trial runs until {written(trial.ends_at, request.user.zone)}.")
    return redirect(place.license_url(trial))


def _show(request: PortalRequest, place: LicensePlace, license: License, *, code: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "code": code,
        "acts": _acts(place, license) if place.may_change else [],
        "no_delete": obstacles.of_deleting(license, request.user.zone),
        "may_reduce": license.product.seat_change == Product.SeatChange.BOTH,
        "additions": license.additions.select_related("key__product", "by").order_by("-at", "-pk")[:50],
        "replaced_url": place.license_url(license.replaced_by) if license.replaced_by else "",
        **_end(license),
    }
    return render(request, "licensing/license.html", place.context(license) | context)


def _end(license: License) -> dict[str, Any]:
    """When it is full at the pace of the last days; once it has ended, when its devices leave."""
    if license.state == License.State.EXPIRED:
        leaves = license.leaves_at(rule.number("grace_days")) if license.product.has_grace else license.leaves_at(0)
        return {"leaves_at": leaves}
    return {"full_on": ledger.full_on([license]).get(license.pk)}


def _acts(place: LicensePlace, license: License) -> list[tuple[str, str, str, str, str]]:
    """What can be done: a name, the words, what it is for, why it cannot be done now (empty where it can), where."""
    acts = [
        ("extend", "Extend", "A further key makes it longer.", obstacles.of_extending(license)),
        ("seats", "Add seats", "A further key brings more seats.", obstacles.of_adding_seats(license)),
        ("rename", "Rename", "Your own name for it.", obstacles.of_renaming(license)),
        ("replace", "Replace", "Move its devices to another license.", ""),
    ]
    return [(*act, place.license_url(license, act[0])) for act in acts]


license_page, company_license = _page
license_key, company_license_key = _key
license_enter, company_license_enter = _enter
trial_start, company_trial = _start_trial
