"""Claims of a customer under its Care+ plans: the list, the same as CSV, one claim, a new one."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import PortalRequest, data_of
from rules.errors import RuleBroken
from services import claims
from services.models import Claim
from services.pages.claim_forms import ClaimForm, ResultForm
from services.pages.places import ServicePlace, in_both
from tenants import lists
from tenants.pages import answers

_NEWEST = lists.Order("pk", descending=True)


@in_both("GET")
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
        "views": [
            ("", "All", lists.without(request.GET, "state")),
            *((key, label, lists.without(request.GET, state=key)) for key, label in Claim.State.choices),
        ],
        "all_url": at.url("claims"),
        "csv_url": at.url("claims-export") + "?" + request.GET.urlencode(),
        "new_url": at.url("claim-new"),
    }
    return render(request, "services/claims.html", context)


@in_both("GET")
def _file(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    rows, _, _ = _asked(request, at)
    return answers.csv(f"claims-{at.customer.kcs_id}", csv_rows(rows.order_by("-pk")))


def csv_rows(rows: QuerySet[Claim]) -> Iterator[list[object]]:
    yield ["Reference", "Device", "Plan", "State", "Reason", "Opened", "Completed", "Result"]
    for one in rows.iterator(chunk_size=2000):
        yield [
            one.reference, one.identifier, one.plan.name, one.get_state_display(), one.reason,
            one.opened_at, one.closed_at, one.result,
        ]  # fmt: skip


@in_both("GET", "POST")
def _new(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    _context(at)
    at.needs_the_right()
    typed = request.GET.get("device", "")[:40]
    form = ClaimForm(data_of(request), initial={"device": typed})
    status = answers.status(form)
    if form.is_valid():
        try:
            claim = claims.open(at.customer, **form.cleaned_data, by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"You opened the claim {claim.reference} for {claim.identifier}.")
            return redirect(at.url("claim", claim.pk))
    context = _context(at) | {"form": form, "back_url": at.url("claims")}
    return render(request, "services/claim_new.html", context, status=status)


@in_both("GET", "POST")
def _claim(request: PortalRequest, at: ServicePlace, pk: int) -> HttpResponse:
    claim = claims.of(at.customer).filter(pk=pk).first()
    if claim is None:
        raise Http404
    form = ResultForm(data_of(request))
    status = answers.status(form)
    if request.method == "POST":
        at.needs_the_right()
    if form.is_valid():
        try:
            claims.complete(claim, result=form.cleaned_data["result"], by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"You completed the claim {claim.reference}.")
            return redirect(at.url("claim", claim.pk))
    device_url = at.place.url("device", claim.device_id) if claim.device_id else ""
    context = _context(at) | {
        "claim": claim, "form": form, "device_url": device_url, "back_url": at.url("claims"),
    }  # fmt: skip
    return render(request, "services/claim.html", context, status=status)


def _asked(request: PortalRequest, at: ServicePlace) -> tuple[QuerySet[Claim], str, str]:
    """The claims that the address asks for, its state and what it searches for."""
    state = request.GET.get("state", "")
    state = state if state in Claim.State.values else ""
    q = request.GET.get("q", "").strip()[:60]
    return claims.of(at.customer, state=state, q=q), state, q


def _context(at: ServicePlace) -> dict[str, Any]:
    if not at.console.has_claims:
        raise Http404
    return at.context("claims")


customer_claims, own_claims = _claims
customer_claims_export, own_claims_export = _file
customer_claim_new, own_claim_new = _new
customer_claim, own_claim = _claim
