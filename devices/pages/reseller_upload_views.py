"""Uploads of a reseller: for one customer, or in bulk with a customer on each line (FAQ Q6; knox.md 4.2)."""

from collections.abc import Callable
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.acting import as_reseller
from accounts.http import PortalRequest, data_of
from devices import reseller_deletions, resellers, uploads
from devices.models import Approval, DeviceModel, ResellerCustomer, Upload
from devices.pages import upload_state_views as state
from devices.pages.reseller_forms import ResellerUploadForm
from devices.pages.reseller_lists import verified
from devices.pages.upload_handlers import takes_files
from devices.pages.upload_list_views import STATUSES, UploadList
from devices.pages.upload_pages import Urls
from devices.pages.upload_state_views import Frame
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import lists
from tenants.door import for_member
from tenants.models import Customer, Reseller
from tenants.pages import answers

MODELS_SHOWN = CUSTOMERS_SHOWN = 200
APPROVALS_SHOWN = 100
type Check = Callable[[Reseller, Customer, str], None]
"""Raises RuleBroken where the customer has no profile of this name. Profiles are above devices, so a page there brings
it."""
_TEMPLATE = [
    ["KCS Customer ID", "IMEI or serial number", "Model", "Order number", "Order date"],
    ["", "490154203237518", "SM-S921B", "A20261124", "2026-11-24"],
]


@require_GET
@for_member("reseller")
def reseller_uploads(request: PortalRequest, organization: Reseller) -> HttpResponse:
    listed = UploadList(request.GET)
    page = listed.page(_of(organization))
    counts = verified(page.rows)
    context = {
        "organization": organization,
        "listed": listed,
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": page,
        "rows": [(upload, counts.get(upload.pk, 0)) for upload in page.rows],
        "statuses": [(key, label) for key, (label, _) in STATUSES.items()],
        "csv_url": reverse("reseller-uploads-export") + lists.without(request.GET),
    }
    return answers.listed(request, "devices/reseller_uploads.html", context)


