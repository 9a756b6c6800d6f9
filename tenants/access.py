"""What a person may do in an organization, and who may do it: questions to the grants (tenants/grants.py)."""

from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q, Value

from accounts.models import User
from audit.models import Side
from tenants import grants
from tenants.models import Customer, LicenseReseller, Management, Membership, Msp, Reseller, Role

type Organization = Msp | Reseller | LicenseReseller | Customer

VIEW, MANAGE = "view_customer", "manage_customer"
APPROVE, DELETE, LICENSES = "approve_uploads", "delete_devices", "manage_licenses"
WORK = [VIEW, MANAGE, APPROVE, DELETE, LICENSES]
"""Everything that a person can do in a customer."""

_COLUMNS: dict[type[models.Model], str] = {
    Msp: "msp",
    Reseller: "reseller",
    LicenseReseller: "license_reseller",
    Customer: "customer",
}


SIDES = {"msp": Side.MSP, "reseller": Side.RESELLER, "license_reseller": Side.RESELLER, "customer": Side.CUSTOMER}
"""For whom the people of each kind of organization act, by its column."""


def column(organization: Organization) -> dict[str, Organization]:
    """The organization as the one filled column of a row that belongs to one: `{"msp": aurora}`."""
    return {_COLUMNS[type(organization)]: organization}


def side_of(organization: Organization) -> Side:
    """For whom its people act."""
    return SIDES[_COLUMNS[type(organization)]]


def companies(*organizations: Organization | None) -> list[str]:
    """The KCS Customer IDs of those that are customers."""
    return [one.kcs_id for one in organizations if isinstance(one, Customer)]


def rights(user: User, organization: Organization) -> set[str]:
    """What `user` may do with this organization, through any grant. One query."""
    (held,) = rights_of_each(user, organization)
    return held


def rights_of_each(user: User, *organizations: Organization) -> list[set[str]]:
    """The same with each of these, in their order. One query for all."""
    found: list[set[str]] = [set() for _ in organizations]
    rows = [
        of_kind.filter(content_object=one).annotate(index=Value(index)).values_list("index", "permission__codename")
        for index, one in enumerate(organizations)
        for of_kind in grants.held(user, type(one))
    ]
    for index, codename in rows[0].union(*rows[1:]):
        found[index].add(codename)
    return found


def holders(right: str, *, of: int, msp: int | None) -> list[User]:
    """Who holds the right on the customer (`of`) as somebody of this MSP; without one, of the customer. One query."""
    own: dict[str, int] = {"customer": of} if msp is None else {"msp": msp}
    by_role, by_person = grants.holders(right, of)
    roles = Role.objects.filter(group__in=by_role, **own)
    memberships = Membership.objects.filter(user__in=by_person, **own)
    people = User.objects.filter(Q(groups__role__in=roles) | Q(pk__in=memberships.values("user")))
    return list(people.distinct().order_by("first_name", "last_name", "pk"))


def who_may(right: str, customer: Customer, *, of: Organization) -> models.QuerySet[Membership]:
    """The people of the organization to whom a grant gives the right on the customer. One query, however many."""
    by_role, by_person = grants.holders(right, customer.pk)
    active = Membership.objects.filter(state=Membership.State.ACTIVE, **column(of))
    through_role = Q(scope=Membership.Scope.ALL, role__group__in=by_role)
    return active.filter(through_role | Q(~Q(scope=Membership.Scope.ALL), user__in=by_person))


class Path(NamedTuple):
    """One grant: the right, and the role that brings it; no role where it was given to the person alone."""

    right: str
    role: str
    organization: str


def paths(user: User, customer: Customer) -> list[Path]:
    """Why `user` may see and do things in a customer: every grant, with the role that it comes through."""
    by_role, by_person = (rows.filter(content_object=customer) for rows in grants.held(user, Customer))
    names = ("permission__codename", "group__role__name", "group__role__msp__name")
    return [
        *(Path(right, role or "", msp or customer.name) for right, role, msp in by_role.values_list(*names)),
        *(Path(right, "", "") for right in by_person.values_list("permission__codename", flat=True)),
    ]


def on_managed(membership: Membership) -> set[tuple[int, str]]:
    """What the person holds on each customer that the MSP manages, of those that the one who asks may see."""
    by_role, by_person = (
        rows.values_list("content_object_id", "permission__codename") for rows in _on_managed(membership)
    )
    return set(by_role.union(by_person))


def counted(membership: Membership) -> dict[str, int]:
    """On how many of these customers the person holds each right. Counted by the database: they may be many."""
    if membership.msp is None or membership.user is None:
        return {}
    codename, customers = "permission__codename", models.Count("content_object", distinct=True)
    by_role, by_person = (rows.values(codename).annotate(customers=customers) for rows in _on_managed(membership))
    found: dict[str, int] = {}
    for right, count in by_role.union(by_person).values_list(codename, "customers"):
        found[right] = max(count, found.get(right, 0))
    return found


def _on_managed(membership: Membership) -> tuple[models.QuerySet[Any], models.QuerySet[Any]]:
    managed = Management.objects.filter(msp=membership.msp, ended_at=None).values("customer")
    by_role, by_person = grants.held(membership.user, Customer)
    return by_role.filter(content_object__in=managed), by_person.filter(content_object__in=managed)
