"""How a customer is deleted (FAQ Q11): its MSP asks, two Samsung admins agree, then there is time to undo it.

No page and no verb for an MSP deletes anything. `run_due`, a periodic task, does, after the setting deletion_undo_days.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from devices import approvals
from rules import reasons
from rules import settings as rule
from rules.errors import RuleBroken
from support import emails, erasures, tickets
from support.models import Deletion, Ticket
from support.tickets import Draft
from tenants import access, grants, teams
from tenants.due import each
from tenants.models import Customer, Msp
from tenants.times import written

State = Deletion.State
MSP_LEFT = "The MSP that asked no longer manages this customer. Reject the deletion."


@transaction.atomic
def ask(customer: Customer, *, reason: str, own: Msp | Customer, by: User) -> Deletion:
    """Ask Samsung to delete a customer. It goes on working; nothing happens before Samsung decides."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if other := Deletion.objects.filter(customer=customer, state__in=Deletion.OPEN).select_related("asked_by").first():
        raise RuleBroken(_already(other, own=own, by=by), status=409)
    draft = Draft(
        kind=Ticket.Kind.DELETION,
        subject=f"Delete {customer.name} (KCS Customer ID {customer.kcs_id})",
        text=reason,
        own=own,
        about=customer,
    )
    ticket = tickets.open_ticket(draft, by=by)
    deletion = Deletion.objects.create(ticket=ticket, customer=customer, kcs_id=customer.kcs_id, asked_by=by)
    _record("deletion.asked", deletion, by=by)
    return deletion


@transaction.atomic
def withdraw(deletion: Deletion, *, by: User) -> Deletion:
    """Who may change the customer takes it back, as long as Samsung has not agreed."""
    tickets.check_may_change(deletion.customer, by=by)
    ticket, deletion = _locked(deletion, State.ASKED, State.STARTED)
    _end(deletion, State.WITHDRAWN)
    tickets.note(ticket, "Took the request back. Nothing is deleted.", by=by)
    tickets.finish(ticket)
    _record("deletion.withdrawn", deletion, by=by)
    return deletion


def under_way(customer: Customer, *, own: Msp) -> QuerySet[Deletion]:
    """The deletion that is open; `seen` is its ticket, where the one who asks finds it among the `own`."""
    seen = Subquery(Ticket.objects.filter(pk=OuterRef("ticket"), msp=own).values("pk"))
    return Deletion.objects.filter(customer=customer, state__in=Deletion.OPEN).annotate(seen=seen)


def may_take_back(deletion: Deletion, *, by: User) -> bool:
    return access.MANAGE in access.rights(by, deletion.customer) and not approvals.is_closed(by, deletion.customer)


@transaction.atomic
def start(deletion: Deletion, *, by: User) -> Deletion:
    """The first Samsung admin agrees. Runs as the operator."""
    _, deletion = _locked(deletion, State.ASKED)
    _check_side(deletion)
    deletion.state, deletion.started_by, deletion.started_at = State.STARTED, by, timezone.now()
    deletion.save(update_fields=["state", "started_by", "started_at"])
    _move_on(deletion)
    _record("deletion.started", deletion, by=by, side=Side.SAMSUNG)
    emails.second_needed(deletion, by=by)
    return deletion


@transaction.atomic
def approve(deletion: Deletion, *, by: User) -> Deletion:
    """The second Samsung admin agrees: it is planned, and can be undone until then. Runs as the operator."""
    ticket, deletion = _locked(deletion, State.STARTED)
    if deletion.started_by == by:
        raise RuleBroken("You started this deletion. A second Samsung admin must approve it.", status=403)
    _check_side(deletion)
    now = timezone.now()
    deletion.state, deletion.approved_by, deletion.approved_at = State.PLANNED, by, now
    deletion.due_at = now + timedelta(days=rule.number("deletion_undo_days"))
    deletion.save(update_fields=["state", "approved_by", "approved_at", "due_at"])
    text = "Two Samsung admins agreed. The deletion is planned. Until its time comes you can ask here to undo it."
    tickets.note(ticket, text, by=by, by_samsung=True)
    _record("deletion.planned", deletion, by=by, side=Side.SAMSUNG, date=f"{deletion.due_at:%Y-%m-%d}")
    emails.planned(deletion)
    return deletion


@transaction.atomic
def reject(deletion: Deletion, *, reason: str, by: User) -> Deletion:
    """Samsung says no, with a reason that the other side reads. Runs as the operator."""
    reason = reasons.given(reason)
    ticket, deletion = _locked(deletion, State.ASKED, State.STARTED)
    _end(deletion, State.REJECTED)
    tickets.note(ticket, f"Samsung rejected the deletion. {reason}", by=by, by_samsung=True)
    tickets.finish(ticket)
    _record("deletion.rejected", deletion, by=by, side=Side.SAMSUNG)
    emails.answered(ticket)
    return deletion


@transaction.atomic
def undo(deletion: Deletion, *, by: User) -> Deletion:
    """The customer stays after all. Runs as the operator."""
    ticket, deletion = _locked(deletion, State.PLANNED, State.DONE)
    if deletion.state == State.DONE or (deletion.due_at and deletion.due_at <= timezone.now()):
        raise RuleBroken(_late(deletion, by=by), status=410)
    _end(deletion, State.UNDONE)
    tickets.note(ticket, "Samsung undid the deletion. The customer stays, and nothing is lost.", by=by, by_samsung=True)
    tickets.finish(ticket)
    _record("deletion.undone", deletion, by=by, side=Side.SAMSUNG)
    emails.undone(deletion)
    return deletion


