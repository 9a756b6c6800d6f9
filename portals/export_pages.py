"""A long CSV file: whether it is ready, and the file. Only for the one who asked."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from tenants import door, exports
from tenants.models import Export


@require_GET
def export_page(request: PortalRequest, pk: str) -> HttpResponse:
    export = _own(request, pk)
    ended = export.state == Export.State.READY and _is_over(export)
    status = 410 if ended else 200
    template = "portals/export.html#progress" if request.htmx else "portals/export.html"
    return render(request, template, {"export": export, "ended": ended}, status=status)


@require_GET
def export_file(request: PortalRequest, pk: str) -> HttpResponse:
    export = _own(request, pk)
    if not export.content or _is_over(export):
        raise Http404
    head = {"Content-Disposition": f'attachment; filename="{export.what}.csv"'}
    return HttpResponse(exports.content(export), content_type="text/csv; charset=utf-8", headers=head)


def _is_over(export: Export) -> bool:
    return bool(export.ends_at and export.ends_at <= timezone.now())


def _own(request: PortalRequest, pk: str) -> Export:
    export = get_object_or_404(Export.objects.select_related("msp"), pk=pk, user=request.user)
    door.refuse_suspended(export.msp)
    return export
