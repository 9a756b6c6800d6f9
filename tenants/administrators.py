"""The people of an organization: change what one may do, block and unblock (knox.md 9.3).

Whoever acts has the right to, gives no more than the own role has, and leaves a super admin behind.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts import sessions
from accounts.acting import as_operator
from accounts.models import User
from rules.errors import RuleBroken
from tenants import access, grants, memberships, people_emails, rights
from tenants.models import Customer, Membership, Role

type Scope = Membership.Scope
State = Membership.State
NO_CUSTOMER = "Choose a role and at least one customer. Without them the person can see nothing."


def right_of(organization: access.Organization) -> str:
    """The right to manage the people of this kind of organization."""
    return "manage_own_people" if isinstance(organization, Customer) else "manage_people"


def membership_of(person: User, organization: access.Organization) -> Membership | None:
    """Where this person works in the organization, if anywhere."""
    own = Membership.objects.filter(user=person, state=State.ACTIVE, **access.column(organization))
    return own.select_related("role", "msp", "user").first()


def stopped(person: User) -> datetime | None:
    """When an organization blocked this person (words.md person.blocked)."""
    own = Membership.objects.filter(user=person, state=State.BLOCKED)
    return own.order_by("-blocked_at").values_list("blocked_at", flat=True).first()


def acting_membership(organization: access.Organization, *, by: User, right: str = "") -> Membership:
    """The membership of the one who acts. Raises RuleBroken (403) where it does not give the right."""
    right = right or right_of(organization)
    mine = membership_of(by, organization)
    if mine is None or right not in mine.role.rights:
        raise RuleBroken(f'Your role does not include "{rights.label(right)}". Ask a super admin for it.', status=403)
    return mine


def obstacle(membership: Membership, *, mine: Membership) -> str:
    """Why the person at `mine` cannot change this one (words.md person.self, role.more), empty if possible."""
    if membership.user_id == mine.user_id:
        return "You cannot change your own role or block yourself. Ask another super admin."
    if beyond := _beyond(membership.role, mine):
        return f'You can change only people whose rights you have. "{beyond}" is missing in your role.'
    if not _within(membership, mine):
        return "You can change only people who work for customers that you see and no others. Ask a super admin."
    return ""


def last_super_admin(membership: Membership) -> str:
    """Why this one has to stay (words.md person.last), empty where there is another super admin."""
    if not membership.role.is_super_admin or membership.state != State.ACTIVE:
        return ""
    others = _super_admins(membership.organization).exclude(pk=membership.pk)
    return (
        "" if others.exists() else f"{membership.person} is the only super admin. Give the role to someone else first."
    )


@transaction.atomic
def change(
    membership: Membership,
    *,
    role: Role,
    scope: Scope = Membership.Scope.ALL,
    customers: Collection[Customer] = (),
    by: User,
) -> Membership:
    """Give a person another role or other customers."""
    membership, mine = _held(membership, by=by)
    if membership.state == State.REVOKED:
        raise RuleBroken(f"You revoked the invitation of {membership.email}. Invite the person again.", status=409)
    check_gift(role, scope, customers, mine=mine)
    if role != membership.role and (no := last_super_admin(membership)):
        raise RuleBroken(no, field="role")
    membership.role, membership.scope = role, plain_scope(scope, customers)
    membership.save(update_fields=["role", "scope"])
    memberships.name_customers(membership, customers if membership.scope != Membership.Scope.ALL else ())
    memberships.settle(membership)
    memberships.record("person.changed", membership, by=by, role=role.name, scope=reach(membership))
    if membership.state == State.ACTIVE:
        people_emails.role_changed(membership, scope=reach(membership))
    return membership


@transaction.atomic
def block(membership: Membership, *, by: User) -> Membership:
    """The person leaves all portals of the organization at once."""
    membership, _ = _held(membership, by=by)
    if membership.state != State.ACTIVE:
        raise RuleBroken(
            f"{membership.person} is {membership.get_state_display().lower()}. Nothing changed.", status=409
        )
    if no := last_super_admin(membership):
        raise RuleBroken(no)
    membership = memberships.block(membership, by=by)
    with as_operator():  # memberships at others are not for the one who blocks to see
        works_on = Membership.objects.filter(user=membership.user, state=State.ACTIVE).exists()
    if not works_on:
        transaction.on_commit(partial(sessions.end_all, membership.user))
    people_emails.blocked(membership)
    return membership


@transaction.atomic
def unblock(membership: Membership, *, by: User) -> Membership:
    """The person can sign in for the organization again, with the role and customers from before."""
    membership, _ = _held(membership, by=by)
    if membership.state != State.BLOCKED:
        raise RuleBroken(f"{membership.person} is not blocked. Nothing changed.", status=409)
    membership = memberships.unblock(membership, by=by)
    people_emails.unblocked(membership)
    return membership


def check_gift(role: Role, scope: Scope, customers: Collection[Customer], *, mine: Membership) -> None:
    """Refuse what the one who gives does not have (words.md role.more, invite.role), as it is in this turn."""
    _check_role(role, mine)
    if scope == Membership.Scope.SOME and not customers:
        raise RuleBroken(NO_CUSTOMER, field="customers")
    if mine.scope != Membership.Scope.ALL and scope != Membership.Scope.SOME:
        raise RuleBroken("You can give only customers that you see. Choose them one by one.", field="scope")
    if mine.msp:
        with as_operator():  # a customer may have left since the page was opened
            managed = set(memberships.reached(mine))
        if strange := [str(one) for one in customers if one.pk not in managed]:
            raise RuleBroken(f"{strange[0]} is not one of your customers.", field="customers")


def _check_role(role: Role, mine: Membership) -> None:
    now = Role.objects.filter(pk=role.pk).first()
    if now is None:
        raise RuleBroken(f"The role {role} is not there any more. Choose another.", status=409, field="role")
    if beyond := _beyond(now, mine):
        raise RuleBroken(f'You can give only rights that you have. "{beyond}" is missing in your role.', field="role")


def reach(membership: Membership) -> str:
    """Which customers a membership reaches, in words without their names."""
    if not membership.msp_id:
        return "all of it"
    if membership.scope == Membership.Scope.ALL:
        return "all customers"
    with as_operator():
        named = membership.named.count()
    customers = f"{named:,} customer{'' if named == 1 else 's'}"
    return customers if membership.scope == Membership.Scope.SOME else f"all customers but {named:,}"


def plain_scope(scope: Scope, customers: Collection[Customer]) -> Scope:
    """All but none is all."""
    return Membership.Scope.ALL if scope == Membership.Scope.ALL_BUT and not customers else Membership.Scope(scope)


def _held(membership: Membership, *, by: User) -> tuple[Membership, Membership]:
    """The membership and that of the one who acts, as they are now. Holds every super admin, so that one stays.

    Of two super admins who block each other the second waits here, and then finds the own membership blocked.
    """
    organization = membership.organization
    grants.in_turn(membership.msp_id, alone=True)
    list(_super_admins(organization).select_for_update(of=("self",)).order_by("pk"))
    mine = acting_membership(organization, by=by)
    membership = memberships.locked(membership)
    if no := obstacle(membership, mine=mine):
        raise RuleBroken(no, status=403)
    return membership, mine


def _super_admins(organization: access.Organization) -> QuerySet[Membership]:
    return Membership.objects.super_admins().filter(state=State.ACTIVE, **access.column(organization))


def _beyond(role: Role, mine: Membership) -> str:
    """A right of the role that the membership of the one who acts does not have, in words."""
    return next(iter(rights.labels(set(role.rights) - set(mine.role.rights))), "")


def _within(membership: Membership, mine: Membership) -> bool:
    """Whether a person reaches only customers that the one who acts reaches."""
    if mine.scope == Membership.Scope.ALL:
        return True
    if membership.scope != Membership.Scope.SOME:
        return False
    with as_operator():
        return set(membership.named.values_list("customer_id", flat=True)) <= set(memberships.reached(mine))
