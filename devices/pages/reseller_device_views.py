"""The devices of a reseller: found by state or exact number, and deleted by choice, by list or by upload."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.acting import acting_as, as_reseller
from accounts.http import PortalRequest, data_of
from devices import files, reseller_deletions
from devices.models import Device, Upload
from devices.pages.reseller_forms import DeleteListForm, NumberForm
from devices.pages.reseller_lists import DeviceList, devices_csv
from devices.pages.upload_handlers import takes_files
from devices.problems import PROBLEMS
from devices.reseller_deletions import Looked
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import exports, lists
from tenants.door import for_member
from tenants.models import Reseller
from tenants.numbers import counted
from tenants.pages import answers

_REFUSED_SHOWN, _LINES_SHOWN = 200, 50


@require_GET
@for_member("reseller")
def reseller_devices(request: PortalRequest, organization: Reseller) -> HttpResponse:
    listed = DeviceList(request.GET)
    page, lines = listed.page(organization), list(listed.lines(organization)[: _LINES_SHOWN + 1])
    shown = lines[:_LINES_SHOWN]
    context = {
        "organization": organization,
        "listed": listed,
        "chips": listed.chips(),
        "views": listed.views(),
        "page": page,
        "lines": [(one, PROBLEMS[one.problem].words(value=one.typed, detail=one.detail)) for one in shown],
        "more_lines": len(lines) > len(shown),
        "lines_found": f"{counted(len(shown), 'line')} shown that we did not add" if shown and not page.rows else "",
        "csv_url": reverse("reseller-devices-export") + lists.without(request.GET),
    }
    return answers.listed(request, "devices/reseller_devices.html", context)


@require_GET
@for_member("reseller")
def reseller_devices_export(request: PortalRequest, organization: Reseller) -> StreamingHttpResponse:
    """CSV of what the list shows, a line at a time."""
    return answers.streamed("devices", _streamed(request, organization))


@require_POST
@for_member("reseller")
def reseller_devices_delete(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """Delete the ticked devices: first the question, then, with the number typed, the act. The question sends all of
    them in one field: a form has a thousand at most."""
    ticked = lists.keys(",".join(request.POST.getlist("device")).split(","))
    chosen = reseller_deletions.own(organization).filter(pk__in=ticked)
    asked = {"devices": ticked, "back": reverse("reseller-devices")}
    return _delete(request, organization, chosen, asked, act="typed" in request.POST)


@require_http_methods(["GET", "POST"])
@for_member("reseller")
def reseller_upload_delete(request: PortalRequest, organization: Reseller, upload_id: int) -> HttpResponse:
    """Delete what one upload brought."""
    upload = get_object_or_404(Upload, reseller=organization, pk=upload_id)
    chosen = reseller_deletions.of_upload(upload, reseller=organization)
    asked = {"upload": upload, "back": reverse("reseller-upload", args=[upload.pk])}
    return _delete(request, organization, chosen, asked, act=request.method == "POST")


@takes_files
@require_http_methods(["GET", "POST"])
@for_member("reseller")
def reseller_devices_delete_list(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """Delete by a list, with or without the KCS Customer ID on each line; first it is shown what the list means."""
    if request.method == "POST":
        rate_limits.consume(request, "upload")
    form = DeleteListForm(data_of(request), request.FILES or None)
    status = answers.status(form)
    if form.is_valid():
        try:
            looked = reseller_deletions.look(_rows(form), reseller=organization)
        except RuleBroken as no:
            form.add_error("file", str(no))
            status = no.status
        else:
            return _question(request, organization, looked)
    context = {"organization": organization, "form": form, "limit": rule.number("delete_lines")}
    return render(request, "devices/reseller_delete_list.html", context, status=status)


def _rows(form: DeleteListForm) -> Iterator[files.Row]:
    file: UploadedFile | None = form.cleaned_data["file"]
    pieces = file.chunks() if file else iter([form.cleaned_data["lines"].encode()])
    return files.rows(pieces, name=(file.name or "") if file else "list.csv", limit=rule.number("delete_lines"))


def _question(request: PortalRequest, reseller: Reseller, looked: Looked) -> HttpResponse:
    asked = {
        "devices": looked.devices,
        "refused": looked.refused[:_REFUSED_SHOWN],
        "refused_count": len(looked.refused),
        "back": reverse("reseller-devices-delete-list"),
    }
    chosen = reseller_deletions.own(reseller).filter(pk__in=looked.devices)
    return _delete(request, reseller, chosen, asked, act=False)


def _delete(
    request: PortalRequest, reseller: Reseller, chosen: QuerySet[Device], asked: dict[str, Any], *, act: bool
) -> HttpResponse:
    """The question with what would go, or the act."""
    count, status = chosen.count(), 200
    form = NumberForm(request.POST if act else None, number=count)
    if act and form.is_valid():
        try:
            gone = reseller_deletions.delete(
                chosen, reseller=reseller, typed=form.cleaned_data["typed"], by=request.user
            )
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"You deleted {counted(gone, 'device')}.")
            return redirect("reseller-devices")
    elif act:
        status = 422
    context = {"organization": reseller, "form": form, "count": count, **asked}
    return render(request, "devices/reseller_delete.html", context, status=status)


def _streamed(request: PortalRequest, reseller: Reseller) -> Iterator[str]:
    """Runs after the view and its transaction: the person and the role are named anew."""
    with acting_as(request.user), transaction.atomic(), as_reseller():
        listed = DeviceList(request.GET)
        yield from exports.lines(devices_csv(listed.rows(reseller), listed.lines(reseller)))
