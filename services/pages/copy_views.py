"""Copies of things at other customers of the MSP (knox.md 2.8): made copyable, previewed, copied. The MSP's alone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from rules.errors import RuleBroken
from services import copies
from services.copies import ADDED, MOST_TARGETS, OVERWRITTEN, SAME, Expected
from services.models import Thing
from services.pages.places import ServicePlace, service_place
from services.pages.thing_forms import TargetsForm
from services.pages.thing_views import find, kind_of, page_of
from tenants import names, two_portals
from tenants.door import TenantRequest, for_customer
from tenants.models import Customer
from tenants.numbers import counted
from tenants.pages import answers

_TARGETS_SHOWN = 100
RESULTS = {ADDED: ("ok", "Copied"), OVERWRITTEN: ("warn", "Overwritten"), SAME: ("off", "Has it already")}
"""What each expected result is drawn as, and called."""


@require_POST
@for_customer
def thing_copyable(request: TenantRequest, customer: Customer, slug: str, kind: str, pk: int) -> HttpResponse:
    """Let it be copied, or no longer (`copyable` is 1 or 0)."""
    at, thing = _found(request, customer, slug, kind, pk)
    copyable = request.POST.get("copyable") == "1"
    done = f"You can copy {thing} to other customers now." if copyable else f"{thing} is no longer copyable."
    with answers.outcome(request, done):
        copies.make_copyable(thing, copyable=copyable, by=request.user)
    return redirect(at.url("thing", kind, thing.pk))


@require_http_methods(["GET", "POST"])
@for_customer
def thing_copy(request: TenantRequest, customer: Customer, slug: str, kind: str, pk: int) -> HttpResponse:
    """First the customers, then what is expected at each, then (POST) the copies."""
    at, thing = _found(request, customer, slug, kind, pk)
    everyone = copies.targets(thing, by=request.user)
    form = TargetsForm(_chosen(request), targets=everyone)
    expected, status = [], answers.status(form)
    if form.is_valid():
        try:
            if request.method == "POST":
                return _copied(request, at, thing, copies.copy(thing, form.chosen(), by=request.user))
            expected, status = copies.preview(thing, form.chosen(), by=request.user), 200
        except RuleBroken as no:
            status = answers.refuse(form, no)
    return render(request, "services/copy.html", _context(request, at, thing, form, expected), status=status)


def _found(request: TenantRequest, customer: Customer, slug: str, kind: str, pk: int) -> tuple[ServicePlace, Thing]:
    at = service_place(two_portals.in_msp_portal(request, customer), slug)
    at.needs_the_right()
    if not kind_of(at, kind).is_copied:
        raise Http404
    return at, find(at, kind, pk)


def _chosen(request: TenantRequest) -> Any:
    """What was ticked: posted, or asked for as a preview; None while nobody asked."""
    if request.method == "POST":
        return request.POST
    return request.GET if "preview" in request.GET else None


def _context(
    request: TenantRequest, at: ServicePlace, thing: Thing, form: TargetsForm, expected: list[Expected]
) -> dict[str, Any]:
    kind = kind_of(at, thing.kind)
    url = at.url("thing", kind.code, thing.pk)
    q = request.GET.get("q", "").strip()[:100]
    ticked = form["customer"].value() or request.GET.getlist("customer")
    found = [one for one in form.targets.values() if names.key(one.name).startswith(names.key(q))]
    kept = [one for one in form.targets.values() if one.kcs_id in ticked and one not in found[:_TARGETS_SHOWN]]
    works = [one for one in expected if one.result in (ADDED, OVERWRITTEN)]
    return page_of(at, kind, [(thing.name, url), ("Copy to customers", "")]) | {
        "thing": thing,
        "form": form,
        "back_url": url,
        "q": q,
        "targets": kept + found[:_TARGETS_SHOWN],
        "hidden_targets": max(len(found) - _TARGETS_SHOWN, 0),
        "none_found": q and not found,
        "ticked": ticked,
        "expected": [(one, *RESULTS.get(one.result, ("bad", "Not copied"))) for one in expected],
        "works": works,
        "most": MOST_TARGETS,
    }


def _copied(request: TenantRequest, at: ServicePlace, thing: Thing, results: list[Expected]) -> HttpResponse:
    done = sum(1 for one in results if one.result in (ADDED, OVERWRITTEN))
    if done:
        messages.success(request, f"You copied {thing} to {counted(done, 'customer')}.")
    for one in results:
        if not one.result:
            messages.error(request, f"{one.customer}: {one.why_not}")
    if not done and all(one.result for one in results):
        messages.info(request, f"These customers have {thing} already. Nothing changed.")
    return redirect(at.url("thing", thing.kind, thing.pk))
