"""A long CSV file: whether it is ready, and the file. Only for the one who asked."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from tenants import access, door, exports
from tenants.door import TenantRequest
from tenants.models import Export

LISTS = {
    "customers": "customer-list",
    "devices": "all-devices",
    "uploads": "approval-queue",
    "licenses": "license-list",
}
"""Where an export is asked for, by what it is of."""


@require_GET
def export_page(request: TenantRequest, pk: str) -> HttpResponse:
    """In the frame of the MSP that it is of, whichever portal is open: the link is in a letter."""
    export = _own(request, pk)
    request.msp, request.msp_rights = export.msp, access.rights(request.user, export.msp)
    ended = export.state == Export.State.READY and _is_over(export)
    status = 410 if ended else 200
    template = "portals/export.html#progress" if request.htmx else "portals/export.html"
    context = {"export": export, "ended": ended, "list_url": reverse(LISTS[export.what])}
    return render(request, template, context, status=status)


@require_GET
def export_file(request: TenantRequest, pk: str) -> HttpResponse:
    export = _own(request, pk)
    if not export.content or _is_over(export):
        raise Http404
    head = {"Content-Disposition": f'attachment; filename="{export.what}.csv"'}
    return HttpResponse(exports.content(export), content_type="text/csv; charset=utf-8", headers=head)


def _is_over(export: Export) -> bool:
    return bool(export.ends_at and export.ends_at <= timezone.now())


def _own(request: TenantRequest, pk: str) -> Export:
    export = get_object_or_404(Export.objects.select_related("msp"), pk=pk, user=request.user)
    door.refuse_suspended(export.msp)
    return export
