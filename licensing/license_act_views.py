"""Forms about one license, in both portals: rename, extend, add seats, give seats back, replace, delete."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from licensing import licenses, obstacles, offers
from licensing.license_forms import DeleteForm, KeyForm, NameForm, ReplaceForm, SeatsForm
from licensing.license_views import find
from licensing.models import License
from licensing.places import LicensePlace, in_both
from rules.errors import RuleBroken
from tenants.numbers import counted
from tenants.pages import answers
from tenants.times import day

type Do = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Act:
    """A page with one form: its words, why it cannot be done (empty where it can), and what to read before."""

    title: str
    button: str
    says: str
    obstacle: str = ""


@in_both("GET", "POST")
def _rename(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    license = find(place.customer, pk)
    act = Act("Rename", "Save changes", "The name has no effect on devices.", obstacles.of_renaming(license))

    def do(typed: dict[str, Any]) -> str:
        return f"You saved {licenses.rename(license, name=typed['name'], by=request.user)}."

    return _answer(request, place, license, act, NameForm(data_of(request), initial={"name": license.name}), do)


@in_both("GET", "POST")
def _extend(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    license = find(place.customer, pk)
    says = f"The months of the key are added to the end. It needs at least {counted(license.seats, 'seat')}."
    act = Act("Extend", "Extend", f"{says} {_serves(license)}", obstacles.of_extending(license))

    def do(typed: dict[str, Any]) -> str:
        longer = licenses.extend(license, typed["key"], by=request.user)
        return f"{longer} serves {place.customer}: {_runs(longer, request)}."

    return _answer(request, place, license, act, KeyForm(data_of(request)), do, limit="enter_key")


@in_both("GET", "POST")
def _seats(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    license = find(place.customer, pk)
    says = "The seats of the key are added to this license and end with it."
    act = Act("Add seats", "Add seats", f"{says} {_serves(license)}", obstacles.of_adding_seats(license))

    def do(typed: dict[str, Any]) -> str:
        larger = licenses.add_seats(license, typed["key"], by=request.user)
        return f"{larger} serves {place.customer}: {_runs(larger, request)}."

    return _answer(request, place, license, act, KeyForm(data_of(request)), do, limit="enter_key")


@in_both("GET", "POST")
def _reduce(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    license = find(place.customer, pk)
    says = f"{license.used:,} of {license.seats:,} seats are in use. You can set {max(1, license.used):,} or more."
    act = Act("Give seats back", "Save changes", says, obstacles.of_reducing(license))

    def do(typed: dict[str, Any]) -> str:
        smaller = licenses.reduce_seats(license, to=typed["seats"], by=request.user)
        return f"{smaller} has {counted(smaller.seats, 'seat')} now."

    return _answer(request, place, license, act, SeatsForm(data_of(request), initial={"seats": license.seats}), do)


@in_both("GET", "POST")
def _replace(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    license = find(place.customer, pk)
    others = {str(one.pk): one for one in offers.replacements(license)}
    service = license.get_service_display()
    none = f"{place.customer} has no other license of {service} that runs. Enter a license key first."
    says = f"Its devices ({license.used:,}) move to the new license and keep {service}."
    act = Act("Replace", "Replace", f"{says} {license} takes no new devices afterwards.", "" if others else none)
    choices = [(key, f"{one} ({one.left:,} of {one.seats:,} seats left)") for key, one in others.items()]

    def do(typed: dict[str, Any]) -> str:
        to = licenses.replace(license, to=others[typed["to"]], by=request.user)
        return f"{to} replaced {license}."

    return _answer(request, place, license, act, ReplaceForm(data_of(request), choices=choices), do)


@in_both("GET", "POST")
def _remove(request: PortalRequest, place: LicensePlace, pk: int) -> HttpResponse:
    """Delete it: only without devices, of Knox Configure only after its end (knox.md 5.6)."""
    license = find(place.customer, pk)
    what = license.key.last5 if license.key else license.name
    label = f"Type {what}, the last 5 signs of the key, to go on" if license.key else f"Type {what} to go on"
    says = f"{license} goes from {place.customer}. "
    says += "The key cannot serve another customer." if license.key else "A customer has one trial, so none follows."
    act = Act("Delete license", "Delete license", says, obstacles.of_deleting(license, request.user.zone))

    def do(typed: dict[str, Any]) -> str:
        licenses.delete(license, by=request.user)
        return f"You deleted {license}."

    form = DeleteForm(data_of(request), what=what, label=label)
    return _answer(request, place, license, act, form, do, to_list=True)


def _runs(license: License, request: PortalRequest) -> str:
    return f"{counted(license.seats, 'seat')} until {day(license.ends_at, request.user.zone)}"


def _serves(license: License) -> str:
    return f"This key serves {license.customer} from now on, and no other customer ever."


def _answer(  # noqa: PLR0913, PLR0917  (the one place of six pages)
    request: PortalRequest,
    place: LicensePlace,
    license: License,
    act: Act,
    form: forms.Form,
    do: Do,
    *,
    limit: str = "",
    to_list: bool = False,
) -> HttpResponse:
    """The form; sent, the verb, and back to the license with what happened."""
    place.needs_right()
    status = answers.status(form)
    if form.is_bound and limit:
        rate_limits.consume(request, limit)
    if form.is_valid():
        try:
            done = do(form.cleaned_data)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, done)
            return redirect(place.list_url if to_list else place.license_url(license))
    context = place.context(license) | {"act": act, "form": form, "obstacle": place.jointly or act.obstacle}
    return render(request, "licensing/license_act.html", context, status=status)


license_rename, company_license_rename = _rename
license_extend, company_license_extend = _extend
license_seats, company_license_seats = _seats
license_reduce, company_license_reduce = _reduce
license_replace, company_license_replace = _replace
license_remove, company_license_remove = _remove
