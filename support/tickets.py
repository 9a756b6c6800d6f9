"""Tickets: a person asks, Samsung answers, either side closes (knox.md 9.1).

People act as themselves, Samsung admins as the operator: PostgreSQL lets a person change the state of a visible ticket
and nothing else of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import events
from audit.models import Side
from audit.origin import origin
from devices import approvals
from rules.errors import RuleBroken
from support import attachments, emails
from support.attachments import Sent
from support.models import Message, Ticket
from tenants import access, teams
from tenants.access import Organization
from tenants.models import ORGANIZATIONS, Customer, KnoxService, Msp
from tenants.times import day

Kind, State = Ticket.Kind, Ticket.State


@dataclass(frozen=True)
class Draft:
    """What a ticket says besides its text. `own` is the organization in whose portal it was written."""

    kind: Ticket.Kind
    subject: str
    text: str
    own: Organization | None = None
    about: Customer | None = None
    services: list[KnoxService] = field(default_factory=list)
    person_email: str = ""
    portal: str = ""
    page: str = ""
    number: str = ""
    """Of the request that the person writes about, where a page of refusal named one."""


@transaction.atomic
def open_ticket(draft: Draft, *, files: Iterable[Sent] = (), by: User) -> Ticket:
    """Send a ticket to Samsung."""
    _check(draft, by=by)
    ticket = Ticket.objects.create(
        kind=draft.kind,
        subject=draft.subject,
        about=draft.about,
        services=draft.services,
        person_email=draft.person_email,
        portal=draft.portal[:40],
        page=draft.page[:200],
        request_id=draft.number or origin().request_id,
        opened_by=by,
        **(access.column(draft.own) if draft.own else {}),
    )
    _write(ticket, draft.text, files, by=by)
    record("ticket.opened", ticket, by=by, kind=ticket.get_kind_display())
    emails.opened(ticket)
    return ticket


@transaction.atomic
def reply(ticket: Ticket, *, text: str, files: Iterable[Sent] = (), by: User) -> Message:
    """Write on. What Samsung had not taken on yet stays Open."""
    ticket = locked(ticket, by=by)
    message = _write(ticket, text, files, by=by)
    _touch(ticket)
    record("ticket.replied", ticket, by=by)
    emails.replied(ticket, by=by)
    return message


@transaction.atomic
def answer(ticket: Ticket, *, text: str, files: Iterable[Sent] = (), by: User) -> Message:
    """Samsung writes. Runs as the operator."""
    ticket = locked(ticket, by=by)
    message = _write(ticket, text, files, by=by, by_samsung=True)
    _touch(ticket, State.IN_PROGRESS)
    record("ticket.answered", ticket, by=by, side=Side.SAMSUNG)
    emails.answered(ticket)
    return message


@transaction.atomic
def assign(ticket: Ticket, *, to: User | None, by: User) -> Ticket:
    """Say which Samsung admin looks after it; None gives it back to all. Runs as the operator."""
    ticket = locked(ticket, by=by)
    if to and not to.is_samsung_admin:
        raise RuleBroken("Choose a Samsung admin from the list.", field="to")
    if ticket.assigned_to_id == (to.pk if to else None):
        return ticket
    ticket.assigned_to = to
    ticket.save(update_fields=["assigned_to"])
    _touch(ticket, State.IN_PROGRESS if to else State(ticket.state))
    record("ticket.assigned" if to else "ticket.assigned_to_nobody", ticket, by=by, side=Side.SAMSUNG)
    if to and to != by:
        emails.assigned(ticket, to)
    return ticket


@transaction.atomic
def close(ticket: Ticket, *, by: User, by_samsung: bool = False) -> Ticket:
    """End it, from either side. A deletion or another question that is open has to be decided first."""
    ticket = locked(ticket, by=by)
    if ticket.kind == Kind.DELETION and (deletion := getattr(ticket, "deletion", None)) and deletion.is_open:
        raise RuleBroken("The deletion is not decided yet. Decide it or take it back first.", status=409)
    finish(ticket)
    record("ticket.closed", ticket, by=by, side=Side.SAMSUNG if by_samsung else None)
    if by_samsung:
        emails.closed(ticket)
    return ticket


def finish(ticket: Ticket) -> None:
    """Close a ticket that the caller has locked."""
    ticket.state = State.CLOSED
    ticket.closed_at = ticket.moved_at = timezone.now()
    ticket.save(update_fields=["state", "closed_at", "moved_at"])


def note(ticket: Ticket, text: str, *, by: User | None = None, by_samsung: bool = False) -> None:
    """A line of the thread that says what was decided; the portal's own where nobody is named."""
    Message.objects.create(ticket=ticket, author=by, by_samsung=by_samsung, text=text)
    _touch(ticket)


