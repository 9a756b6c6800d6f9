"""Asking Samsung to delete a customer (FAQ Q11). There is no page on which an MSP deletes one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import rate_limits
from accounts.http import data_of
from rules import settings as rule
from rules.errors import RuleBroken
from support import deletions, erasures
from support.pages.ticket_forms import DeletionForm
from tenants import access
from tenants.door import MissingRight, TenantRequest, for_customer
from tenants.models import Customer
from tenants.pages import answers


@require_http_methods(["GET", "POST"])
@for_customer
def deletion_ask(request: TenantRequest, customer: Customer) -> HttpResponse:
    """What would go, and the form that asks for it."""
    if access.MANAGE not in request.customer_rights:
        raise MissingRight(access.MANAGE, request.msp)
    if request.method == "POST":
        rate_limits.consume(request, "ticket")
    form = DeletionForm(data_of(request), name=customer.name)
    status = answers.status(form)
    if form.is_valid():
        try:
            asked = deletions.ask(customer, reason=form.cleaned_data["reason"], own=request.msp, by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            ticket = asked.ticket_id
            messages.success(request, f"Ticket {ticket} is open. {customer} works until Samsung decides.")
            return redirect("ticket", ticket)
    context = {
        "customer": customer,
        "form": form,
        "goes": erasures.counted(customer),
        "undo_days": rule.number("deletion_undo_days"),
        "under_way": deletions.under_way(customer, own=request.msp).first(),
    }
    return render(request, "support/deletion.html", context, status=status)
