"""License keys in the License Reseller Portal: those that were issued, masked, and one more (FAQ Q8)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from licensing import codes, keys, sales
from licensing.models import Key, Listing, Product
from licensing.reseller_forms import IssueForm
from licensing.reseller_lists import KEY_STATES, KeyList, keys_csv, state_of
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import lists
from tenants.door import for_member
from tenants.models import LicenseReseller
from tenants.pages import answers
from tenants.regions import Region

_NEW_KEY = "new_key"
"""Session key: the key that this person issued a moment ago and was not shown yet, by its number."""


@require_GET
@for_member("license_reseller")
def license_reseller_keys(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    listed = KeyList(request.GET)
    page = lists.page(listed.rows(organization), listed.sorting.order, request.GET)
    context = {
        "organization": organization,
        "filters": listed,
        "chips": listed.chips(),
        "views": listed.views(),
        "columns": listed.sorting.heads(),
        "page": page,
        "rows": [(one, KEY_STATES[state_of(one)]) for one in page.rows],
        "regions": [(region, Region(region).label) for region in organization.regions],
        "csv_url": reverse("license-reseller-keys-export") + lists.without(request.GET),
    }
    return answers.listed(request, "licensing/reseller_keys.html", context)


@require_GET
@for_member("license_reseller")
def license_reseller_keys_export(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    listed = KeyList(request.GET)
    rows = listed.rows(organization).order_by(*listed.sorting.order.by())[: rule.number("export_limit")]
    return answers.csv("license-keys", keys_csv(rows))


@require_GET
@for_member("license_reseller")
def license_reseller_key(request: PortalRequest, organization: LicenseReseller, pk: int) -> HttpResponse:
    """One key: whole once after it was issued, masked afterwards."""
    mine = Key.objects.filter(license_reseller=organization).select_related("product", "issued_by")
    key = get_object_or_404(mine, pk=pk)
    context = {
        "organization": organization,
        "key": key,
        "code": take_key(request, key),
        "state": KEY_STATES[state_of(key)],
    }
    response = render(request, "licensing/reseller_key.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@for_member("license_reseller")
def license_reseller_issue(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    """Issue a key that was sold outside the portal."""
    mine = list(Listing.objects.filter(license_reseller=organization).order_by("pk"))
    sold = {code for one in mine for code in one.products}
    form = IssueForm(
        data_of(request), listings=mine, products=list(Product.objects.filter(is_trial=False, code__in=sold))
    )
    status = answers.status(form)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        msp_id = typed.pop("msp_id")
        if msp_id:
            rate_limits.consume(request, "look_up")
        try:
            sales.check_region(typed["listing"], msp_id)
            key, _ = keys.issue(**typed, by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            remember_key(request, key)
            messages.success(request, f"You issued {key}.")
            return redirect("license-reseller-key", key.pk)
    context = {"organization": organization, "form": form, "usable_days": rule.number("key_usable_days")}
    return render(request, "licensing/reseller_issue.html", context, status=status)


def remember_key(request: PortalRequest, key: Key) -> None:
    """The next page may show it. The session holds its number, never the key itself."""
    request.session[_NEW_KEY] = key.pk


def take_key(request: PortalRequest, key: Key | None) -> str:
    """The whole key, the first time after this person issued it; else nothing."""
    if key is None or request.method != "GET" or request.session.get(_NEW_KEY) != key.pk:
        return ""
    del request.session[_NEW_KEY]
    return codes.unseal(key.code_sealed)
