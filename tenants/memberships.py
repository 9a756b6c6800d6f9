"""People's places in organizations, and the grants that follow them (docs/adr/0026)."""

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
    side: Side = Side.MSP,
) -> Membership:
    """Give a person a role. With `customers`, it reaches only those; an empty list reaches none."""
    organization = role.organization
    place = Membership.objects.create(
        user=user,
        role=role,
        scope=Membership.Scope.ALL if customers is None else Membership.Scope.SOME,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        joined_at=timezone.now(),
        **access.column(organization),
    )
    name_customers(place, [] if customers is None else customers)
    settle(place)
    _record("person.joined", place, by=by, side=side, role=role.name)
    return place


@transaction.atomic
def block(membership: Membership, *, by: User | None, side: Side = Side.MSP) -> Membership:
    """Take every grant of this place away. The person sees nothing of the organization from the next click on."""
    place = locked(membership)
    place.state, place.blocked_at = Membership.State.BLOCKED, timezone.now()
    place.save(update_fields=["state", "blocked_at"])
    settle(place)
    _record("person.blocked", place, by=by, side=side)
    return place


@transaction.atomic
def unblock(membership: Membership, *, by: User | None, side: Side = Side.MSP) -> Membership:
    """Give back what the place says."""
    place = locked(membership)
    place.state, place.blocked_at = Membership.State.ACTIVE, None
    place.save(update_fields=["state", "blocked_at"])
    settle(place)
    _record("person.unblocked", place, by=by, side=side)
    return place


def locked(membership: Membership) -> Membership:
    """The place as it is now, held until the end of the transaction."""
    whole = ("role", "user", "msp", "reseller", "license_reseller", "customer")
    return Membership.objects.select_for_update(of=("self",)).select_related(*whole).get(pk=membership.pk)


def name_customers(place: Membership, customers: Iterable[Customer]) -> None:
    """Write down the customers that the scope of a place names; those before are forgotten."""
    with as_operator():  # also those that the one who acts does not see
        NamedCustomer.objects.filter(membership=place).delete()
        NamedCustomer.objects.bulk_create([NamedCustomer(membership=place, customer=one) for one in customers])


def reached(place: Membership) -> list[int]:
    """Keys of the customers of the MSP that a place reaches now. Asked as the operator."""
    if place.msp is None:
        return []
    managed = Management.objects.filter(msp=place.msp, ended_at=None)
    named = place.named.values("customer")
    if place.scope == Membership.Scope.SOME:
        managed = managed.filter(customer__in=named)
    elif place.scope == Membership.Scope.ALL_BUT:
        managed = managed.exclude(customer__in=named)
    return list(managed.values_list("customer_id", flat=True))


def settle(place: Membership) -> None:
    """Make the grants of a place what its role, scope and state say. What it had before goes.

    So do the files that were made when it gave more: they hold what the person may not see any more.
    """
    if place.user_id is None:
        return
    with as_operator():  # also on customers that the one who acts does not see
        before = access.on_managed(place) if place.msp else set()
        _strip(place)
        if place.state == Membership.State.ACTIVE:
            _give(place)
        if place.msp and before - access.on_managed(place):
            exports.end(place.user, place.msp)


def _strip(place: Membership) -> None:
    """Take away what the person holds by this place: the groups of its roles, and grants to the person alone."""
    organization = place.organization
    place.user.groups.remove(*Group.objects.filter(role__in=organization.roles.all()))
    grants.take(type(organization), people=Q(user=place.user, content_object=organization))
    if isinstance(organization, Msp):
        managed = managements.customers_of(organization)
        grants.take(Customer, people=Q(user=place.user, content_object__in=managed))


def _give(place: Membership) -> None:
    """The role's group where the place reaches all; else its rights one by one."""
    if place.scope == Membership.Scope.ALL:
        place.user.groups.add(place.role.group)
        return
    grants.give(place.role.rights, to=place.user, on=[place.organization.pk], kind=type(place.organization))
    grants.give(place.role.rights, to=place.user, on=reached(place), kind=Customer)


def _record(verb: str, place: Membership, *, by: User | None, side: Side, **detail: Any) -> None:
    """About the person, in the log of the organization."""
    whose = {f"{one}_id": getattr(place, f"{one}_id") for one in ORGANIZATIONS}
    events.record(verb, place.user, by=by, side=side, organization=place.organization.name, **whose, **detail)
