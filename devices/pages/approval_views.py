"""The pages on which a customer's side decides uploads: its MSP's people, or its own in the Knox Admin Portal."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.http import PortalRequest
from devices import approvals, bulk_approvals
from devices.models import Approval, BulkAct
from devices.pages import approval_list
from devices.pages.approval_forms import RejectUploadForm
from devices.pages.approval_list import ApprovalList
from devices.pages.approval_review import Review
from devices.pages.bulk_act_list import started
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import access, exports, lists, two_portals
from tenants.door import TenantRequest, for_msp
from tenants.models import Customer, Msp
from tenants.numbers import counted
from tenants.pages import answers
from tenants.two_portals import Place


@require_GET
@for_msp()
def approval_queue(request: TenantRequest) -> HttpResponse:
    """What waits at all customers of this MSP."""
    found = approval_list.of_msp(request.msp)
    if "csv" in request.GET:
        return _csv(request, found, msp=request.msp)
    return _list(request, found, base="portals/msp.html", place="queue")


@two_portals.in_both("GET")
def _approvals(request: PortalRequest, portal: Place) -> HttpResponse:
    """What waits at one customer."""
    found = approval_list.of_customer(portal.customer)
    if "csv" in request.GET:
        return _csv(request, found, msp=portal.msp, customer=portal.customer)
    more = {"may_change": portal.may_change, "background": started(portal, "approvals")}
    return _list(request, found, place="customer" if portal.msp else "own", **portal.context(), **more)


customer_approvals, own_approvals = _approvals


@two_portals.in_both("GET", "POST")
def _page(request: PortalRequest, place: Place, pk: int) -> HttpResponse:
    """One upload for one customer: what it brings, and the decision."""
    if request.method == "POST":
        place.needs(access.APPROVE)
    return _review(request, place, pk)


approval_page, own_approval = _page


def _list(request: PortalRequest, found: QuerySet[Approval], *, place: str, **more: Any) -> HttpResponse:
    listed = ApprovalList(request.GET)
    of_many = place == "queue"
    context: dict[str, Any] = {
        "place": place,
        "filters": listed,
        "views": listed.views(),
        "columns": {key: head for key, head in listed.sorting.heads().items() if of_many or key != "customer"},
        "page": listed.page(found),
        "page_of": "admin-portal-approval" if place == "own" else "approval",
        "list_url": request.path,
        "csv_url": f"{request.path}?csv=1&{request.GET.urlencode()}",
        **more,
    }
    return answers.listed(request, "devices/approvals.html", context)


def _csv(
    request: PortalRequest, found: QuerySet[Approval], *, msp: Msp | None, customer: Customer | None = None
) -> HttpResponse:
    """The list as a file. What an MSP would wait for too long is made by the worker and mailed."""
    rows = ApprovalList(request.GET).rows(found)
    limit = rule.number("export_limit")
    if msp and rows.order_by()[: limit + 1].count() > limit:
        params: dict[str, object] = {"query": request.GET.urlencode(), "customer": customer.pk if customer else None}
        export = exports.request(
            "uploads", maker="devices.tasks.export_approvals", params=params, msp=msp, by=request.user
        )
        return redirect("export", export.pk)
    return answers.csv("uploads", approval_list.csv_rows(rows))


def _review(request: PortalRequest, place: Place, pk: int) -> HttpResponse:
    msp_id = place.msp.pk if place.msp else None
    review = Review(place.customer, side=place.side, msp_id=msp_id, reader=request.user)
    here = place.context() | {"may_change": access.APPROVE in place.rights}
    approval = get_object_or_404(review.approvals(), pk=pk)
    rejects = request.method == "POST" and request.GET.get("act") == "reject"
    form, no = RejectUploadForm(request.POST if rejects else None), None
    if request.method == "POST" and (form.is_valid() or not rejects):
        try:
            if asked := _asked(request, approval):
                return redirect(place.url("customer-bulk-act", "admin-portal-bulk-act", asked.pk))
            messages.success(request, _act(request, approval, form))
        except RuleBroken as broken:
            no = broken
        else:
            return redirect(request.path if review.is_open(approval) else _back(place))
        approval = get_object_or_404(review.approvals(), pk=pk)
    status = no.status if no else answers.status(form)
    context = here | review.context(approval, request.GET) | {"form": form, "refusal": str(no) if no else ""}
    return render(request, "devices/approval.html", context, status=status)


def _asked(request: PortalRequest, approval: Approval) -> BulkAct | None:
    """The act in the background, where there is too much to approve at once."""
    return bulk_approvals.ask(approval, by=request.user) if request.GET.get("act") == "approve" else None


def _act(request: PortalRequest, approval: Approval, form: RejectUploadForm) -> str:
    """Do what the button says; returns the message (words.md 6.2)."""
    match request.GET.get("act"):
        case "reject":
            approvals.reject(approval, by=request.user, reason=form.cleaned_data["reason"])
            return f"You rejected upload {approval.upload_id}."
        case "approve":
            count = approvals.approve(approval, by=request.user)
        case "some":
            count = approvals.approve_some(approval, lists.keys(request.POST.getlist("device")), by=request.user)
        case _:
            raise RuleBroken("Choose Approve or Reject. Nothing changed.")
    return f"You approved {counted(count, 'device')} for {approval.customer}."


def _back(place: Place) -> str:
    return place.url("customer-approvals", "admin-portal-approvals")
