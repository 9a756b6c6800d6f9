"""The first page of the Reseller Portal: the company and its ID."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from tenants.door import for_member
from tenants.models import Reseller
from tenants.regions import Region


@require_GET
@for_member("reseller")
def reseller_home(request: PortalRequest, organization: Reseller) -> HttpResponse:
    context = {"organization": organization, "regions": _names(organization.regions)}
    return render(request, "portals/reseller_home.html", context)


def _names(regions: list[str]) -> list[str]:
    return [Region(region).label for region in regions]
