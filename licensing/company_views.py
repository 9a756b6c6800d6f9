"""The list of a company's own licenses in the Knox Admin Portal, where it manages itself (knox.md 5.6)."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from devices.pages.bulk_act_list import started
from licensing.license_list_views import STATUSES, TRIAL, LicenseList, csv_rows, trial_of
from rules import settings as rule
from tenants import access, two_portals
from tenants.door import for_member
from tenants.models import Customer, KnoxService
from tenants.pages import answers


@require_GET
@for_member("customer")
def company_licenses(request: PortalRequest, organization: Customer) -> HttpResponse:
    listed = LicenseList(request.GET, customer=organization)
    portal = two_portals.in_admin_portal(request, organization)
    may_change = access.LICENSES in portal.rights
    numbers = rule.numbers("forecast_days", *TRIAL)
    context = {
        "organization": organization,
        "filters": listed,
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": listed.page(request.user, None, forecast_days=numbers["forecast_days"]),
        "all_services": KnoxService.choices,
        "all_statuses": STATUSES,
        "list_url": request.path,
        "csv_url": reverse("admin-portal-licenses-export") + "?" + request.GET.urlencode(),
        "trial": trial_of(organization, numbers) if may_change else None,
        "may_change": may_change,
        "background": started(portal, "licenses"),
    }
    return answers.listed(request, "licensing/company_licenses.html", context)


@require_GET
@for_member("customer")
def company_licenses_export(request: PortalRequest, organization: Customer) -> HttpResponse:
    rows = LicenseList(request.GET, customer=organization).rows(request.user, None).order_by("name", "pk")
    return answers.csv("licenses", csv_rows(rows))
