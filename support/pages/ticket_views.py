"""Tickets as the person who asks sees them. No door: support/pages/frames.py says whose they are."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from devices.pages.upload_handlers import takes_files
from rules.errors import RuleBroken
from support import deletions, tickets
from support.models import Attachment, Deletion, Ticket
from support.pages import frames
from support.pages.frames import Frame
from support.pages.thread import download, thread
from support.pages.ticket_forms import NUMBER, PAGE, ReplyForm, TicketForm
from support.pages.ticket_list import TicketList, csv_rows
from support.tickets import Draft
from tenants import access, lists, names
from tenants.models import Customer, KnoxService
from tenants.pages import answers

Kind = Ticket.Kind
_EXPORTED = 10_000


@require_GET
def ticket_list(request: PortalRequest) -> HttpResponse:
    frame, listed = frames.of(request), TicketList(request.GET)
    context = frame.context() | {
        "listed": listed,
        "chips": listed.chips(),
        "views": listed.views(),
        "columns": listed.sorting.heads(),
        "page": listed.page(frame.tickets(request)),
        "all_kinds": Kind.choices,
        "may_change_customers": frame.may_change_customers,
        "csv_url": f"{reverse('ticket-export')}{lists.without(request.GET)}",
    }
    return answers.listed(request, "support/tickets.html", context)


@require_GET
def ticket_export(request: PortalRequest) -> HttpResponse:
    """The tickets as CSV, as the list shows them and in its order."""
    listed = TicketList(request.GET)
    rows = listed.rows(frames.of(request).tickets(request)).order_by(*listed.sorting.order.by())[:_EXPORTED]
    return answers.csv("tickets", csv_rows(rows))


@takes_files
@require_http_methods(["GET", "POST"])
def ticket_new(request: PortalRequest) -> HttpResponse:
    """Write to Samsung. What the portal knows stands in the form already."""
    frame = frames.of(request)
    if request.method == "POST":
        rate_limits.consume(request, "ticket")
    form = TicketForm(data_of(request), request.FILES or None, initial=_initial(request), frame=frame)
    status = answers.status(form)
    if form.is_valid():
        try:
            return _send(request, form, frame)
        except RuleBroken as no:
            status = answers.refuse(form, no)
    leaves = not form.is_bound and not request.htmx  # htmx asks for the fields of another kind, not for another page
    if leaves and form.chosen == Kind.DELETION and form.initial.get("customer"):
        return _to_deletion(request, frame, str(form.initial["customer"]))
    return render(request, "support/ticket_new.html", frame.context() | {"form": form}, status=status)


@require_GET
def ticket_page(request: PortalRequest, pk: int) -> HttpResponse:
    frame = frames.of(request)
    return _show(request, frame, _find(request, frame, pk), ReplyForm())


@takes_files
@require_POST
def ticket_reply(request: PortalRequest, pk: int) -> HttpResponse:
    frame = frames.of(request)
    ticket, form, status = _find(request, frame, pk), ReplyForm(request.POST, request.FILES or None), 422
    rate_limits.consume(request, "ticket_reply")
    if form.is_valid():
        try:
            tickets.reply(ticket, text=form.cleaned_data["text"], files=form.cleaned_data["attached"], by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, "Samsung support has your answer.")
            return redirect("ticket", pk)
    return _show(request, frame, ticket, form, status=status)


@require_POST
def ticket_close(request: PortalRequest, pk: int) -> HttpResponse:
    ticket = _find(request, frames.of(request), pk)
    with answers.outcome(request, f"You closed ticket {pk}."):
        tickets.close(ticket, by=request.user)
    return redirect("ticket", pk)


@require_POST
def deletion_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take back the question whether Samsung deletes a customer."""
    ticket = _find(request, frames.of(request), pk)
    deletion = get_object_or_404(Deletion, ticket=ticket)
    with answers.outcome(request, f"You took the deletion of the KCS Customer ID {deletion.kcs_id} back."):
        deletions.withdraw(deletion, by=request.user)
    return redirect("ticket", pk)


@require_GET
def ticket_file(request: PortalRequest, pk: int, file_pk: int) -> FileResponse:
    ticket = _find(request, frames.of(request), pk)
    return download(get_object_or_404(Attachment, ticket=ticket, pk=file_pk))


def _find(request: PortalRequest, frame: Frame, pk: int) -> Ticket:
    whole = frame.tickets(request).select_related("about", "opened_by", "msp", "reseller", "license_reseller")
    return get_object_or_404(whole.select_related("customer", "assigned_to"), pk=pk)


def _show(request: PortalRequest, frame: Frame, ticket: Ticket, form: ReplyForm, *, status: int = 200) -> HttpResponse:
    deletion = Deletion.objects.filter(ticket=ticket).first() if ticket.kind == Kind.DELETION else None
    context = frame.context() | {
        "ticket": ticket,
        "thread": thread(ticket),
        "deletion": deletion,
        "may_withdraw": deletion
        and deletion.state in (Deletion.State.ASKED, Deletion.State.STARTED)
        and deletions.may_take_back(deletion, by=request.user),
        "form": form,
    }
    return render(request, "support/ticket.html", context, status=status)


def _initial(request: PortalRequest) -> dict[str, str]:
    """What the address brings. The two that nobody sees are cut: a person could not correct them."""
    lengths = {"customer": None, "subject": None, "page": PAGE, "number": NUMBER}
    asked = {name: request.GET.get(name, "")[:length] for name, length in lengths.items()}
    kind = request.GET.get("category", request.GET.get("kind", ""))
    return asked | {"kind": kind if kind in Kind.values else ""}


def _send(request: PortalRequest, form: TicketForm, frame: Frame) -> HttpResponseRedirect:
    typed = form.cleaned_data
    about = _customer(request, frame, typed.get("customer", ""))
    if typed["kind"] == Kind.DELETION:
        if about is None:
            raise RuleBroken("Choose the customer.", field="customer")
        return redirect("deletion-ask", about.kcs_id)
    draft = Draft(
        kind=Kind(typed["kind"]),
        subject=typed["subject"],
        text=typed["text"],
        own=frame.own,
        about=about,
        services=[KnoxService(one) for one in typed.get("services", [])],
        person_email=typed.get("person_email", ""),
        portal=frame.portal,
        page=typed["page"],
        number=typed["number"],
    )
    ticket = tickets.open_ticket(draft, files=typed["attached"], by=request.user)
    messages.success(request, f"Ticket {ticket.pk} is open.")
    return redirect("ticket", ticket.pk)


def _customer(request: PortalRequest, frame: Frame, typed: str) -> Customer | None:
    """One of the own customers, by KCS Customer ID or whole name."""
    if not typed or not frame.msp:
        return None
    mine = Customer.objects.granted(request.user, access.VIEW).filter(managements__msp=frame.msp)
    mine = mine.filter(managements__ended_at=None)
    digits = "".join(typed.split())
    found = list(mine.filter(kcs_id=digits) if digits.isdigit() else mine.filter(name_key=names.key(typed))[:2])
    if len(found) != 1:
        raise RuleBroken(f"{typed} is not one of your customers.", field="customer")
    return found[0]


def _to_deletion(request: PortalRequest, frame: Frame, typed: str) -> HttpResponse:
    try:
        customer = _customer(request, frame, typed)
    except RuleBroken:
        customer = None
    if customer:
        return redirect("deletion-ask", customer.kcs_id)
    return redirect(f"{reverse('ticket-new')}?{urlencode({'category': Kind.DELETION})}")
