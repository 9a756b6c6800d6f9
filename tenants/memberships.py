"""People's memberships in organizations, and the grants that follow them (docs/adr/0026)."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from tenants import access, exports, grants, managements
from tenants.models import ORGANIZATIONS, Customer, Management, Membership, Msp, NamedCustomer, Role


@transaction.atomic
def join(
    user: User,
    role: Role,
    *,
    by: User | None,
    customers: Iterable[Customer] | None = None,
    side: Side | None = None,
) -> Membership:
    """Give a person a role. With `customers`, it reaches only those; an empty list reaches none.

    An invitation that waits for the same person is over with it.
    """
    organization = role.organization
    with as_operator():
        invited = Membership.objects.filter(email=user.email.lower(), **access.column(organization))
        invited.filter(state=Membership.State.PENDING).update(state=Membership.State.REVOKED)
    membership = Membership.objects.create(
        user=user,
        role=role,
        scope=Membership.Scope.ALL if customers is None else Membership.Scope.SOME,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        joined_at=timezone.now(),
        **access.column(organization),
    )
    name_customers(membership, [] if customers is None else customers)
    settle(membership)
    record("person.joined", membership, by=by, side=side, role=role.name)
    return membership


@transaction.atomic
def block(membership: Membership, *, by: User | None) -> Membership:
    """Take every grant of this membership away. The person sees nothing of the organization from the next click on."""
    membership = locked(membership)
    membership.state, membership.blocked_at = Membership.State.BLOCKED, timezone.now()
    membership.save(update_fields=["state", "blocked_at"])
    settle(membership)
    record("person.blocked", membership, by=by)
    return membership


@transaction.atomic
def unblock(membership: Membership, *, by: User | None) -> Membership:
    """Give back what the membership says."""
    membership = locked(membership)
    membership.state, membership.blocked_at = Membership.State.ACTIVE, None
    membership.save(update_fields=["state", "blocked_at"])
    settle(membership)
    record("person.unblocked", membership, by=by)
    return membership


def locked(membership: Membership) -> Membership:
    """The membership as it is now, held until the end of the transaction."""
    grants.in_turn(membership.msp_id, alone=True)
    whole = ("role", "user", "msp", "reseller", "license_reseller", "customer")
    return Membership.objects.select_for_update(of=("self",)).select_related(*whole).get(pk=membership.pk)


def name_customers(membership: Membership, customers: Iterable[Customer]) -> None:
    """Write down the customers that the scope of a membership names; those before are forgotten."""
    with as_operator():  # also those that the one who acts does not see
        NamedCustomer.objects.filter(membership=membership).delete()
        NamedCustomer.objects.bulk_create([NamedCustomer(membership=membership, customer=one) for one in customers])


def reached(membership: Membership) -> list[int]:
    """Keys of the customers of the MSP that a membership reaches now. Asked as the operator."""
    if membership.msp is None:
        return []
    managed = Management.objects.filter(msp=membership.msp, ended_at=None)
    named = membership.named.values("customer")
    if membership.scope == Membership.Scope.SOME:
        managed = managed.filter(customer__in=named)
    elif membership.scope == Membership.Scope.ALL_BUT:
        managed = managed.exclude(customer__in=named)
    return list(managed.values_list("customer_id", flat=True))


def settle(membership: Membership) -> None:
    """Make the grants of a membership what its role, scope and state say. What it had before goes.

    So do the files that were made when it gave more: they hold what the person may not see any more.
    """
    if membership.user_id is None:
        return
    grants.in_turn(membership.msp_id, alone=True)
    with as_operator():  # also on customers that the one who acts does not see
        before = access.on_managed(membership) if membership.msp else set()
        _strip(membership)
        if membership.state == Membership.State.ACTIVE:
            _give(membership)
        if membership.msp and before - access.on_managed(membership):
            exports.end(membership.user, membership.msp)


def _strip(membership: Membership) -> None:
    """Take away what the person holds by this membership: the groups of its roles, and grants to the person alone."""
    organization = membership.organization
    membership.user.groups.remove(*Group.objects.filter(role__in=organization.roles.all()))
    if isinstance(organization, Msp):  # elsewhere each membership reaches all, through its role
        managed = managements.customers_of(organization)
        grants.take(Msp, people=Q(user=membership.user, content_object=organization))
        grants.take(Customer, people=Q(user=membership.user, content_object__in=managed))


def _give(membership: Membership) -> None:
    """The role's group where the membership reaches all; else its rights one by one."""
    if membership.scope == Membership.Scope.ALL:
        membership.user.groups.add(membership.role.group)
        return
    membership.role.refresh_from_db(fields=["rights"])  # it may have changed before this one's turn came
    grants.give(
        membership.role.rights, to=membership.user, on=[membership.organization.pk], kind=type(membership.organization)
    )
    grants.give(membership.role.rights, to=membership.user, on=reached(membership), kind=Customer)


def record(verb: str, membership: Membership, *, by: User | None, side: Side | None = None, **detail: Any) -> None:
    """About the person, in the log of the organization, for whose side it was done unless another one is named."""
    organization = membership.organization
    whose = {f"{one}_id": getattr(membership, f"{one}_id") for one in ORGANIZATIONS}
    about, side = membership.user or membership, side or access.side_of(organization)
    events.record(verb, about, by=by, side=side, organization=organization.name, **whose, **detail)
