"""The roles of an MSP: the built-in ones stay as they are, others are put together from rights (knox.md 9.3)."""

from typing import NamedTuple
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from rules.errors import RuleBroken
from tenants import administrators, exports, grants, managements, memberships, rights
from tenants.models import ORGANIZATIONS, Customer, Membership, Msp, Role

RIGHT = "manage_roles"


class Change(NamedTuple):
    """What saving a role would change, in words, and for how many people."""

    people: int
    added: list[str]
    removed: list[str]

    @property
    def sentence(self) -> str:
        """words.md 6.2, change role."""
        who = "1 person gets" if self.people == 1 else f"{self.people:,} people get"
        more = [f"+ {one}" for one in self.added] + [f"− {one}" for one in self.removed]  # noqa: RUF001  (a minus)
        return f"{who} these rights now: {', '.join(more)}."


def preview(role: Role, *, chosen: list[str]) -> Change:
    now, then = set(role.rights), set(rights.completed(chosen))
    return Change(holders(role).count(), rights.labels(then - now), rights.labels(now - then))


def holders(role: Role) -> QuerySet[Membership]:
    """Those who have the role, or will have it when they join."""
    return role.memberships.exclude(state=Membership.State.REVOKED).order_by("name_key", "pk")


def obstacle(role: Role, *, mine: Membership) -> str:
    """Why the person at `mine` cannot change or delete this role, empty if possible."""
    if role.is_built_in:
        return "This role comes with the portal and stays as it is. Make your own where it does not fit."
    if role == mine.role:
        return "You cannot change your own role or block yourself. Ask another super admin."
    beyond = rights.labels(set(role.rights) - set(mine.role.rights))
    return f'You can change only roles whose rights you have. "{beyond[0]}" is missing in your role.' if beyond else ""


def in_use(role: Role) -> str:
    """Why it cannot be deleted now (words.md role.used), empty if nobody has it."""
    count = holders(role).count()
    if not count:
        return ""
    if count == 1:
        return "1 person has this role and would see nothing. Give that person another role first."
    return f"{count:,} people have this role and would see nothing. Give them another role first."


@transaction.atomic
def add(msp: Msp, *, name: str, description: str, chosen: list[str], by: User) -> Role:
    """A role of the MSP's own, with the rights chosen and those that they need."""
    grants.in_turn(msp.pk, alone=True)
    mine = administrators.acting_membership(msp, by=by, right=RIGHT)
    given = _checked(chosen, mine)
    try:
        with transaction.atomic():
            group = Group.objects.create(name=f"msp {msp.public_id} {uuid4()}")
            role = Role.objects.create(name=name, description=description, rights=given, group=group, msp=msp)
    except IntegrityError:
        raise _name_taken(name) from None
    with as_operator():
        _grant(role)
    events.record("role.added", role, by=by, msp_id=msp.pk, rights=", ".join(rights.labels(given)))
    return role


@transaction.atomic
def change(role: Role, *, name: str, description: str, chosen: list[str], by: User) -> Role:
    """Other words or rights. Whoever has the role has the new rights from the next click on."""
    role = _held(role, by=by)
    difference = preview(role, chosen=chosen)
    given = _checked(chosen, administrators.acting_membership(role.organization, by=by, right=RIGHT))
    role.name, role.description = name, description
    try:
        with transaction.atomic():
            role.save(update_fields=["name", "description"])
    except IntegrityError:
        raise _name_taken(name) from None
    change_rights(role, given)
    added, removed = (", ".join(part) or "none" for part in (difference.added, difference.removed))
    events.record("role.changed", role, by=by, msp_id=role.msp_id, added=added, removed=removed)
    return role


@transaction.atomic
def delete(role: Role, *, by: User) -> None:
    """A role that nobody has. Its name can be used again."""
    role = _held(role, by=by)
    if no := in_use(role):
        raise RuleBroken(no)
    events.record("role.deleted", role, by=by, msp_id=role.msp_id)
    with as_operator():  # invitations to it that were revoked: nobody else deletes memberships
        role.memberships.filter(state=Membership.State.REVOKED).delete()
    role.delete()
    role.group.delete()


def change_rights(role: Role, rights: list[str]) -> None:
    """Rewrite what a role gives, to its group and to the people whom it reaches one by one."""
    with as_operator():
        if set(role.rights) - set(rights):
            exports.end_of_role(role)
        for kind in (type(role.organization), Customer):
            grants.take(kind, groups=Q(group=role.group))
        role.rights = rights
        role.save(update_fields=["rights"])
        _grant(role)
        limited = role.memberships.exclude(scope=Membership.Scope.ALL).filter(state=Membership.State.ACTIVE)
        for membership in limited.select_related("user", "role", *ORGANIZATIONS):
            memberships.settle(membership)


def _grant(role: Role) -> None:
    """What a role gives in its organization and, where that is an MSP, on each customer that it manages."""
    organization = role.organization
    grants.give(role.rights, to=role.group, on=[organization.pk], kind=type(organization))
    if isinstance(organization, Msp):
        grants.give(role.rights, to=role.group, on=managements.customers_of(organization), kind=Customer)


def _held(role: Role, *, by: User) -> Role:
    grants.in_turn(role.msp_id, alone=True)
    mine = administrators.acting_membership(role.organization, by=by, right=RIGHT)
    role = Role.objects.select_for_update(of=("self",)).select_related("group", "msp").get(pk=role.pk)
    if no := obstacle(role, mine=mine):
        raise RuleBroken(no, status=403)
    return role


def _checked(chosen: list[str], mine: Membership) -> list[str]:
    """The rights with those that they need, if the one who gives them has them all (words.md role.more)."""
    given = rights.completed(chosen)
    if beyond := rights.labels(set(given) - set(mine.role.rights)):
        raise RuleBroken(
            f'You can give only rights that you have. "{beyond[0]}" is missing in your role.', field="rights"
        )
    return given


def _name_taken(name: str) -> RuleBroken:
    return RuleBroken(f"Another role has the name {name}. Choose another name.", field="name")
