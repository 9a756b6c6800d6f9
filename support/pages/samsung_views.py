"""Samsung's queue of tickets, and what Samsung does about one: answer, decide a deletion, carry one out."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import PortalRequest
from accounts.models import SAMSUNG_ADMINS, User
from devices.pages.upload_handlers import takes_files
from rules.errors import RuleBroken
from support import deletions, erasures, service_removals, successions, tickets
from support.models import Attachment, Deletion, Ticket
from support.pages.thread import download, thread
from support.pages.ticket_forms import AssignForm, ConfirmForm, ReasonForm, ReplyForm
from support.pages.ticket_list import csv_rows
from tenants import lists
from tenants.door import for_samsung
from tenants.models import Management
from tenants.pages import answers
from tenants.regions import Region

State, Kind = Ticket.State, Ticket.Kind
_VIEWS = {"waiting": "Waiting", "progress": "In progress", "mine": "Mine", "closed": "Closed", "all": "All"}
_OLDEST_FIRST = ("waiting", "progress", "mine")
_EXPORTED = 10_000
_CARRIED_OUT: dict[str, Callable[..., Ticket]] = {
    Kind.SERVICE_REMOVAL: service_removals.carry_out,
    Kind.SUPER_ADMIN: successions.carry_out,
}


@require_GET
@for_samsung
def ticket_queue(request: PortalRequest) -> HttpResponse:
    view = _view(request.GET)
    # The oldest waits longest, so it comes first; of the others, the newest.
    order = lists.Order("opened_at", descending=view not in _OLDEST_FIRST)
    context = {
        "view": view,
        "views": [(key, label, lists.without(request.GET, view=key)) for key, label in _VIEWS.items()],
        "page": lists.page(_rows(request), order, request.GET),
        "q": request.GET.get("q", ""),
        "kind": request.GET.get("kind", ""),
        "region": request.GET.get("region", ""),
        "all_kinds": Kind.choices,
        "all_regions": Region.choices,
        "is_filtered": any(request.GET.get(name) for name in ("q", "kind", "region")),
        "csv_url": f"{reverse('samsung-tickets-export')}{lists.without(request.GET)}",
    }
    return answers.listed(request, "support/samsung_tickets.html", context)


@require_GET
@for_samsung
def ticket_export(request: PortalRequest) -> HttpResponse:
    rows = _rows(request).order_by("-opened_at", "-pk")[:_EXPORTED]
    return answers.csv("tickets", csv_rows(rows))


@require_GET
@for_samsung
def ticket_page(request: PortalRequest, pk: int) -> HttpResponse:
    return _show(request, _find(pk))


@takes_files
@require_POST
@for_samsung
def ticket_answer(request: PortalRequest, pk: int) -> HttpResponse:
    form = ReplyForm(request.POST, request.FILES or None)
    if not form.is_valid():
        return _show(request, _find(pk), form, status=422)
    sent = {"text": form.cleaned_data["text"], "files": form.cleaned_data["attached"]}
    return _act(request, pk, tickets.answer, "The answer is in the ticket. We emailed its people.", form, **sent)


@require_POST
@for_samsung
def ticket_assign(request: PortalRequest, pk: int) -> HttpResponse:
    form = AssignForm(request.POST, admins=_admins())
    if not form.is_valid():
        return _show(request, _find(pk), form, status=422)
    to = User.objects.get(pk=form.cleaned_data["to"]) if form.cleaned_data["to"] else None
    said = f"{to} looks after ticket {pk}." if to else f"Nobody looks after ticket {pk} now."
    return _act(request, pk, tickets.assign, said, form, to=to)


@require_POST
@for_samsung
def ticket_close(request: PortalRequest, pk: int) -> HttpResponse:
    return _act(request, pk, tickets.close, f"You closed ticket {pk}.", by_samsung=True)


@require_GET
@for_samsung
def ticket_file(request: PortalRequest, pk: int, file_pk: int) -> FileResponse:
    return download(get_object_or_404(Attachment, ticket=pk, pk=file_pk))


@require_POST
@for_samsung
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def deletion_start(request: PortalRequest, pk: int) -> HttpResponse:
    deletion = _deletion(pk)
    said = "You started the deletion. A second Samsung admin must approve it."
    return _act(request, pk, deletions.start, said, about=deletion)


@require_POST
@for_samsung
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def deletion_approve(request: PortalRequest, pk: int) -> HttpResponse:
    """The second person, who types the ID."""
    deletion = _deletion(pk)
    form = ConfirmForm(request.POST, wanted=deletion.kcs_id)
    if not form.is_valid():
        return _show(request, _find(pk), form, status=422)
    return _act(request, pk, deletions.approve, "The deletion is planned. It can be undone until then.", form, deletion)


@require_POST
@for_samsung
def deletion_reject(request: PortalRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, _find(pk), form, status=422)
    reason = form.cleaned_data["reason"]
    return _act(request, pk, deletions.reject, "You rejected the deletion.", form, _deletion(pk), reason=reason)


@require_POST
@for_samsung
def deletion_undo(request: PortalRequest, pk: int) -> HttpResponse:
    return _act(request, pk, deletions.undo, "You undid the deletion. The customer stays.", about=_deletion(pk))


@require_POST
@for_samsung
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def carry_out(request: PortalRequest, pk: int) -> HttpResponse:
    """Remove the services that a ticket names, or make the person that it names super admin."""
    ticket = _find(pk)
    verb = _CARRIED_OUT.get(ticket.kind)
    if verb is None:
        raise Http404
    return _act(request, pk, verb, f"You carried out what ticket {pk} asks for.")


def _may_carry_out(ticket: Ticket) -> bool:
    """Whether it still names what to do: a person without a portal asks for nobody's super admin."""
    names_it = ticket.organization and (ticket.about_id or ticket.person_email)
    return ticket.kind in _CARRIED_OUT and not ticket.closed_at and not ticket.carried_out_at and bool(names_it)


