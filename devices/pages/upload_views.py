"""Uploads of an MSP for one of its customers: the form, and what came of it (FAQ Q15)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import data_of
from devices import uploads
from devices.models import DeviceModel, Upload
from devices.pages import upload_state_views as state
from devices.pages.upload_forms import UploadForm
from devices.pages.upload_handlers import takes_files
from devices.pages.upload_pages import Urls
from devices.pages.upload_state_views import Frame
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import access, two_portals
from tenants.door import MissingRight, TenantRequest, for_customer
from tenants.models import Customer
from tenants.pages import answers
from tenants.regions import Region

MODELS_SHOWN = 200


@takes_files
@require_http_methods(["GET", "POST"])
@for_customer
def upload_new(request: TenantRequest, customer: Customer) -> HttpResponse:
    """Choose a file or paste lines. The file goes piece by piece into the database; the worker checks it."""
    if access.MANAGE not in request.customer_rights:
        raise MissingRight(access.MANAGE, request.msp)
    if request.method == "POST":
        rate_limits.consume(request, "upload")
    form = UploadForm(data_of(request), request.FILES or None, region=Region(request.msp.region))
    status, before = answers.status(form), None
    if form.is_valid():
        try:
            upload = uploads.receive(by=request.user, customer=customer, **form.sent())
        except RuleBroken as no:
            status, before = answers.refuse(form, no), getattr(no, "upload", None)
        else:
            return redirect("upload", customer.kcs_id, upload.pk)
    status = 413 if form.has_error("file", "size") else status
    return render(request, "devices/upload_new.html", _form_context(request, customer, form, before), status=status)


@require_GET
@for_customer
def upload_page(request: TenantRequest, customer: Customer, upload_id: int) -> HttpResponse:
    upload = _own(customer, upload_id)
    sender = two_portals.in_msp_portal(request, customer).who([upload.uploaded_by_id])[upload.uploaded_by_id]
    return state.show(request, upload, _frame(request, customer, upload_id, sender=sender))


@require_GET
@for_customer
def upload_lines(request: TenantRequest, customer: Customer, upload_id: int) -> HttpResponse:
    return state.lines(request, _own(customer, upload_id), _frame(request, customer, upload_id))


@require_POST
@for_customer
def upload_fix(request: TenantRequest, customer: Customer, upload_id: int) -> HttpResponse:
    return state.fix(request, _own(customer, upload_id), _frame(request, customer, upload_id))


@require_POST
@for_customer
def upload_apply(request: TenantRequest, customer: Customer, upload_id: int) -> HttpResponse:
    return state.apply(request, _own(customer, upload_id), _frame(request, customer, upload_id))


@require_POST
@for_customer
def upload_cancel(request: TenantRequest, customer: Customer, upload_id: int) -> HttpResponse:
    return state.cancel(request, _own(customer, upload_id), _frame(request, customer, upload_id))


@require_GET
@for_customer
def upload_report(request: TenantRequest, customer: Customer, upload_id: int) -> HttpResponseBase:
    return state.report(request, _own(customer, upload_id), _frame(request, customer, upload_id))


def _own(customer: Customer, upload_id: int) -> Upload:
    return get_object_or_404(Upload.objects.select_related("uploaded_by"), customer=customer, pk=upload_id)


def _frame(request: TenantRequest, customer: Customer, upload_id: int, **more: str) -> Frame:
    may_act = access.MANAGE in request.customer_rights
    context = {"customer": customer, "whose": customer, "region": request.msp.get_region_display()} | more
    return Frame(_urls(customer, upload_id), may_act, context=context)


def _urls(customer: Customer, upload_id: int) -> Urls:
    def at(name: str) -> str:
        return reverse(name, args=[customer.kcs_id, upload_id])

    return Urls(
        page=at("upload"),
        cancel=at("upload-cancel"),
        apply=at("upload-apply"),
        lines=at("upload-lines"),
        fix=at("upload-fix"),
        report=at("upload-report"),
        uploads=reverse("upload-list", args=[customer.kcs_id]),
        new=reverse("upload-new", args=[customer.kcs_id]),
        devices=f"{reverse('customer-devices', args=[customer.kcs_id])}?upload={upload_id}",
    )


def _form_context(
    request: TenantRequest, customer: Customer, form: UploadForm, before: Upload | None
) -> dict[str, Any]:
    models = DeviceModel.objects.filter(region=request.msp.region).order_by("name_key", "pk")
    return {
        "customer": customer,
        "form": form,
        "before": before,
        "models": models[:MODELS_SHOWN],
        "most_lines": rule.number("upload_lines"),
        "most_megabytes": rule.number("upload_megabytes"),
        "region": request.msp.get_region_display(),
    }
