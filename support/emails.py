"""The letters of this app (words.md 4: ticket.*, deletion.*). None has a ticket's text or files."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts import preferences
from accounts.models import SAMSUNG_ADMINS, User
from mail import outbox
from support.models import Deletion, Ticket
from tenants import access, teams
from tenants.models import Customer, Membership, Msp
from tenants.times import day, written, written_for_guests


def opened(ticket: Ticket) -> None:
    """To the one who opened it, and to every Samsung admin."""
    person = ticket.opened_by
    at = written(ticket.opened_at, person.zone)
    _write("ticket_opened", person, ticket, why="you opened this ticket", at=at)
    for admin in _samsung_admins():
        _to_samsung("ticket_waits", admin, ticket)


def answered(ticket: Ticket) -> None:
    _to_followers("ticket_answered", ticket)


def closed(ticket: Ticket) -> None:
    _to_followers("ticket_closed", ticket)


def replied(ticket: Ticket, *, by: User) -> None:
    """To the Samsung admin who looks after it, or to all where nobody does; and to the others of the own side.

    One that nobody took on yet still waits in the queue, where the letter about it led.
    """
    admins = _samsung_admins()
    its_own = [one for one in admins if one.pk == ticket.assigned_to_id]
    everybody = admins if ticket.state != Ticket.State.OPEN else []
    for admin in its_own or everybody:
        _to_samsung("ticket_replied", admin, ticket, is_theirs=bool(its_own))
    _to_followers("ticket_answered", ticket, but=by)


def assigned(ticket: Ticket, to: User) -> None:
    _to_samsung("ticket_assigned", to, ticket)


def super_admin(person: User, organization: access.Organization) -> None:
    """To the new super admin, who may have no password yet."""
    why = f"Samsung made you super admin of {organization.name}"
    context = {"organization": organization, "email": person.email, "button_url": _address("knox-dashboard")}
    about = access.companies(organization)
    outbox.write(
        "support/email/super_admin", to=person.email, name=person.first_name, why=why, about=about, context=context
    )


def super_admin_added(ticket: Ticket, person: User, organization: access.Organization, *, to: list[User]) -> None:
    """To those who were super admins before: a ticket that one of their people wrote on should not surprise them."""
    for one in to:
        why = f"you are super admin of {organization.name}"
        context = {
            "organization": organization,
            "person": person,
            "ticket": ticket,
            "date": day(ticket.opened_at, one.zone),
            "button_url": _address("knox-dashboard"),
        }
        letter, about = "support/email/super_admin_added", _companies(ticket)
        outbox.write(letter, to=one.email, name=one.first_name, why=why, about=about, context=context)


def second_needed(deletion: Deletion, *, by: User) -> None:
    """To the other Samsung admins: one more has to agree."""
    for admin in _samsung_admins():
        if admin != by:
            _to_samsung("deletion_second", admin, deletion.ticket, deletion=deletion)


def planned(deletion: Deletion) -> None:
    _to_both_sides("deletion_planned", deletion)


def undone(deletion: Deletion) -> None:
    _to_both_sides("deletion_undone", deletion)


def done(deletion: Deletion, *, name: str, people: list[User], contact: tuple[str, str], at: datetime) -> None:
    """After the data went: what the letters need was read before. `contact` is the email and first name."""
    for person in people:
        at_here = written(at, person.zone)
        _deletion_letter("deletion_done", person.email, person.first_name, deletion, customer=name, at=at_here)
    zone = preferences.zone(str(deletion.customer.country))
    _deletion_letter("deletion_done", *contact, deletion, customer=name, at=written_for_guests(at, zone))


def leads(deletion: Deletion) -> list[User]:
    """Who hears of it on the side that asked: the leads of an MSP while it manages the customer, else who asked."""
    msp = deletion.ticket.msp
    if msp is None:
        return [deletion.asked_by]
    return teams.leads(msp, starter=deletion.asked_by) if teams.msp_of(deletion.customer) == msp.pk else []


def _to_both_sides(letter: str, deletion: Deletion) -> None:
    customer: Customer = deletion.customer
    url = _address("ticket", deletion.ticket_id)
    for person in leads(deletion):
        when = _times(deletion, person.zone)
        about = {"customer": customer.name, "button_url": url, "ticket": deletion.ticket_id, **when}
        _deletion_letter(letter, person.email, person.first_name, deletion, **about)
    if deletion.asked_by.email != customer.contact_email:
        when = _times(deletion, preferences.zone(str(customer.country)), write=written_for_guests)
        about = {"customer": customer.name, "button_url": "", "ticket": deletion.ticket_id, **when}
        _deletion_letter(letter, customer.contact_email, customer.contact_first_name, deletion, **about)


def _times(
    deletion: Deletion, zone: ZoneInfo, *, write: Callable[[datetime, ZoneInfo], str] = written
) -> dict[str, str]:
    if deletion.due_at is None:
        return {}
    return {"date": day(deletion.due_at, zone), "until": write(deletion.due_at, zone)}


def _deletion_letter(letter: str, to: str, name: str, deletion: Deletion, **context: Any) -> None:
    context = {"kcs_id": deletion.kcs_id, **context}
    why, about = "you answer for this customer", [deletion.kcs_id]
    outbox.write(f"support/email/{letter}", to=to, name=name, why=why, about=about, context=context)


def _to_followers(letter: str, ticket: Ticket, *, but: User | None = None) -> None:
    for person in _followers(ticket):
        if person != but:
            date = day(ticket.opened_at, person.zone)
            _write(letter, person, ticket, why="you wrote in this ticket", date=date)


def _followers(ticket: Ticket) -> list[User]:
    """Who wrote on the side that opened it, as long as they work there and see the customer that it is about."""
    wrote = User.objects.filter(pk__in=ticket.messages.filter(by_samsung=False).values("author"), is_active=True)
    if ticket.organization:
        wrote = wrote.filter(pk__in=_readers(ticket, ticket.organization).values("user"))
    return list(wrote.order_by("pk"))


def _readers(ticket: Ticket, own: access.Organization) -> QuerySet[Membership]:
    if ticket.about:
        return access.who_may(access.VIEW, ticket.about, of=own)
    return Membership.objects.filter(state=Membership.State.ACTIVE, **access.column(own))


def _samsung_admins() -> list[User]:
    return list(User.objects.filter(groups__name=SAMSUNG_ADMINS, is_active=True).order_by("pk"))


def _write(letter: str, to: User, ticket: Ticket, *, why: str, **context: Any) -> None:
    context |= {"ticket": ticket, "button_url": _address("ticket", ticket.pk)}
    about = _companies(ticket)
    outbox.write(f"support/email/{letter}", to=to.email, name=to.first_name, why=why, about=about, context=context)


def _to_samsung(letter: str, to: User, ticket: Ticket, **context: Any) -> None:
    organization = ticket.organization
    whose = organization.name if organization else str(ticket.opened_by)
    msp_id = organization.public_id if isinstance(organization, Msp) else ""
    context |= {"ticket": ticket, "whose": whose, "msp_id": msp_id, "button_url": _address("samsung-ticket", ticket.pk)}
    why = "you answer tickets for Samsung"
    about = _companies(ticket)
    outbox.write(f"support/email/{letter}", to=to.email, name=to.first_name, why=why, about=about, context=context)


def _companies(ticket: Ticket) -> list[str]:
    """The customer that it is about, and the one that wrote it."""
    return access.companies(ticket.about, ticket.customer)


def _address(name: str, *args: object) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"
