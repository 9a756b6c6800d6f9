"""The MSP's side of a relation to a customer: look-up, requests, access, delink, receipt (FAQ Q5, Q7)."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import data_of
from onboarding import access_changes, contacts, endings, link_views, receipts, requests, wishes
from onboarding.forms.confirming import RejectForm, TypedForm
from onboarding.forms.consents import LookUpForm, RequestForm
from onboarding.models import Delink, ManagementRequest, Receipt
from rules.errors import RuleBroken
from tenants import access, lists, msps
from tenants.door import MissingRight, TenantRequest, for_customer, for_msp
from tenants.models import Access, Customer, KnoxService
from tenants.pages import answers
from tenants.times import written

State = ManagementRequest.State
_LONGEST_ID = 20


@require_http_methods(["GET", "POST"])
@for_msp("add_customers")
def look_up(request: TenantRequest) -> HttpResponse:
    """An existing customer by its KCS Customer ID: what it is called and where it is, and the form to ask it."""
    form, found = LookUpForm(data_of(request)), None
    status = answers.status(form)
    if request.method == "POST":
        rate_limits.consume(request, "look_up", whose=f"msp{request.msp.pk}")
    if form.is_valid():
        try:
            found = requests.look_up(form.cleaned_data["kcs_id"], msp=request.msp, by=request.user)
            status = 200
        except RuleBroken as no:
            status = answers.refuse(form, no)
    asked = RequestForm(initial={"kcs_id": found.kcs_id}) if found else None
    return render(request, "portals/existing_customer.html", _existing(request, form, asked, found), status=status)


@require_POST
@for_msp("add_customers")
def ask(request: TenantRequest) -> HttpResponse:
    form = RequestForm(request.POST)
    rate_limits.consume(request, "look_up", whose=f"msp{request.msp.pk}")
    status = 422
    if form.is_valid():
        try:
            sent = _ask(request, form)
        except RuleBroken as no:
            form.add_error(no.field if no.field in form.fields and no.field != "kcs_id" else None, str(no))
            status = no.status
        else:
            until = written(sent.ends_at, request.user.zone)
            messages.success(
                request, f"We emailed the super admin of {sent.customer_name}. The link works until {until}."
            )
            return redirect("request-list")
    typed = form.data.get("kcs_id", "")
    context = _existing(request, LookUpForm(initial={"kcs_id": typed}), form, _found_again(request, typed))
    return render(request, "portals/existing_customer.html", context, status=status)


@require_GET
@for_msp()
def request_list(request: TenantRequest) -> HttpResponse:
    """The requests of this MSP: open, answered, ended; newest first. Of one customer, where the address names it."""
    query = request.GET
    rows = ManagementRequest.objects.filter(msp=request.msp).select_related("asked_by")
    chosen, kcs_id = query.get("state", ""), query.get("customer", "").strip()[:_LONGEST_ID]
    if chosen in State.values:
        rows = rows.filter(state=chosen)
    if kcs_id:
        rows = rows.filter(kcs_id=kcs_id)
    choices = [("", "All"), *State.choices]
    context = {
        "page": lists.page(rows, lists.Order("asked_at", descending=True), query),
        "state": chosen,
        "views": [
            (key, label, lists.without(query, "state", **({"state": key} if key else {}))) for key, label in choices
        ],
        "chips": lists.chips(query, {"customer": ("KCS Customer ID", kcs_id)}),
        "may_add": "add_customers" in request.msp_rights,
    }
    return render(request, "portals/requests.html", context)


@require_POST
@for_msp("add_customers")
def request_again(request: TenantRequest, pk: int) -> HttpResponse:
    rate_limits.consume(request, "send_again", whose=f"msp{request.msp.pk}request{pk}")
    return _act(request, pk, requests.send_again, "We emailed a new link to {customer}. The old one stopped working.")


@require_POST
@for_msp("add_customers")
def request_withdraw(request: TenantRequest, pk: int) -> HttpResponse:
    return _act(request, pk, requests.withdraw, "You withdrew the request to {customer}.")


@require_http_methods(["GET", "POST"])
@for_customer
def customer_access(request: TenantRequest, customer: Customer) -> HttpResponse:
    """No access to Full access, and why not where it cannot be."""
    _needs_manage(request)
    form = TypedForm(data_of(request), what=customer.name)
    no = access_changes.obstacle(request.management)
    status = answers.status(form)
    if form.is_valid():
        try:
            access_changes.give_full(request.management, typed=form.cleaned_data["typed"], by=request.user)
        except RuleBroken as broken:
            status = answers.refuse(form, broken)
        else:
            messages.success(request, f"{customer} has Full access. We emailed its contact person.")
            return redirect("customer", customer.kcs_id)
    context = {"customer": customer, "form": form, "obstacle": no}
    return render(request, "portals/customer_access.html", context, status=status)


@require_POST
@for_customer
def contact_invite(request: TenantRequest, customer: Customer) -> HttpResponse:
    """Send the invitation of the contact person again."""
    _needs_manage(request)
    rate_limits.consume(request, "invite_contact", whose=f"customer{customer.pk}")
    try:
        asked = contacts.invite_again(customer, msp=request.msp, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
    else:
        messages.success(request, f"We emailed a new link to {asked.contact_email}. The old one stopped working.")
    return redirect("customer", customer.kcs_id)


@require_http_methods(["GET", "POST"])
@for_customer
def customer_delink(request: TenantRequest, customer: Customer) -> HttpResponse:
    """Ask for a delink; while it is open, send it again or take it back. Where the customer asked: the question."""
    _needs_manage(request)
    _needs_delink(request)
    form = TypedForm(data_of(request), what=customer.kcs_id)
    status = answers.status(form)
    if form.is_valid():
        try:
            _delink(request, customer, form)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"We asked {customer} to approve the delink.")
            return redirect("customer-delink", customer.kcs_id)
    return _delink_page(request, customer, form, RejectForm(reader=customer.name), status=status)


@require_POST
@for_customer
def delink_approve(request: TenantRequest, customer: Customer) -> HttpResponse:
    """Let a customer go that asked for it."""
    _needs_delink(request)
    try:
        wishes.approve(request.management, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect("customer-delink", customer.kcs_id)
    messages.success(request, f"You no longer manage {customer}.")
    return redirect("customer-list")


@require_POST
@for_customer
def delink_reject(request: TenantRequest, customer: Customer) -> HttpResponse:
    """Keep a customer that asked to be let go; it reads the reason."""
    _needs_delink(request)
    form, status = RejectForm(request.POST, reader=customer.name), 422
    if form.is_valid():
        try:
            wishes.reject(request.management, reason=form.cleaned_data["reason"], by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"You go on managing {customer}. We emailed it your reason.")
            return redirect("customer", customer.kcs_id)
    return _delink_page(request, customer, TypedForm(what=customer.kcs_id), form, status=status)


@require_POST
@for_customer
def delink_again(request: TenantRequest, customer: Customer) -> HttpResponse:
    _needs_delink(request)
    rate_limits.consume(request, "send_again", whose=f"delink{customer.pk}")
    return _on_delink(request, customer, endings.send_again, f"We emailed a new link to {customer}.")


@require_POST
@for_customer
def delink_take_back(request: TenantRequest, customer: Customer) -> HttpResponse:
    return _on_delink(request, customer, endings.take_back, f"You go on managing {customer}.")


@require_GET
@for_customer
def customer_receipt(request: TenantRequest, customer: Customer) -> HttpResponse:
    """The MSP's copy of the receipt: without the person and the job title."""
    found = Receipt.objects.filter(customer=customer, msp=request.msp).select_related("customer", "msp", "request")
    kept = get_object_or_404(found.order_by("-number")[:1])
    if "pdf" in request.GET:
        return link_views.pdf(kept, for_customer=False)
    context = {"customer": customer, "receipt": kept, "text": receipts.full_text(kept, for_customer=False)}
    return render(request, "portals/customer_receipt.html", context)


