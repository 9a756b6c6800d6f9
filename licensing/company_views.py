"""A company's own licenses in the Knox Admin Portal: where it manages itself, alone or beside its MSP (knox.md 5.6)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from licensing import keys, ledger, trials
from licensing.license_forms import EnterKeyForm
from licensing.license_list_views import STATUSES, LicenseList, csv_rows, trial_of
from licensing.models import License, Seat
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import exports, lists
from tenants.door import for_member
from tenants.models import Customer, KnoxService
from tenants.times import day, written

_TAKEN = lists.Order("taken_at", descending=True)


@require_GET
@for_member("customer")
def company_licenses(request: PortalRequest, organization: Customer) -> HttpResponse:
    listed = LicenseList(request.GET, customer=organization)
    context = {
        "organization": organization,
        "filters": listed,
        "chips": listed.chips(),
        "columns": listed.columns(),
        "page": lists.page(listed.rows(request.user, None), listed.order, request.GET),
        "all_services": KnoxService.choices,
        "all_statuses": STATUSES,
        "list_url": request.path,
        "csv_url": reverse("company-licenses-export") + "?" + request.GET.urlencode(),
        "trial": trial_of(organization),
    }
    part = "#rows" if request.htmx and not request.htmx.boosted else ""
    return render(request, f"licensing/company_licenses.html{part}", context)


@require_GET
@for_member("customer")
def company_licenses_export(request: PortalRequest, organization: Customer) -> HttpResponse:
    rows = LicenseList(request.GET, customer=organization).rows(request.user, None).order_by("name", "pk")
    head = {"Content-Disposition": 'attachment; filename="licenses.csv"'}
    text = "".join(exports.lines(csv_rows(rows)))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=head)


@require_GET
@for_member("customer")
def company_license(request: PortalRequest, organization: Customer, pk: int) -> HttpResponse:
    return _show(request, organization, _get(organization, pk))


@require_POST
@for_member("customer")
def company_license_key(request: PortalRequest, organization: Customer, pk: int) -> HttpResponse:
    """Show the whole key once. Written in the activity log."""
    license = _get(organization, pk)
    rate_limits.consume(request, "show_key")
    try:
        code = keys.reveal(license, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect("company-license", pk)
    response = _show(request, organization, license, code=code)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@for_member("customer")
def company_license_enter(request: PortalRequest, organization: Customer) -> HttpResponse:
    form, status = EnterKeyForm(data_of(request)), 200
    if request.method == "POST":
        rate_limits.consume(request, "enter_key")
        status = 422
    if form.is_valid():
        typed = form.cleaned_data
        try:
            license = keys.enter(organization, typed["key"], by=request.user, name=typed["name"])
        except RuleBroken as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
            status = no.status
        else:
            license.refresh_from_db()
            until = day(license.ends_at, request.user.zone)
            messages.success(request, f"{license} serves {organization}: {license.seats:,} seats until {until}.")
            return redirect("company-license", license.pk)
    context = {"organization": organization, "form": form}
    return render(request, "licensing/company_enter.html", context, status=status)


@require_POST
@for_member("customer")
def company_trial(request: PortalRequest, organization: Customer) -> HttpResponse:
    """Start the trial of Knox Configure with one click (FAQ Q9)."""
    try:
        trial = trials.start(organization, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect("company-licenses")
    trial.refresh_from_db()
    messages.success(request, f"The trial runs until {written(trial.ends_at, request.user.zone)}.")
    return redirect("company-license", trial.pk)


def _get(organization: Customer, pk: int) -> License:
    own = License.objects.kept().filter(customer=organization)
    found = get_object_or_404(own.select_related("product", "key__product", "replaced_by"), pk=pk)
    found.customer = organization
    return found


def _show(request: PortalRequest, organization: Customer, license: License, *, code: str = "") -> HttpResponse:
    """Dates, seats and key; the devices on it, the newest first; once it ended, when they leave."""
    used = Seat.objects.filter(license=license).select_related("device__model")
    additions = license.additions.select_related("key__product", "by").order_by("-at", "-pk")
    context: dict[str, Any] = {
        "organization": organization,
        "license": license,
        "code": code,
        "page": lists.page(used, _TAKEN, request.GET),
        "additions": list(additions[:50]),
    }
    if license.state == License.State.EXPIRED:
        context["leaves_at"] = license.leaves_at(rule.number("grace_days"))
    else:
        context["full_on"] = ledger.full_on([license]).get(license.pk)
    return render(request, "licensing/company_license.html", context)
