"""Forms about one license: rename, extend, add seats, give seats back, replace, delete."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import rate_limits
from accounts.http import data_of
from licensing import licenses, obstacles, offers
from licensing.license_forms import DeleteForm, KeyForm, NameForm, ReplaceForm, SeatsForm
from licensing.license_views import find, needs_manage
from licensing.models import License
from rules.errors import RuleBroken
from tenants.door import TenantRequest, for_customer
from tenants.models import Customer
from tenants.times import day

type Do = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Act:
    """A page with one form: its words, why it cannot be done (empty where it can), and what to read before."""

    title: str
    button: str
    says: str
    obstacle: str = ""


@require_http_methods(["GET", "POST"])
@for_customer
def license_rename(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    license = find(customer, pk)
    act = Act("Rename", "Save changes", "The name has no effect on devices.", obstacles.of_renaming(license))

    def do(typed: dict[str, Any]) -> str:
        return f"You saved {licenses.rename(license, name=typed['name'], by=request.user)}."

    return _answer(request, license, act, NameForm(data_of(request), initial={"name": license.name}), do)


@require_http_methods(["GET", "POST"])
@for_customer
def license_extend(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    license = find(customer, pk)
    says = f"The months of the key are added to the end. It needs at least {license.seats:,} seats."
    act = Act("Extend", "Extend", f"{says} {_serves(license)}", obstacles.of_extending(license))

    def do(typed: dict[str, Any]) -> str:
        longer = licenses.extend(license, typed["key"], by=request.user)
        return f"{longer} serves {customer}: {longer.seats:,} seats until {day(longer.ends_at, request.user.zone)}."

    return _answer(request, license, act, KeyForm(data_of(request)), do, limit="enter_key")


@require_http_methods(["GET", "POST"])
@for_customer
def license_seats(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    license = find(customer, pk)
    says = "The seats of the key are added to this license and end with it."
    act = Act("Add seats", "Add seats", f"{says} {_serves(license)}", obstacles.of_adding_seats(license))

    def do(typed: dict[str, Any]) -> str:
        larger = licenses.add_seats(license, typed["key"], by=request.user)
        return f"{larger} serves {customer}: {larger.seats:,} seats until {day(larger.ends_at, request.user.zone)}."

    return _answer(request, license, act, KeyForm(data_of(request)), do, limit="enter_key")


@require_http_methods(["GET", "POST"])
@for_customer
def license_reduce(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    license = find(customer, pk)
    says = f"{license.used:,} of {license.seats:,} seats are in use. You can set {max(1, license.used):,} or more."
    act = Act("Give seats back", "Save changes", says, obstacles.of_reducing(license))

    def do(typed: dict[str, Any]) -> str:
        smaller = licenses.reduce_seats(license, to=typed["seats"], by=request.user)
        return f"{smaller} has {smaller.seats:,} seats now."

    return _answer(request, license, act, SeatsForm(data_of(request), initial={"seats": license.seats}), do)


@require_http_methods(["GET", "POST"])
@for_customer
def license_replace(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    license = find(customer, pk)
    others = {str(one.pk): one for one in offers.replacements(license)}
    none = f"{customer} has no other license of {license.get_service_display()} that runs. Enter a license key first."
    says = f"Its {license.used:,} devices move to the new license and keep {license.get_service_display()}."
    act = Act("Replace", "Replace", f"{says} {license} takes no new devices afterwards.", "" if others else none)
    choices = [(key, f"{one} ({one.left:,} of {one.seats:,} seats left)") for key, one in others.items()]

    def do(typed: dict[str, Any]) -> str:
        to = licenses.replace(license, to=others[typed["to"]], by=request.user)
        return f"{to} replaced {license}."

    return _answer(request, license, act, ReplaceForm(data_of(request), choices=choices), do)


@require_http_methods(["GET", "POST"])
@for_customer
def license_remove(request: TenantRequest, customer: Customer, pk: int) -> HttpResponse:
    """Delete it: only without devices, of Knox Configure only after its end (knox.md 5.6)."""
    license = find(customer, pk)
    what = license.key.last5 if license.key else license.name
    label = f"Type {what}, the last 5 signs of the key, to go on" if license.key else f"Type {what} to go on"
    says = f"{license} goes from {customer}. "
    says += "The key cannot serve another customer." if license.key else "A customer has one trial, so none follows."
    act = Act("Delete license", "Delete license", says, obstacles.of_deleting(license, request.user.zone))

    def do(typed: dict[str, Any]) -> str:
        licenses.delete(license, by=request.user)
        return f"You deleted {license}."

    form = DeleteForm(data_of(request), what=what, label=label)
    return _answer(request, license, act, form, do, leads_to="customer-licenses")


def _serves(license: License) -> str:
    return f"This key serves {license.customer} from now on, and no other customer ever."


def _answer(  # noqa: PLR0913  (the one place of six pages)
    request: TenantRequest,
    license: License,
    act: Act,
    form: forms.Form,
    do: Do,
    *,
    limit: str = "",
    leads_to: str = "license",
) -> HttpResponse:
    """The form; sent, the verb, and back to the license with what happened."""
    needs_manage(request)
    customer, status = license.customer, 200
    if request.method == "POST":
        status = 422
        if limit:
            rate_limits.consume(request, limit)
    if form.is_valid():
        try:
            done = do(form.cleaned_data)
        except RuleBroken as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
            status = no.status
        else:
            messages.success(request, done)
            args = [customer.kcs_id] if leads_to == "customer-licenses" else [customer.kcs_id, license.pk]
            return redirect(leads_to, *args)
    obstacle = obstacles.of_the_msp(customer) or act.obstacle
    context = {"customer": customer, "license": license, "act": act, "form": form, "obstacle": obstacle}
    return render(request, "licensing/license_act.html", context, status=status)
