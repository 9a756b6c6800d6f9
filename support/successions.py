"""Another super admin for an organization whose own can no longer sign in: only Samsung does it (knox.md 9.1)."""

from django.db import transaction

from accounts.adapters import email_confirmed
from accounts.models import User
from audit import events
from audit.models import Side
from rules.errors import RuleBroken
from support import emails, tickets
from support.models import Ticket
from tenants import access, memberships
from tenants.access import Organization
from tenants.models import Membership


@transaction.atomic
def carry_out(ticket: Ticket, *, by: User) -> Ticket:
    """Make the person that the ticket names super admin of the organization that wrote it. Runs as the operator.

    Who was super admin before stays, and is told: the new one can block that membership.
    """
    ticket = tickets.locked(ticket, by=by)
    organization = ticket.organization
    if organization is None or not ticket.person_email or ticket.carried_out_at:
        raise RuleBroken(f"Ticket {ticket.pk} names no organization and person to change.", status=409)
    person = _person(ticket.person_email)
    before = _super_admins(organization, but=person)
    _give_role(person, organization, by=by)
    tickets.carried_out(ticket, f"Samsung made {ticket.person_email} super admin.", by=by)
    columns = {f"{column}_id": one.pk for column, one in access.column(organization).items()}
    events.record(
        "person.made_super_admin", person, by=by, side=Side.SAMSUNG, organization=organization.name, **columns
    )
    emails.answered(ticket)
    emails.super_admin(person, organization)
    emails.super_admin_added(ticket, person, organization, to=before)
    return ticket


def _super_admins(organization: Organization, *, but: User) -> list[User]:
    """Who has the role now, whether they wrote in the ticket or not."""
    active = Membership.objects.super_admins().filter(state=Membership.State.ACTIVE, **access.column(organization))
    return [membership.user for membership in active.exclude(user=but).select_related("user").order_by("pk")]


def _person(email: str) -> User:
    """The account with this email. A new one has no password: "Forgot your password" sets one."""
    found = User.objects.by_email(email)
    if found is None:
        found = User.objects.create_user(email, first_name=email.partition("@")[0][:100], last_name="")
        email_confirmed(found)
    return found


def _give_role(person: User, organization: Organization, *, by: User) -> None:
    """The built-in role, for every customer, to a membership that works."""
    role = organization.roles.super_admin()
    membership = Membership.objects.filter(user=person, **access.column(organization)).first()
    if membership is None:
        memberships.join(person, role, by=by, side=Side.SAMSUNG)
        return
    membership = memberships.locked(membership)
    membership.role, membership.scope = role, Membership.Scope.ALL
    membership.state, membership.blocked_at = Membership.State.ACTIVE, None
    membership.save(update_fields=["role", "scope", "state", "blocked_at"])
    memberships.settle(membership)