def _obstacle(ticket: Ticket, deletion: Deletion | None) -> str:
    """Why nobody can do any more what an MSP that left asked for; empty where it can be done."""
    if ticket.msp_id is None or getattr(ticket, "is_managed", False):
        return ""
    if deletion:
        is_undecided = deletion.state in (Deletion.State.ASKED, Deletion.State.STARTED)
        return deletions.MSP_LEFT if is_undecided else ""
    return service_removals.msp_left(ticket.about) if ticket.kind == Kind.SERVICE_REMOVAL and ticket.about else ""


def _act(  # noqa: PLR0913, PLR0917  (one way for all that is done about a ticket)
    request: PortalRequest,
    pk: int,
    verb: Callable[..., object],
    said: str,
    form: Any = None,
    about: Deletion | None = None,
    **typed: Any,
) -> HttpResponse:
    ticket = _find(pk)
    try:
        verb(about or ticket, by=request.user, **typed)
    except RuleBroken as no:
        if form is not None and no.field in form.fields:
            form.add_error(no.field, str(no))
            return _show(request, _find(pk), form, status=no.status)
        return _show(request, _find(pk), no=no, status=no.status)
    messages.success(request, said)
    return redirect("samsung-ticket", pk)


def _view(query: QueryDict) -> str:
    view = query.get("view", "")
    return view if view in _VIEWS else "waiting"


def _rows(request: PortalRequest) -> QuerySet[Ticket]:
    conditions = {
        "waiting": Q(state=State.OPEN),  # as the dashboard and the rail count them
        "progress": Q(state=State.IN_PROGRESS),
        "mine": Q(closed_at=None, assigned_to=request.user),
        "closed": Q(closed_at__isnull=False),
        "all": Q(),
    }
    related = ("msp", "reseller", "license_reseller", "customer", "about", "opened_by", "assigned_to")
    rows = Ticket.objects.select_related(*related).filter(conditions[_view(request.GET)])
    if request.GET.get("kind") in Kind.values:
        rows = rows.filter(kind=request.GET["kind"])
    if request.GET.get("region") in Region.values:
        rows = rows.filter(_from(request.GET["region"]))
    return _searched(rows, request.GET.get("q", ""))


def _from(region: str) -> Q:
    """Of an organization of this region, as the dashboard counts them. Those of customers have none."""
    of_several = Q(reseller__regions__contains=[region]) | Q(license_reseller__regions__contains=[region])
    return Q(msp__region=region) | of_several


def _searched(rows: QuerySet[Ticket], typed: str) -> QuerySet[Ticket]:
    """By the ticket's number, or a ten-digit ID of its company or customer."""
    digits = "".join(typed.split())
    if not digits:
        return rows
    if not (number := lists.key(digits)):
        return rows.none()
    own = [Q(**{f"{column}__public_id": digits}) for column in ("msp", "reseller", "license_reseller")]
    found = Q(pk=number) | Q(about__kcs_id=digits) | Q(customer__kcs_id=digits)
    for one in own:
        found |= one
    return rows.filter(found)


def _find(pk: int) -> Ticket:
    related = ("msp", "reseller", "license_reseller", "customer", "about", "opened_by", "assigned_to")
    decided = ("deletion__customer", "deletion__started_by", "deletion__approved_by")
    running = Management.objects.filter(customer=OuterRef("about"), msp=OuterRef("msp"), ended_at=None)
    found = Ticket.objects.select_related(*related, *decided).annotate(is_managed=Exists(running))
    return get_object_or_404(found, pk=pk)


def _deletion(pk: int) -> Deletion:
    return get_object_or_404(Deletion.objects.select_related("ticket", "customer"), ticket=pk)


def _admins() -> list[tuple[str, str]]:
    people = User.objects.filter(groups__name=SAMSUNG_ADMINS, is_active=True).order_by("last_name", "pk")
    return [(str(person.pk), str(person)) for person in people]


def _show(
    request: PortalRequest, ticket: Ticket, form: Any = None, *, no: RuleBroken | None = None, status: int = 200
) -> HttpResponse:
    deletion: Deletion | None = getattr(ticket, "deletion", None)
    assigned = {"to": str(ticket.assigned_to_id or "")}
    forms = {
        "form": ReplyForm(),
        "assign_form": AssignForm(initial=assigned, admins=_admins()),
        "confirm_form": ConfirmForm(wanted=deletion.kcs_id if deletion else ""),
        "reason_form": ReasonForm(),
    }
    bound = {name: form for name, own in forms.items() if form is not None and isinstance(form, type(own))}
    context = {
        "ticket": ticket,
        "thread": thread(ticket),
        "deletion": deletion,
        "goes": erasures.counted(deletion.customer) if deletion and deletion.is_open else {},
        "is_first": bool(deletion and deletion.started_by_id == request.user.pk),
        "may_carry_out": _may_carry_out(ticket),
        "obstacle": _obstacle(ticket, deletion),
        "refusal": str(no) if no else "",
        "wrong_form": form if form is not None and form.errors else None,
        **(forms | bound),
    }
    return render(request, "support/samsung_ticket.html", context, status=status)
