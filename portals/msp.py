"""The MSP Portal: the customers of an MSP, all in one place (FAQ Q1)."""

from typing import Any

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import data_of
from alerts import feed, handling
from audit.models import Event, Side
from devices import inventory
from licensing.models import License
from onboarding import contacts, customers, work_email
from onboarding.customer_checks import delinking
from onboarding.forms.customers import AddServicesForm, EditCustomerForm, GuardForm, NewCustomerForm
from onboarding.models import Receipt
from portals import shell
from portals.customer_list import STATUSES, CustomerList, csv_rows
from rules import settings as rule
from rules.errors import RuleBroken
from services import cards
from support import deletions
from tenants import access, exports, msps, recent
from tenants.door import MissingRight, TenantRequest, for_customer, for_msp
from tenants.models import Access, Customer, KnoxService, Msp
from tenants.pages import answers

_ALERTS_SHOWN = 5
_LICENSES_SHOWN = 6
_OF_ONE_DEVICE = ("upload.line_corrected", "service.agent_replaced")
"""Steps that are told where the device is, and would push everything else out of a customer's timeline."""


@require_GET
@for_msp()
def customer_list(request: TenantRequest) -> HttpResponse:
    listed = CustomerList(request.GET)
    # The search of the bar leads here, and finds a device by its number, too.
    if listed.q and not request.htmx and (device := inventory.find(listed.q, request.msp)):
        return redirect("customer-device", device.customer.kcs_id, device.pk)
    context = {
        "filters": listed,
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": listed.page(request.user, request.msp),
        "may_add": "add_customers" in request.msp_rights,
        "all_services": KnoxService.choices,
        "all_access": Access.choices,
        "all_statuses": STATUSES,
        "csv_url": reverse("customer-export") + "?" + request.GET.urlencode(),
    }
    return answers.listed(request, "portals/customers.html", context)


@require_GET
@for_msp()
def customer_export(request: TenantRequest) -> HttpResponse:
    """CSV of the ticked rows, or of all that the list shows; a long one is made by the worker and mailed."""
    rows = CustomerList(request.GET).rows(request.user, request.msp).distinct()
    limit = rule.number("export_limit")
    if rows.order_by()[: limit + 1].count() <= limit:
        return answers.csv("customers", csv_rows(rows.order_by("name_key", "pk")))
    export = exports.request(
        "customers",
        maker="portals.tasks.export_customers",
        params={"query": request.GET.urlencode()},
        msp=request.msp,
        by=request.user,
    )
    return redirect("export", export.pk)


@require_http_methods(["GET", "POST"])
@for_msp("add_customers")
def customer_add(request: TenantRequest) -> HttpResponse:
    form = NewCustomerForm(data_of(request), knox_guard=request.msp.knox_guard)
    twin, status = None, answers.status(form)
    if request.method == "POST":
        rate_limits.consume(request, "add_customer")
    if form.is_valid():
        try:
            customer = customers.add(request.msp, by=request.user, **form.fields_of_customer())
        except RuleBroken as no:
            status = answers.refuse(form, no)
            twin = no.customer if isinstance(no, customers.TwinFound) else None
        else:
            return redirect(reverse("customer", args=[customer.kcs_id]) + "?added=1")
    context = {"form": form, "twin": twin, "guard_closed": msps.guard_closed(request.msp)}
    return render(request, "portals/customer_add.html", context, status=status)


@require_GET
@for_customer
def customer_page(request: TenantRequest, customer: Customer) -> HttpResponse:
    recent.remember(request.session, customer)
    return _customer(request, customer, AddServicesForm())


def _customer(request: TenantRequest, customer: Customer, form: AddServicesForm, status: int = 200) -> HttpResponse:
    """The page of a customer, with the form that adds services to it."""
    have = {row.service: row for row in _services(request, customer)}
    first = next(iter(have.values()), None)
    consented = first.consented if first else []
    managed_cards, devices_total = cards.of(customer, list(have.values()), msp=request.msp)
    context = {
        "customer": customer,
        "management": request.management,
        "deletion": first and first.deletion,
        "services_managed": managed_cards,
        "services_available": _available(request, set(have)),
        "services_form": form,
        "may_change": access.MANAGE in request.customer_rights,
        "invited": contacts.waiting(customer),
        "free_mailbox": work_email.is_free(customer.contact_email) and work_email.domain(customer.contact_email),
        "just_added": "added" in request.GET,
        "has_receipt": bool(consented),
        **_alerts(request, customer),
        "devices_total": devices_total,
        "may_delink": "delink_customers" in request.msp_rights,
        **_licenses(customer, have, may_change=access.LICENSES in request.customer_rights),
        "events": _timeline(customer, request.msp, consented),
    }
    return render(request, "portals/customer.html", context, status=status)


def _services(request: TenantRequest, customer: Customer) -> QuerySet[Any]:
    """Its services. A customer has one at least: the requests that it approved (`consented`) and its `deletion` come
    along, in one query."""
    receipts = Receipt.objects.filter(customer=customer, msp=request.msp)
    deletion = deletions.under_way(customer, own=request.msp)
    managed = customer.services.annotate(
        consented=ArraySubquery(receipts.values("request")),
        deletion=Subquery(deletion.values(found=JSONObject(state="state", ticket="seen"))[:1]),
    )
    return managed.order_by("added_at", "pk")