def _delink_page(
    request: TenantRequest, customer: Customer, form: TypedForm, reject_form: RejectForm, *, status: int
) -> HttpResponse:
    newest = wishes.newest(request.management)
    state = newest.state if newest else ""
    context = {
        "customer": customer,
        "form": form,
        "reject_form": reject_form,
        "delink": newest if state == Delink.State.OPEN else None,
        "refused": newest if state == Delink.State.REFUSED else None,
        "obstacle": endings.ended_by_itself(request.management, request.user) or access_changes.free_mailbox(customer),
    }
    return render(request, "portals/customer_delink.html", context, status=status)


def _ask(request: TenantRequest, form: RequestForm) -> ManagementRequest:
    return requests.ask(
        form.cleaned_data["kcs_id"],
        msp=request.msp,
        services=[KnoxService(one) for one in form.cleaned_data["services"]],
        access=Access(form.cleaned_data["access"]),
        by=request.user,
    )


def _found_again(request: TenantRequest, typed: str) -> requests.Found | None:
    """The company that the refused form is about, if it may still be asked."""
    try:
        return requests.look_up(typed, msp=request.msp, by=request.user)
    except RuleBroken:
        return None


def _existing(request: TenantRequest, form: LookUpForm, asked: RequestForm | None, found: object) -> dict[str, object]:
    closed = msps.guard_closed(request.msp)
    return {"form": form, "request_form": asked, "found": found, "guard_closed": closed}


def _act(request: TenantRequest, pk: int, verb: Callable[..., object], done: str) -> HttpResponse:
    asked = get_object_or_404(ManagementRequest, pk=pk, msp=request.msp)
    with answers.outcome(request, done.format(customer=asked.customer_name)):
        verb(asked, by=request.user)
    return redirect("request-list")


def _on_delink(request: TenantRequest, customer: Customer, verb: Callable[..., object], done: str) -> HttpResponse:
    _needs_delink(request)
    with answers.outcome(request, done):
        verb(request.management, by=request.user)
    return redirect("customer-delink", customer.kcs_id)


def _delink(request: TenantRequest, customer: Customer, form: Form) -> None:
    if "".join(form.cleaned_data["typed"].split()) != customer.kcs_id:
        raise RuleBroken(
            f"Type {customer.kcs_id} exactly as shown, so that you do not change another customer.", field="typed"
        )
    if no := access_changes.free_mailbox(customer):
        raise RuleBroken(no)
    endings.ask(request.management, by=request.user)


def _needs_delink(request: TenantRequest) -> None:
    if "delink_customers" not in request.msp_rights:
        raise MissingRight("delink_customers", request.msp)


def _needs_manage(request: TenantRequest) -> None:
    if access.MANAGE not in request.customer_rights:
        raise MissingRight(access.MANAGE, request.msp)