@require_GET
@for_member("reseller")
def reseller_uploads_export(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """CSV of what the list shows, the newest first, up to the number of lines that one waits for."""
    rows = UploadList(request.GET).rows(_of(organization))
    newest = list(rows.order_by(F("sent_at").desc(), "-pk")[: rule.number("export_limit")])
    counts = verified(newest)
    head: list[object] = ["Upload ID", "File", "Uploaded by", "Total devices", "Verified devices", "Uploaded", "Status"]
    text = [
        [one.pk, one.file_name, one.uploaded_by, one.lines, counts.get(one.pk, 0), one.sent_at, one.status]
        for one in newest
    ]
    return answers.csv("uploads", [head, *text])


@require_GET
@for_member("reseller")
def reseller_upload_template(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """The columns of a bulk file (knox.md 4.2), with the reseller's first customer as the example."""
    head, example = _TEMPLATE
    first = ResellerCustomer.objects.filter(reseller=organization).order_by("pk").first()
    return answers.csv("knox-devices-bulk", [head, [first.kcs_id if first else "4000000002", *example[1:]]])


@takes_files
@require_http_methods(["GET", "POST"])
@for_member("reseller")
def reseller_upload_bulk(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """For several customers: each line names its own."""
    return new(request, organization)


@require_GET
@for_member("reseller")
def reseller_upload(request: PortalRequest, organization: Reseller, upload_id: int) -> HttpResponse:
    upload = _own(organization, upload_id)
    return state.show(request, upload, _frame(organization, upload_id, details=upload.state in Upload.ENDED))


@require_GET
@for_member("reseller")
def reseller_upload_lines(request: PortalRequest, organization: Reseller, upload_id: int) -> HttpResponse:
    return state.lines(request, _own(organization, upload_id), _frame(organization, upload_id))


@require_POST
@for_member("reseller")
def reseller_upload_fix(request: PortalRequest, organization: Reseller, upload_id: int) -> HttpResponse:
    return state.fix(request, _own(organization, upload_id), _frame(organization, upload_id))


@require_POST
@for_member("reseller")
def reseller_upload_apply(request: PortalRequest, organization: Reseller, upload_id: int) -> HttpResponse:
    return state.apply(request, _own(organization, upload_id), _frame(organization, upload_id))


@require_POST
@for_member("reseller")
def reseller_upload_cancel(request: PortalRequest, organization: Reseller, upload_id: int) -> HttpResponse:
    return state.cancel(request, _own(organization, upload_id), _frame(organization, upload_id))


@require_GET
@for_member("reseller")
def reseller_upload_report(request: PortalRequest, organization: Reseller, upload_id: int) -> StreamingHttpResponse:
    return state.report(request, _own(organization, upload_id), _frame(organization, upload_id))


def new(request: PortalRequest, reseller: Reseller, *, check: Check | None = None) -> HttpResponse:
    """The form, and what was sent with it: for one customer, whose profiles `check` knows, else in bulk."""
    bulk = check is None
    if request.method == "POST":
        rate_limits.consume(request, "upload")
    given = {"target": request.GET.get("customer", "")[:40]}
    form = ResellerUploadForm(data_of(request), request.FILES or None, reseller=reseller, bulk=bulk, initial=given)
    status, before = answers.status(form), None
    if form.is_valid():
        try:
            upload = _receive(request, reseller, form, check)
        except RuleBroken as no:
            field = "target" if no.field == "kcs_id" else no.field
            form.add_error(field if field in form.fields else None, str(no))
            status, before = no.status, getattr(no, "upload", None)
        else:
            return redirect("reseller-upload", upload.pk)
    status = 413 if form.has_error("file", "size") else status
    return render(request, "devices/reseller_upload_new.html", _form(reseller, form, before, bulk=bulk), status=status)


def _receive(request: PortalRequest, reseller: Reseller, form: ResellerUploadForm, check: Check | None) -> Upload:
    """The customer first: whether a name is one of its profiles is said only to who may upload for it."""
    target = resellers.target(reseller, form.cleaned_data["target"], by=request.user) if check else None
    if check and target and (profile := form.cleaned_data["profile"]):
        check(reseller, target, profile)
    return uploads.receive(by=request.user, reseller=reseller, target=target, add_at_once=True, **form.sent())


def _form(reseller: Reseller, form: ResellerUploadForm, before: Upload | None, *, bulk: bool) -> dict[str, Any]:
    usable = ResellerCustomer.objects.filter(reseller=reseller).exclude(state=ResellerCustomer.State.INACTIVE)
    sample = "KCS Customer ID,IMEI,Order number,Order date\n4000000002,490154203237518,A20261124,2026-11-24"
    return {
        "organization": reseller,
        "form": form,
        "bulk": bulk,
        "before": before,
        "models": DeviceModel.objects.filter(region__in=reseller.regions).order_by("name_key", "pk")[:MODELS_SHOWN],
        "usable": list(usable.order_by("kcs_id")[:CUSTOMERS_SHOWN]),
        "most_lines": rule.number("upload_lines"),
        "most_megabytes": rule.number("upload_megabytes"),
        "sample": sample if bulk else "",
        "adds_at_once": True,
    }


def _of(reseller: Reseller) -> QuerySet[Upload]:
    return Upload.objects.filter(reseller=reseller).select_related("uploaded_by")


def _own(reseller: Reseller, upload_id: int) -> Upload:
    return get_object_or_404(_of(reseller), pk=upload_id)


def _frame(reseller: Reseller, upload_id: int, *, details: bool = False) -> Frame:
    context: dict[str, Any] = {"organization": reseller}
    if details:
        context |= _details(reseller, upload_id)
    return Frame(
        _urls(upload_id),
        may_act=True,
        page="devices/reseller_upload.html",
        lines_page="devices/reseller_upload_lines.html",
        context=context,
        role=as_reseller,
    )


def _details(reseller: Reseller, upload_id: int) -> dict[str, Any]:
    """What the upload brought to each customer, and what the customer's side said."""
    found = Approval.objects.filter(upload=upload_id, reseller=reseller).order_by("pk")[: APPROVALS_SHOWN + 1]
    approvals = list(found)
    own = ResellerCustomer.objects.filter(reseller=reseller, customer__in=[one.customer_id for one in approvals])
    kcs_ids = {one.customer_id: (one.kcs_id, one.internal_reference) for one in own}
    return {
        "aftermath": "devices/_reseller_approvals.html",
        "approvals": [(one, *kcs_ids.get(one.customer_id, ("", ""))) for one in approvals[:APPROVALS_SHOWN]],
        "more_approvals": len(approvals) > APPROVALS_SHOWN,
        "deletable": reseller_deletions.own(reseller).filter(approval__in=approvals).exists(),
    }


def _urls(upload_id: int) -> Urls:
    def at(name: str) -> str:
        return reverse(f"reseller-upload{name}", args=[upload_id])

    return Urls(
        page=at(""),
        cancel=at("-cancel"),
        apply=at("-apply"),
        lines=at("-lines"),
        fix=at("-fix"),
        report=at("-report"),
        uploads=reverse("reseller-uploads"),
        new=reverse("reseller-upload-new"),
        devices=f"{reverse('reseller-devices')}?upload={upload_id}",
    )