@require_http_methods(["GET", "POST"])
@for_customer
def customer_edit(request: TenantRequest, customer: Customer) -> HttpResponse:
    if access.MANAGE not in request.customer_rights:
        raise MissingRight(access.MANAGE, request.msp)
    locked = contacts.locked(customer)
    now = {name: getattr(customer, name) for name in customers.FIELDS} | {"seen": customer.modified_at}
    form = EditCustomerForm(
        data_of(request), initial=now, contact_locked=bool(locked), has_guard=customer.is_guard_tenant
    )
    status = answers.status(form)
    if form.is_valid():
        try:
            customers.change(customer, msp=request.msp, by=request.user, **form.cleaned_data)
        except RuleBroken as no:
            status = answers.refuse(form, no)
            form.show_newest(Customer.objects.get(pk=customer.pk).modified_at)
        else:
            messages.success(request, f"You saved {customer}.")
            return redirect("customer", customer.kcs_id)
    context = {
        "form": form, "customer": customer, "contact_locked": locked, "delinking": delinking(request.management),
    }  # fmt: skip
    return render(request, "portals/customer_edit.html", context, status=status)


@require_POST
@for_customer
def customer_services(request: TenantRequest, customer: Customer) -> HttpResponse:
    form = AddServicesForm(request.POST)
    status = answers.status(form)
    if form.is_valid():
        try:
            added = customers.add_services(customer, msp=request.msp, by=request.user, **form.cleaned_data)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            names = " and ".join(one.label for one in added)
            messages.success(request, f"{customer} has {names} now." if added else f"{customer} had that already.")
            return redirect("customer", customer.kcs_id)
    return _customer(request, customer, form, status)


@require_http_methods(["GET", "POST"])
@for_customer
def customer_guard(request: TenantRequest, customer: Customer) -> HttpResponse:
    """Add Knox Guard to a customer that was added without it."""
    if access.MANAGE not in request.customer_rights:
        raise MissingRight(access.MANAGE, request.msp)
    form = GuardForm(data_of(request))
    status = answers.status(form)
    if form.is_valid():
        try:
            customers.add_guard(customer, msp=request.msp, by=request.user, **form.cleaned_data)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"{customer} has {KnoxService.GUARD.label} now.")
            return redirect("customer", customer.kcs_id)
    context = {"form": form, "customer": customer}
    return render(request, "portals/customer_guard.html", context, status=status)


@require_GET
@for_msp()
def palette(request: TenantRequest) -> HttpResponse:
    """Jump to any of my customers by name or KCS Customer ID, or to a device by its number."""
    q = request.GET.get("q", "").strip()[:200]
    listed = CustomerList(request.GET)
    found = listed.rows(request.user, request.msp).order_by("name_key", "pk")[:8] if q else None
    context: dict[str, Any] = {
        "q": q,
        "customers": found if q else shell.shell(request)["shell"].recent,
        "device": inventory.find(q, request.msp) if q else None,
    }
    return answers.listed(request, "portals/palette.html", context, part="results")


def _alerts(request: TenantRequest, customer: Customer) -> dict[str, Any]:
    """Its newest alerts that nobody took on, and which of them this person may handle. One query."""
    rows = feed.of_customer(customer, msp=request.msp).urging().select_related("customer", "assigned_to")
    found = list(rows.with_comments().order_by("-since", "-pk")[: _ALERTS_SHOWN + 1])
    may_handle = access.MANAGE in request.customer_rights
    return {
        "lines": feed.lines(found[:_ALERTS_SHOWN]),
        "more_alerts": len(found) > _ALERTS_SHOWN,
        "handled": {one.pk for one in found} if may_handle else set(),
        "snoozes": handling.CHOICES.items(),
    }


def _licenses(customer: Customer, have: dict[str, Any], *, may_change: bool) -> dict[str, Any]:
    """Its newest licenses, and whether it can still start its trial of Knox Configure (FAQ Q9). One query."""
    rows = License.objects.filter(Q(deleted_at=None) | Q(is_trial=True), customer=customer)
    found = list(rows.select_related("product").order_by("-is_trial", "-pk")[:_LICENSES_SHOWN])
    tried = any(one.is_trial and one.service == KnoxService.CONFIGURE for one in found)
    return {
        "licenses": [one for one in found if not one.deleted_at],
        "may_try": KnoxService.CONFIGURE in have and not tried and customer.access == Access.NONE,
        "may_enter_keys": may_change and customer.access == Access.NONE,
    }


def _available(request: TenantRequest, have: set[str]) -> list[tuple[str, str, str]]:
    """Services that can still be added: value, name, and why it is off (empty where it is not)."""
    off, guard = delinking(request.management), msps.guard_closed(request.msp)
    return [
        (one.value, one.label, off or (guard if one == KnoxService.GUARD else ""))
        for one in KnoxService
        if one.value not in have
    ]


def _timeline(customer: Customer, msp: Msp, consented: list[int]) -> list[dict[str, Any]]:
    """The newest steps: of the customer, and of the request that brought it in, which was before it was visible."""
    of_request = Q(target_type="onboarding.managementrequest", target_id__in=[str(pk) for pk in consented])
    own = Q(customer_id=customer.pk, msp_id=msp.pk)  # what has no MSP is the customer's own copy
    steps = Event.objects.filter(own | of_request).exclude(verb__in=_OF_ONE_DEVICE).order_by("-at", "-pk")
    newest = steps[:20]
    names = {Side.CUSTOMER: customer.name}
    return [{"at": one.at, "who": one.who(reader=Side.MSP, names=names), "what": one.sentence} for one in newest]
