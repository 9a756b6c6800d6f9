"""MSPs as Samsung sees them: found by name or MSP ID, suspended with a reason and let in again, given Knox Guard."""

from collections.abc import Callable, Iterator
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.http import PortalRequest
from audit.models import Event
from portals import canary
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import lists, msps
from tenants.door import for_samsung
from tenants.fields import Paragraphs
from tenants.models import Management, Membership, Msp
from tenants.pages import answers
from tenants.regions import Region

_STATES = {"": "All", "active": "Active", "suspended": "Suspended"}
_COLUMNS = {
    "name": ("Name", lists.Order("name")),
    "approved": ("Approved", lists.Order("approved_at", descending=True)),
}
_LATEST = 20


class SuspendForm(forms.Form):
    reason = Paragraphs("Reason", longest=2000, hint="The people of the MSP read it when they sign in.")


@require_GET
@for_samsung
def msp_list(request: PortalRequest) -> HttpResponse:
    query, sorting = request.GET, lists.Sorting(request.GET, _COLUMNS, default="name")
    if "csv" in query:
        return answers.csv("msps", _csv_rows(_filtered(query).order_by(*sorting.order.by())))
    context = {
        "page": lists.page(_filtered(query), sorting.order, query),
        "columns": sorting.heads(),
        "csv_url": lists.without(query, csv="1"),
        "views": [(key, label, lists.without(query, "state", **({"state": key} if key else {})))
                  for key, label in _STATES.items()],
        "q": query.get("q", ""),
        "state": query.get("state", ""),
        "region": query.get("region", ""),
        "regions": Region.choices,
        "is_filtered": any(query.get(name) for name in ("q", "region", "state")),
    }  # fmt: skip
    return answers.listed(request, "portals/samsung_msps.html", context)


@require_GET
@for_samsung
def msp_page(request: PortalRequest, msp_id: str) -> HttpResponse:
    return _show(request, _get(msp_id), SuspendForm())


@require_POST
@for_samsung
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def msp_suspend(request: PortalRequest, msp_id: str) -> HttpResponse:
    msp, form = _get(msp_id), SuspendForm(request.POST)
    if not form.is_valid():
        return _show(request, msp, form, status=422)
    try:
        msps.suspend(msp, reason=form.cleaned_data["reason"], by=request.user)
    except RuleBroken as no:
        return _show(request, _get(msp_id), form, no=no)
    messages.success(request, f"You suspended {msp}. Its people read the reason on their next click.")
    return redirect("samsung-msp", msp_id)


@require_POST
@for_samsung
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def msp_resume(request: PortalRequest, msp_id: str) -> HttpResponse:
    return _press(request, msp_id, msps.resume, "You ended the suspension of {msp}.")


@require_POST
@for_samsung
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def msp_open_guard(request: PortalRequest, msp_id: str) -> HttpResponse:
    """What an MSP asks for in a ticket (words.md customer.guard)."""
    return _press(request, msp_id, msps.authorize_knox_guard, "{msp} can add Knox Guard to its customers now.")


def _press(request: PortalRequest, msp_id: str, act: Callable[..., Msp], done: str) -> HttpResponse:
    """A button about an MSP that asks for nothing more; `done` says what it did."""
    msp = _get(msp_id)
    try:
        act(msp, by=request.user)
    except RuleBroken as no:
        return _show(request, _get(msp_id), SuspendForm(), no=no)
    messages.success(request, done.format(msp=msp))
    return redirect("samsung-msp", msp_id)


def _get(msp_id: str) -> Msp:
    return get_object_or_404(Msp, public_id=msp_id)


def _show(
    request: PortalRequest, msp: Msp, form: SuspendForm, *, no: RuleBroken | None = None, status: int = 200
) -> HttpResponse:
    people = Membership.objects.filter(msp=msp, state=Membership.State.ACTIVE)
    context: dict[str, Any] = {
        "msp": msp,
        "region": Region(msp.region).label,
        "customers": Management.objects.filter(msp=msp, ended_at=None)[: lists.CAP + 1].count(),
        "people": people[: lists.CAP + 1].count(),
        "super_admins": [membership.user for membership in people.super_admins().select_related("user")[:5]],
        "events": Event.objects.about(msp)[:_LATEST],
        "form": form,
        "refusal": str(no) if no else "",
    }
    return render(request, "portals/samsung_msp.html", context, status=no.status if no else status)


def _csv_rows(found: QuerySet[Msp]) -> Iterator[list[object]]:
    """What the list shows, in its order, up to the length of an export."""
    yield ["Name", "MSP ID", "Region", "State", "Approved", "Suspended", "Support phone", "Support email"]
    for one in found[: rule.number("export_limit")]:
        yield [
            *(one.name, one.public_id, one.get_region_display(), "Suspended" if one.suspended_at else "Active"),
            *(one.approved_at, one.suspended_at, one.support_phone, one.support_email),
        ]


def _filtered(query: QueryDict) -> QuerySet[Msp]:
    """By state, region, and the start of the name, a part of it, or the MSP ID."""
    found = Msp.objects.exclude(name=canary.company())
    typed = query.get("q", "").strip()
    if typed:
        found = found.filter(Q(name__icontains=typed) | Q(public_id="".join(typed.split())))
    if query.get("region") in Region.values:
        found = found.filter(region=query["region"])
    if query.get("state") in ("active", "suspended"):
        found = found.filter(suspended_at__isnull=query["state"] == "active")
    return found
