"""The Samsung Admin Portal: the queue of applications (FAQ Q4)."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.http import PortalRequest
from audit.models import Event
from onboarding import applications
from onboarding.forms.confirming import RejectForm
from onboarding.models import Application, Program
from rules.errors import RuleBroken
from tenants import lists, names
from tenants.door import for_samsung
from tenants.pages import answers
from tenants.regions import Region

State = Application.State
_VIEWS = {
    "waiting": ("Waiting", [State.SUBMITTED]),
    "approved": ("Approved", [State.APPROVED]),
    "rejected": ("Rejected", [State.REJECTED]),
    "all": ("All", [State.SUBMITTED, State.APPROVED, State.REJECTED]),
}


@require_GET
@for_samsung
def application_queue(request: PortalRequest) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in _VIEWS else "waiting"
    found = _filtered(Application.objects.filter(state__in=_VIEWS[view][1]), request.GET)
    # The oldest waits longest, so it comes first; of the decided ones, the newest.
    order = lists.Order("submitted_at", descending=view != "waiting")
    context = {
        "view": view,
        "views": [(key, label, lists.without(request.GET, view=key)) for key, (label, _) in _VIEWS.items()],
        "page": lists.page(found.select_related("decided_by"), order, request.GET),
        "q": request.GET.get("q", ""),
        "program": request.GET.get("program", ""),
        "region": request.GET.get("region", ""),
        "all_programs": Program.choices,
        "all_regions": Region.choices,
        "is_filtered": any(request.GET.get(name) for name in ("q", "program", "region")),
    }
    return answers.listed(request, "onboarding/samsung_applications.html", context)


@require_GET
@for_samsung
def application_page(request: PortalRequest, pk: str) -> HttpResponse:
    return _show(request, _get(pk), RejectForm())


@require_POST
@for_samsung
def application_approve(request: PortalRequest, pk: str) -> HttpResponse:
    application = _get(pk)
    try:
        organization = applications.approve(application, by=request.user)
    except RuleBroken as no:
        return _show(request, _get(pk), RejectForm(), no=no)
    messages.success(request, f"You approved {organization}. {organization.id_label} {organization.public_id}.")
    return redirect("samsung-application", pk)


@require_POST
@for_samsung
def application_reject(request: PortalRequest, pk: str) -> HttpResponse:
    application, form = _get(pk), RejectForm(request.POST)
    if not form.is_valid():
        return _show(request, application, form, status=422)
    try:
        applications.reject(application, by=request.user, reason=form.cleaned_data["reason"])
    except RuleBroken as no:
        return _show(request, _get(pk), RejectForm(), no=no)
    messages.success(request, f"You rejected {application.company}.")
    return redirect("samsung-application", pk)


def _get(pk: str) -> Application:
    counted = Application.objects.exclude(state=State.UNCONFIRMED)
    return get_object_or_404(
        counted.select_related("applicant", "decided_by", "msp", "reseller", "license_reseller"), pk=pk
    )


def _show(
    request: PortalRequest,
    application: Application,
    form: RejectForm,
    *,
    no: RuleBroken | None = None,
    status: int = 200,
) -> HttpResponse:
    twins = Application.objects.exclude(pk=application.pk).exclude(state=State.UNCONFIRMED)
    context: dict[str, Any] = {
        "application": application,
        "twins": twins.filter(company_key=application.company_key).order_by("-submitted_at")[:5],
        "events": Event.objects.about(application)[:20],
        "form": form,
        "refusal": str(no) if no else "",
    }
    return render(request, "onboarding/samsung_application.html", context, status=no.status if no else status)


def _filtered(found: Any, query: QueryDict) -> Any:
    """By program, region, and the start of the company's name or the email."""
    typed = query.get("q", "").strip()
    if typed:
        start = names.key(typed)
        by_name = Q(company_key__gte=start, company_key__lt=names.after(start))
        found = found.filter(by_name | Q(email=typed.lower()))
    if query.get("program") in Program.values:
        found = found.filter(program=query["program"])
    if query.get("region") in Region.values:
        found = found.filter(regions__contains=[query["region"]])
    return found
