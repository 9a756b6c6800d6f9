"""Claims of a customer under its Care+ plans: the list, the same as CSV, one claim, a new one."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import PortalRequest, data_of
from rules.errors import RuleBroken
from services import claims
from services.models import Claim
from services.pages.claim_forms import ClaimForm, ResultForm
from services.pages.doors import needs_the_right
from services.pages.places import ServicePlace, service_place
from tenants import exports, lists
from tenants.door import TenantRequest, for_customer, for_member
from tenants.models import Customer

_NEWEST = lists.Order("pk", descending=True)


@require_GET
@for_customer
def customer_claims(request: TenantRequest, customer: Customer, slug: str) -> HttpResponse:
    return _claims(request, service_place(request, customer, slug))


@require_GET
@for_member("customer")
def own_claims(request: PortalRequest, organization: Customer, slug: str) -> HttpResponse:
    return _claims(request, service_place(request, organization, slug))


@require_GET
@for_customer
def customer_claims_export(request: TenantRequest, customer: Customer, slug: str) -> HttpResponse:
    return _file(request, service_place(request, customer, slug))


@require_GET
@for_member("customer")
def own_claims_export(request: PortalRequest, organization: Customer, slug: str) -> HttpResponse:
    return _file(request, service_place(request, organization, slug))


@require_http_methods(["GET", "POST"])
@for_customer
def customer_claim_new(request: TenantRequest, customer: Customer, slug: str) -> HttpResponse:
    return _new(request, service_place(request, customer, slug))


@require_http_methods(["GET", "POST"])
@for_member("customer")
def own_claim_new(request: PortalRequest, organization: Customer, slug: str) -> HttpResponse:
    return _new(request, service_place(request, organization, slug))


@require_http_methods(["GET", "POST"])
@for_customer
def customer_claim(request: TenantRequest, customer: Customer, slug: str, pk: int) -> HttpResponse:
    return _claim(request, service_place(request, customer, slug), pk)


@require_http_methods(["GET", "POST"])
@for_member("customer")
def own_claim(request: PortalRequest, organization: Customer, slug: str, pk: int) -> HttpResponse:
    return _claim(request, service_place(request, organization, slug), pk)


def _claims(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    rows, state, q = _asked(request, at)
    limits = claims.limits(at.customer)
    context = _context(at) | {
        "page": lists.page(rows, _NEWEST, request.GET),
        "limits": limits,
        "open_count": sum(one.open for one in limits),
        "closed_count": sum(one.closed for one in limits),
        "q": q,
        "state": state,
        "all_states": Claim.State.choices,
        "all_url": at.url("claims"),
        "csv_url": at.url("claims-export") + "?" + request.GET.urlencode(),
        "new_url": at.url("claim-new"),
    }
    return render(request, "services/claims.html", context)


def _file(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    rows, _, _ = _asked(request, at)
    head = {"Content-Disposition": f'attachment; filename="claims-{at.customer.kcs_id}.csv"'}
    text = "".join(exports.lines(csv_rows(rows.order_by("-pk"))))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=head)


def csv_rows(rows: QuerySet[Claim]) -> Iterator[list[object]]:
    yield ["Reference", "Device", "Plan", "Status", "Reason", "Opened", "Completed", "Result"]
    for one in rows.iterator(chunk_size=2000):
        ended = f"{one.closed_at:%Y-%m-%dT%H:%M:%SZ}" if one.closed_at else ""
        yield [
            one.reference, one.identifier, one.plan.name, one.get_state_display(), one.reason,
            f"{one.opened_at:%Y-%m-%dT%H:%M:%SZ}", ended, one.result,
        ]  # fmt: skip


def _new(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    _context(at)
    needs_the_right(at)
    typed = request.GET.get("device", "").replace("\x00", "")[:40]
    form, no = ClaimForm(data_of(request), initial={"device": typed}), None
    if form.is_valid():
        try:
            claim = claims.open(at.customer, **form.cleaned_data, by=request.user)
        except RuleBroken as broken:
            no = broken
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            messages.success(request, f"You opened the claim {claim.reference} for {claim.identifier}.")
            return redirect(at.url("claim", claim.pk))
    context = _context(at) | {"form": form, "back_url": at.url("claims")}
    return render(request, "services/claim_new.html", context, status=_status(form, no))


def _claim(request: PortalRequest, at: ServicePlace, pk: int) -> HttpResponse:
    claim = claims.of(at.customer).filter(pk=pk).first()
    if claim is None:
        raise Http404
    form, no = ResultForm(data_of(request)), None
    if request.method == "POST":
        needs_the_right(at)
    if form.is_valid():
        try:
            claims.complete(claim, result=form.cleaned_data["result"], by=request.user)
        except RuleBroken as broken:
            no = broken
            form.add_error(None, str(no))
        else:
            messages.success(request, f"You completed the claim {claim.reference}.")
            return redirect(at.url("claim", claim.pk))
    device_url = at.place.url("device", claim.device_id) if claim.device_id else ""
    context = _context(at) | {
        "claim": claim, "form": form, "device_url": device_url, "back_url": at.url("claims"),
    }  # fmt: skip
    return render(request, "services/claim.html", context, status=_status(form, no))


def _asked(request: PortalRequest, at: ServicePlace) -> tuple[QuerySet[Claim], str, str]:
    """The claims that the address asks for, its state and what it searches for."""
    state = request.GET.get("state", "")
    state = state if state in Claim.State.values else ""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    return claims.of(at.customer, state=state, q=q), state, q


def _context(at: ServicePlace) -> dict[str, Any]:
    if not at.console.has_claims:
        raise Http404
    return at.context("claims")


def _status(form: Any, no: RuleBroken | None) -> int:
    return no.status if no else 422 if form.is_bound else 200