def run_due() -> int:
    """Delete what is due. Returns how many customers went. Each has a transaction of its own."""
    with as_operator():
        due = list(
            Deletion.objects.filter(state=State.PLANNED, due_at__lte=timezone.now()).values_list("pk", flat=True)
        )
    return each(due, _run)


@transaction.atomic
def _run(pk: int) -> bool:
    """The data goes. Does nothing where somebody undid it, or another worker was first."""
    with as_operator():  # locked in the order of all verbs: the ticket, the deletion, what workers do, the customer
        ticket = Ticket.objects.select_for_update(of=("self",)).get(deletion=pk)
        deletion = Deletion.objects.select_for_update(of=("self",)).filter(pk=pk, state=State.PLANNED).first()
        if deletion is None or deletion.due_at is None or deletion.due_at > timezone.now():
            return False
        grants.in_turn(teams.msp_of(deletion.customer_id))
        erasures.hold_work(deletion.customer_id)
        customer = Customer.objects.select_for_update().get(pk=deletion.customer_id)
        deletion.ticket, deletion.customer = ticket, customer
        if not tickets.still_asks(deletion.ticket, about=deletion.customer_id):
            _drop(deletion)
            return False
        name, contact = customer.name, (customer.contact_email, customer.contact_first_name)
        people = emails.leads(deletion)
        deletion.counts = erasures.erase(customer)
        _end(deletion, State.DONE)
        ticket.refresh_from_db()
        tickets.note(ticket, "Samsung deleted this customer.")
        tickets.finish(ticket)
        _record("deletion.done", deletion, by=None)
        emails.done(deletion, name=name, people=people, contact=contact, at=deletion.ended_at or timezone.now())
    return True


def _check_side(deletion: Deletion) -> None:
    if not tickets.still_asks(deletion.ticket, about=deletion.customer_id):
        raise RuleBroken(MSP_LEFT, status=409)


def _drop(deletion: Deletion) -> None:
    """Nobody wants it any more. Who was told that the data would go reads that it stays."""
    _end(deletion, State.WITHDRAWN)
    tickets.note(deletion.ticket, "The MSP that asked no longer manages this customer. Nothing was deleted.")
    tickets.finish(deletion.ticket)
    _record("deletion.withdrawn", deletion, by=None)
    emails.undone(deletion)


def _locked(deletion: Deletion, *states: Deletion.State) -> tuple[Ticket, Deletion]:
    """Its ticket and the deletion as they are now, if it is in one of these states: then the ticket is open, too.

    The ticket is locked first, as `_run` does. When the verb commits, PostgreSQL asks for the customer that the ticket
    names: who held that one and waited for the ticket would wait for ever.
    """
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("opened_by").get(pk=deletion.ticket_id)
    found = Deletion.objects.select_for_update(of=("self",)).select_related("ticket", "customer", "asked_by")
    deletion = found.get(pk=deletion.pk)
    if deletion.state not in states:
        raise RuleBroken(
            f"This deletion is in another state now: {deletion.get_state_display()}. Nothing changed.", status=409
        )
    return ticket, deletion


def _move_on(deletion: Deletion) -> None:
    Ticket.objects.filter(pk=deletion.ticket_id).update(state=Ticket.State.IN_PROGRESS, moved_at=timezone.now())


def _end(deletion: Deletion, state: Deletion.State) -> None:
    deletion.state, deletion.ended_at = state, timezone.now()
    fields = ["state", "ended_at"]
    deletion.save(update_fields=[*fields, "counts"] if state == State.DONE else fields)


def _already(other: Deletion, *, own: Msp | Customer, by: User) -> str:
    """Own colleagues are named, the other side is not (words.md deletion.open)."""
    ours = Ticket.objects.filter(pk=other.ticket_id).first()
    if ours is None or ours.organization != own:
        return "Somebody already asked for the deletion of this customer. Samsung decides it."
    at = written(other.asked_at, by.zone)
    return f"{other.asked_by} already asked for the deletion of {other.customer} on {at}. Follow ticket {ours.pk}."


def _late(deletion: Deletion, *, by: User) -> str:
    assert deletion.approved_at  # noqa: S101  (constraint deletion_planned_was_approved, of both)
    assert deletion.due_at  # noqa: S101
    at, days = written(deletion.ended_at or deletion.due_at, by.zone), (deletion.due_at - deletion.approved_at).days
    return f"Samsung deleted the KCS Customer ID {deletion.kcs_id} on {at}. The {days} days to undo it are over."


def _record(verb: str, deletion: Deletion, *, by: User | None, side: Side | None = None, **detail: str) -> None:
    """Names the customer only as long as it is there: afterwards the MSP still reads that it went."""
    is_gone = deletion.state == State.DONE
    events.record(
        verb,
        deletion if is_gone else deletion.customer,
        by=by,
        side=side or (Side.PORTAL if by is None else Side.MSP if deletion.ticket.msp_id else Side.CUSTOMER),
        msp_id=deletion.ticket.msp_id,
        customer_id=None if is_gone else deletion.customer_id,
        kcs_id=deletion.kcs_id,
        **detail,
    )
