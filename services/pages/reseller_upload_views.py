"""A reseller's upload for one customer, whose profile it may name (words.md 7.6)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from devices.pages import reseller_upload_views
from devices.pages.upload_handlers import takes_files
from services import preferences
from tenants.door import for_member
from tenants.models import Reseller


@takes_files
@require_http_methods(["GET", "POST"])
@for_member("reseller")
def reseller_upload_new(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """For one customer, named by its KCS Customer ID."""
    return reseller_upload_views.new(request, organization, check=preferences.check_named)
