"""The Knox Admin Portal: a customer's own people, for their own company."""

from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.acting import as_operator
from accounts.http import PortalRequest, data_of
from alerts import feed
from alerts.models import Alert
from audit.models import Event, Side
from devices import inventory
from onboarding import customers, endings, wishes
from onboarding.customer_checks import CONTACT_FIELDS
from onboarding.forms.customers import ContactForm
from onboarding.models import ManagementRequest, Receipt
from rules.errors import RuleBroken
from services import modules
from tenants.door import MemberRequest, for_member
from tenants.models import Customer, Management
from tenants.pages import answers
from tenants.regions import Region

_ALERTS_SHOWN = 20
_RIGHT = "manage_own_people"
"""Of a super admin alone: who answers for the company decides who is asked in its name."""


@require_GET
@for_member("customer")
def admin_portal_home(request: MemberRequest, organization: Customer) -> HttpResponse:
    """The company: its KCS Customer ID, its services, who manages or asks, and who looked it up."""
    with as_operator():  # names of MSPs, which the customer's people may read but not list
        managements = list(_managements(organization))
        management = next((one for one in managements if one.ended_at is None), None)
        delink = wishes.newest(management) if management else None
        asking = [] if management else _asking(organization)  # an approval closes what others asked
        kept = list(Receipt.objects.filter(customer=organization).select_related("msp", "customer").order_by("-number"))
    newest = Event.objects.for_company(organization.pk)[:10]
    region = organization.region
    context = {
        "organization": organization,
        "regions": [Region(region).label] if region else [],
        "services": [(row, modules.of(row.service)) for row in organization.services.order_by("pk")],
        "devices_total": inventory.total(organization),
        "lines": feed.lines(_alerts(organization), portal=feed.OWN),
        "management": management,
        "delink": delink,
        "may_change_contact": _RIGHT in request.membership.role.rights,
        "may_end": endings.may_decide(request.membership),
        "asking": asking,
        "receipts": kept,
        "events": _steps(newest, {one.msp_id: one.msp.name for one in managements}),
    }
    return render(request, "portals/admin_portal_home.html", context)


def _steps(events: Iterable[Event], msps: dict[int, str]) -> list[dict[str, Any]]:
    """The events as the company reads them. What an MSP of former days did, that one did."""
    named = [(one, {Side.MSP: msps[one.msp_id]} if one.msp_id in msps else {}) for one in events]
    return [
        {"at": one.at, "who": one.who(reader=Side.CUSTOMER, names=names), "what": one.sentence} for one, names in named
    ]


def _asking(organization: Customer) -> list[ManagementRequest]:
    is_open = ManagementRequest.objects.filter(customer=organization, state=ManagementRequest.State.OPEN)
    return list(is_open.select_related("msp").order_by("pk"))


def _alerts(organization: Customer) -> list[Alert]:
    """What needs attention at the company, the newest first; what its MSP does about it stays with the MSP."""
    rows = feed.of_customer(organization, msp=None).lasting().select_related("customer")
    return list(rows.order_by("-since", "-pk")[:_ALERTS_SHOWN])


@require_http_methods(["GET", "POST"])
@for_member("customer", right=_RIGHT)
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth has no types
def contact_change(request: MemberRequest, organization: Customer) -> HttpResponse:
    """Who is asked for the company's consents."""
    now = {name: getattr(organization, name) for name in CONTACT_FIELDS}
    form = ContactForm(data_of(request), initial=now)
    status = answers.status(form)
    if form.is_valid():
        try:
            customers.change_contact(organization, by=request.user, **form.cleaned_data)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, "You saved the contact person.")
            return redirect("admin-portal-home")
    context = {"organization": organization, "form": form}
    return render(request, "portals/admin_contact.html", context, status=status)


@require_POST
@for_member("customer")
def end_management(request: PortalRequest, organization: Customer) -> HttpResponse:
    """End the MSP's management after a day, or take that back."""
    with as_operator():
        management = _management(organization)
    if management:
        ends = request.POST.get("answer") == "end"
        with answers.outcome(request):
            (endings.start if ends else endings.keep)(management, by=request.user)
    return redirect("admin-portal-home")


@require_POST
@for_member("customer")
def ask_for_end(request: MemberRequest, organization: Customer) -> HttpResponse:
    """Ask the MSP to end the management at once, or take that back."""
    with as_operator():
        management = _management(organization)
    if management:
        asks = request.POST.get("answer") == "ask"
        if asks and endings.may_decide(request.membership):  # nobody else uses the company's number up
            rate_limits.consume(request, "ask_for_end", whose=f"customer{organization.pk}")
        done = "We asked {} to end the management." if asks else "{} goes on managing."
        with answers.outcome(request, done.format(management.msp)):
            (wishes.ask if asks else wishes.take_back)(management, by=request.user)
    return redirect("admin-portal-home")


def _management(organization: Customer) -> Management | None:
    return _managements(organization).filter(ended_at=None).first()


def _managements(organization: Customer) -> QuerySet[Management]:
    """By this MSP and by those before it, the newest first."""
    return Management.objects.filter(customer=organization).select_related("customer", "msp").order_by("-pk")