def carried_out(ticket: Ticket, text: str, *, by: User) -> None:
    """Samsung did what the ticket asks for: say so, and close it."""
    note(ticket, text, by=by, by_samsung=True)
    ticket.carried_out_at = timezone.now()
    ticket.save(update_fields=["carried_out_at"])
    finish(ticket)


def locked(ticket: Ticket, *, by: User) -> Ticket:
    """The ticket as it is now, for one change. Refuses a closed one (words.md ticket.closed)."""
    found = Ticket.objects.select_for_update(of=("self",)).select_related("opened_by").get(pk=ticket.pk)
    if found.closed_at:
        raise RuleBroken(
            f"Ticket {found.pk} was closed on {day(found.closed_at, by.zone)}. Open a new ticket and name this number.",
            status=409,
        )
    return found


def record(verb: str, ticket: Ticket, *, by: User | None, side: Side | None = None, **detail: Any) -> None:
    """History of a ticket: its number, never its text."""
    own = access.side_of(ticket.organization) if ticket.organization else Side.APPLICANT
    owners = {f"{name}_id": getattr(ticket, f"{name}_id") for name in ORGANIZATIONS}
    if ticket.about_id:
        owners["customer_id"] = ticket.about_id
    events.record(verb, ticket, by=by, side=side or (own if by else Side.PORTAL), ticket=ticket.pk, **owners, **detail)


def still_asks(ticket: Ticket, *, about: int) -> bool:
    """Whether the side that wrote it still answers for the customer: an MSP that left it asks for nothing."""
    return ticket.msp_id is None or ticket.msp_id == teams.msp_of(about)


def check_may_change(customer: Customer, *, by: User) -> None:
    """Raises RuleBroken: who only looks at a customer does not ask Samsung to take something away from it, nor does a
    suspended MSP, and neither takes that back."""
    if approvals.is_closed(by, customer):
        raise RuleBroken("Samsung suspended your company as an MSP. Nothing changed.", status=403)
    if access.MANAGE not in access.rights(by, customer):
        raise RuleBroken(f"Your role does not let you change {customer}. Nothing changed.", status=403)


def _check(draft: Draft, *, by: User) -> None:
    if draft.kind == Kind.SERVICE_REMOVAL and not (draft.about and draft.services):
        raise RuleBroken("Choose the customer and at least one service.", field="services")
    if draft.kind == Kind.SUPER_ADMIN and not draft.person_email:
        raise RuleBroken("Enter the email of the new super admin.", field="person_email")
    if draft.about and isinstance(draft.own, Msp):
        managed = draft.about.managements.filter(msp=draft.own, ended_at=None)
        if not managed.exists():
            raise RuleBroken(f"{draft.about.kcs_id} is not one of your customers.", field="customer")
        if draft.kind in (Kind.DELETION, Kind.SERVICE_REMOVAL):
            check_may_change(draft.about, by=by)


def _touch(ticket: Ticket, state: Ticket.State | None = None) -> None:
    ticket.state, ticket.moved_at = state or State(ticket.state), timezone.now()
    ticket.save(update_fields=["state", "moved_at"])


def _write(ticket: Ticket, text: str, files: Iterable[Sent], *, by: User, by_samsung: bool = False) -> Message:
    message = Message.objects.create(ticket=ticket, author=by, by_samsung=by_samsung, text=text.strip())
    attachments.keep(files, message=message)
    return message
