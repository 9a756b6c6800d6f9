"""The only writer of guardian's grants: who may see and do what (docs/adr/0004, 0026).

An organization's role is a group; its grants on the organization are the role's rights there. An MSP's roles
also hold their rights on each customer that the MSP manages. A person limited to some customers, or to all but
some, is in no group: the role's rights and those customers are granted to the person alone. So there is no grant
that takes away, and a customer that is named as an exception has none: deny wins by not being given.
Empty means nothing.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Q, Value
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from tenants import exports
from tenants.models import (
    ORGANIZATIONS,
    Customer,
    CustomerGroupGrant,
    CustomerUserGrant,
    LicenseReseller,
    LicenseResellerGroupGrant,
    LicenseResellerUserGrant,
    Management,
    Membership,
    Msp,
    MspGroupGrant,
    MspUserGrant,
    NamedCustomer,
    Reseller,
    ResellerGroupGrant,
    ResellerUserGrant,
    Role,
)

type Organization = Msp | Reseller | LicenseReseller | Customer

VIEW, MANAGE = "view_customer", "manage_customer"
APPROVE, DELETE, LICENSES = "approve_uploads", "delete_devices", "manage_licenses"
WORK = [VIEW, MANAGE, APPROVE, DELETE, LICENSES]
"""Everything that a person can do in a customer."""
SUPER_ADMIN = "Super Admin"

# The built-in roles of each kind of organization, and what they may do. Rights on customers reach every
# customer of the MSP, or the chosen ones (knox.md 9.3).
_ADMIN = ["view_msp", "manage_people", "view_activity", "add_customers", "delink_customers", *WORK]
BUILT_IN_ROLES: dict[str, dict[str, list[str]]] = {
    "msp": {
        SUPER_ADMIN: ["change_msp", "manage_roles", *_ADMIN],
        "Admin": _ADMIN,
        "Technician": ["view_msp", "add_customers", "delink_customers", *WORK],
        "Viewer": ["view_msp", VIEW],
    },
    "reseller": {SUPER_ADMIN: ["view_reseller", "change_reseller", "manage_people"], "Admin": ["view_reseller"]},
    "license_reseller": {
        SUPER_ADMIN: ["view_licensereseller", "change_licensereseller", "manage_people"],
        "Admin": ["view_licensereseller"],
    },
    "customer": {SUPER_ADMIN: [*WORK, "manage_own_people"], "Admin": WORK, "Viewer": [VIEW]},
}
_COLUMNS: dict[type[models.Model], str] = {
    Msp: "msp",
    Reseller: "reseller",
    LicenseReseller: "license_reseller",
    Customer: "customer",
}
_GRANTS: dict[type[models.Model], tuple[type[models.Model], type[models.Model]]] = {
    Msp: (MspGroupGrant, MspUserGrant),
    Reseller: (ResellerGroupGrant, ResellerUserGrant),
    LicenseReseller: (LicenseResellerGroupGrant, LicenseResellerUserGrant),
    Customer: (CustomerGroupGrant, CustomerUserGrant),
}


def column(organization: Organization) -> dict[str, Organization]:
    """The organization as the one filled column of a row that belongs to one: `{"msp": aurora}`."""
    return {_COLUMNS[type(organization)]: organization}


def rights(user: User, organization: Organization) -> set[str]:
    """What `user` may do with this organization, through any grant. One query."""
    (held,) = rights_of_each(user, organization)
    return held


def rights_of_each(user: User, *organizations: Organization) -> list[set[str]]:
    """The same with each of these, in their order. One query for all."""
    found: list[set[str]] = [set() for _ in organizations]
    grants = [rows for place, one in enumerate(organizations) for rows in _held(user, one, place)]
    for place, codename in grants[0].union(*grants[1:]):
        found[place].add(codename)
    return found


def _held(user: User, organization: Organization, place: int) -> list[models.QuerySet[Any, tuple[int, str]]]:
    """The person's grants on an organization, by group and by person: `place`, and the right."""
    group_grants, user_grants = (grants._default_manager for grants in _GRANTS[type(organization)])
    own = group_grants.filter(group__user=user), user_grants.filter(user=user)
    of_organization = (rows.filter(content_object=organization).annotate(place=Value(place)) for rows in own)
    return [rows.values_list("place", "permission__codename") for rows in of_organization]


def holders(right: str, *, of: int, msp: int | None) -> list[User]:
    """Who holds the right on the customer (`of`) by a place at this MSP; without one, at the customer. One query."""
    own: dict[str, int] = {"customer": of} if msp is None else {"msp": msp}
    grant = {"content_object": of, "permission__codename": right}
    roles = Role.objects.filter(group__in=CustomerGroupGrant.objects.filter(**grant).values("group"), **own)
    places = Membership.objects.filter(user__in=CustomerUserGrant.objects.filter(**grant).values("user"), **own)
    people = User.objects.filter(Q(groups__role__in=roles) | Q(pk__in=places.values("user")))
    return list(people.distinct().order_by("first_name", "last_name", "pk"))


@transaction.atomic
def open_organization(organization: Organization) -> None:
    """Give a new organization its built-in roles, each with its rights there."""
    own = column(organization)
    (kind,) = own
    for name, codenames in BUILT_IN_ROLES[kind].items():
        group = Group.objects.create(name=f"{kind} {organization.public_id} {name}")
        Role.objects.create(name=name, rights=codenames, is_built_in=True, group=group, **own)
        _grant([group], organization.pk, type(organization), codenames)


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
    organization = organization_of(role)
    place = Membership.objects.create(
        user=user,
        role=role,
        scope=Membership.Scope.ALL if customers is None else Membership.Scope.SOME,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        joined_at=timezone.now(),
        **column(organization),
    )
    name_customers(place, [] if customers is None else customers)
    settle(place)
    events.record(
        "person.joined", user, by=by, side=side, role=role.name, organization=organization.name, **_whose(place)
    )
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


def settle(place: Membership) -> None:
    """Make the grants of a place what its role, scope and state say. What it had before goes.

    So do the files that were made when it gave more: they hold what the person may not see any more.
    """
    with as_operator():  # also on customers that the one who acts does not see
        before = _on_customers(place)
        _strip(place)
        if place.state == Membership.State.ACTIVE:
            _give(place)
        if place.msp and before - _on_customers(place):
            exports.end(place.user, place.msp)


def _give(place: Membership) -> None:
    """The role's group where the place reaches all; else its rights one by one."""
    if place.scope == Membership.Scope.ALL:
        place.user.groups.add(place.role.group)
        return
    _grant([place.user], place.organization.pk, type(place.organization), place.role.rights)
    _grant_customers(place.user, reached(place), place.role.rights)


def change_rights(role: Role, rights: list[str]) -> None:
    """Rewrite what a role gives, to its group and to the people whom it reaches one by one."""
    organization = organization_of(role)
    with as_operator():
        _end_files(role, lost=set(role.rights) - set(rights))
        for model in (type(organization), Customer):
            _GRANTS[model][0]._default_manager.filter(group=role.group_id).delete()
        role.rights = rights
        role.save(update_fields=["rights"])
        _grant([role.group], organization.pk, type(organization), rights)
        if isinstance(organization, Msp):
            _grant_customers(role.group, managed_by(organization), rights)
        limited = role.memberships.exclude(scope=Membership.Scope.ALL).filter(state=Membership.State.ACTIVE)
        for place in limited.select_related("user", "role", *ORGANIZATIONS):
            settle(place)


def _end_files(role: Role, *, lost: set[str]) -> None:
    """Files of the people of a role that gives less from now on."""
    if lost and role.msp:
        for place in role.memberships.exclude(user=None).select_related("user"):
            exports.end(place.user, role.msp)


@transaction.atomic
def add_role(name: str, *, description: str, rights: list[str], msp: Msp) -> Role:
    """A role of the MSP's own, with its group and the grants on what the MSP manages now."""
    group = Group.objects.create(name=f"msp {msp.public_id} {uuid4()}")
    role = Role.objects.create(name=name, description=description, rights=rights, group=group, msp=msp)
    _grant([group], msp.pk, Msp, rights)
    with as_operator():
        _grant_customers(group, managed_by(msp), rights)
    return role


def remove_role(role: Role) -> None:
    """The role with its group; grants go with the group. Fails while somebody has the role."""
    with as_operator():  # invitations to it that were revoked: nobody else deletes places
        role.memberships.filter(state=Membership.State.REVOKED).delete()
    role.delete()
    role.group.delete()


def managed_by(msp: Msp) -> list[int]:
    """Keys of the customers that the MSP manages now, of those that the one who asks may see."""
    return list(Management.objects.filter(msp=msp, ended_at=None).values_list("customer_id", flat=True))


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


def give_management(customer_id: int, *, to: Msp, by: User | None) -> None:
    """Grant a customer to the roles of an MSP, to those who reach all but some, and to `by` where limited to some.

    May run before the customer's row is written: the foreign keys of the grants are checked at commit, and
    the policies let only those write the row who hold a grant on it.
    """
    for role in to.roles.select_related("group"):
        _grant([role.group], customer_id, Customer, role.rights)
    active = Membership.objects.filter(msp=to, state=Membership.State.ACTIVE).select_related("user", "role")
    for place in active.filter(scope=Membership.Scope.ALL_BUT):
        _grant([place.user], customer_id, Customer, place.role.rights)
    if by and (own := active.filter(user=by, scope=Membership.Scope.SOME).first()):
        _grant([by], customer_id, Customer, own.role.rights)
        with as_operator():  # a role without a right on customers does not see what it adds
            NamedCustomer.objects.create(membership=own, customer_id=customer_id)


def grant_managed_customers() -> None:
    """Grant every managed customer to the roles of its MSP, in one statement. Changes nothing where they have it.

    For a large world (portals/scale.py), and for an operator who restored grants from elsewhere. Runs as the operator.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GRANT_MANAGED, [ContentType.objects.get_for_model(Customer).pk])


_GRANT_MANAGED = """
INSERT INTO tenants_customergroupgrant (content_object_id, group_id, permission_id)
SELECT m.customer_id, r.group_id, p.id
  FROM tenants_management m JOIN tenants_role r ON r.msp_id = m.msp_id
  JOIN auth_permission p ON p.content_type_id = %s AND p.codename = ANY (r.rights)
 WHERE m.ended_at IS NULL
    ON CONFLICT DO NOTHING
"""


def take_management(customer: Customer, *, of: Msp) -> None:
    """Take every grant on the customer from the MSP's roles and people. They see nothing of it from then on."""
    CustomerGroupGrant.objects.filter(content_object=customer, group__role__msp=of).delete()
    people = Membership.objects.filter(msp=of, user__isnull=False).values("user")
    CustomerUserGrant.objects.filter(content_object=customer, user__in=people).delete()
    with as_operator():
        NamedCustomer.objects.filter(customer=customer, membership__msp=of).delete()


class Path(NamedTuple):
    """One grant: the right, and the role that brings it; no role where it was given to the person alone."""

    right: str
    role: str
    organization: str


def paths(user: User, customer: Customer) -> list[Path]:
    """Why `user` may see and do things in a customer: every grant, with the role that it comes through."""
    by_role = CustomerGroupGrant.objects.filter(content_object=customer, group__user=user)
    by_person = CustomerUserGrant.objects.filter(content_object=customer, user=user)
    names = ("permission__codename", "group__role__name", "group__role__msp__name")
    return [
        *(Path(right, role or "", msp or customer.name) for right, role, msp in by_role.values_list(*names)),
        *(Path(right, "", "") for right in by_person.values_list("permission__codename", flat=True)),
    ]


def who_may(right: str, customer: Customer, *, of: Organization) -> models.QuerySet[Membership]:
    """The people of the organization to whom a grant gives the right on the customer. One query, however many."""
    grant = {"content_object": customer, "permission__codename": right}
    by_role = CustomerGroupGrant.objects.filter(**grant).values("group")
    by_person = CustomerUserGrant.objects.filter(**grant).values("user")
    active = Membership.objects.filter(state=Membership.State.ACTIVE, **column(of))
    through_role = models.Q(scope=Membership.Scope.ALL, role__group__in=by_role)
    return active.filter(through_role | models.Q(~models.Q(scope=Membership.Scope.ALL), user__in=by_person))


def _on_customers(place: Membership) -> set[tuple[int, str]]:
    """What the person holds on each customer of the MSP, by whichever grant."""
    if place.msp is None or place.user is None:
        return set()
    own = {"content_object__in": managed_by(place.msp)}
    by_role = CustomerGroupGrant.objects.filter(group__user=place.user, **own)
    by_person = CustomerUserGrant.objects.filter(user=place.user, **own)
    pair = ("content_object_id", "permission__codename")
    return set(by_role.values_list(*pair).union(by_person.values_list(*pair)))


def counted(place: Membership) -> dict[str, int]:
    """On how many of the MSP's customers the person holds each right, of those that the one who asks may see."""
    if place.msp is None or place.user is None:
        return {}
    managed = Management.objects.filter(msp=place.msp, ended_at=None).values("customer")
    codename, customers = "permission__codename", models.Count("content_object", distinct=True)
    by_role = CustomerGroupGrant.objects.filter(group__user=place.user, content_object__in=managed)
    by_person = CustomerUserGrant.objects.filter(user=place.user, content_object__in=managed)
    counts = (
        by_role.values(codename)
        .annotate(customers=customers)
        .union(by_person.values(codename).annotate(customers=customers))
    )
    found: dict[str, int] = {}
    for row in counts.values_list(codename, "customers"):
        found[row[0]] = max(row[1], found.get(row[0], 0))
    return found


def close_consoles(customer: Customer) -> None:
    """The customer's own people lose their consoles; their places and roles stay (FAQ Q5)."""
    CustomerGroupGrant.objects.filter(content_object=customer, group__role__customer=customer).delete()


def open_consoles(customer: Customer) -> None:
    """The customer's own people get back what their roles say."""
    for role in customer.roles.select_related("group"):
        _grant([role.group], customer.pk, Customer, role.rights)


def close_organization(customer: Customer) -> None:
    """Nobody holds anything on a deleted customer any more, and its people lose their places. Runs as the operator."""
    for grants in _GRANTS[Customer]:
        grants._default_manager.filter(content_object=customer).delete()
    groups = list(Group.objects.filter(role__customer=customer))
    Membership.objects.filter(customer=customer).delete()
    Role.objects.filter(customer=customer).delete()
    Group.objects.filter(pk__in=[group.pk for group in groups]).delete()


def organization_of(role: Role) -> Organization:
    found = role.msp or role.reseller or role.license_reseller or role.customer
    if found is None:
        raise ValueError("the constraint role_has_one_organization was dropped")
    return found


def _record(verb: str, place: Membership, *, by: User | None, side: Side) -> None:
    events.record(verb, place.user, by=by, side=side, organization=place.organization.name, **_whose(place))


def _whose(place: Membership) -> dict[str, Any]:
    """In whose activity log it stands."""
    return {f"{one}_id": getattr(place, f"{one}_id") for one in ORGANIZATIONS}


def _strip(place: Membership) -> None:
    """Take away what the person holds by this place: the groups of its roles, and grants to the person alone."""
    if place.user_id is None:
        return
    organization = place.organization
    place.user.groups.remove(*Group.objects.filter(**{f"role__{_COLUMNS[type(organization)]}": organization}))
    _GRANTS[type(organization)][1]._default_manager.filter(user=place.user, content_object=organization).delete()
    if isinstance(organization, Msp):
        CustomerUserGrant.objects.filter(user=place.user, content_object__in=managed_by(organization)).delete()


def _grant_customers(holder: Group | User, customers: list[int], codenames: list[str]) -> None:
    """The rights of those that a customer knows, on many customers at once."""
    permissions = _permissions(Customer, codenames)
    group_grants, user_grants = _GRANTS[Customer]
    grants, whose = (group_grants, "group") if isinstance(holder, Group) else (user_grants, "user")
    rows = [
        grants(permission=permission, content_object_id=customer_id, **{whose: holder})
        for permission in permissions
        for customer_id in customers
    ]
    grants._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=5000)


def _permissions(model: type[models.Model], codenames: list[str]) -> list[Permission]:
    content_type = ContentType.objects.get_for_model(model)
    return list(Permission.objects.filter(content_type=content_type, codename__in=codenames))


def _grant(
    holders: Iterable[Group | User], organization_id: int, model: type[models.Model], codenames: list[str]
) -> None:
    """Write guardian's rows in one statement; those of the codenames that this kind of organization knows."""
    permissions = _permissions(model, codenames)
    group_grants, user_grants = _GRANTS[model]
    for holder in holders:
        grants, whose = (group_grants, "group") if isinstance(holder, Group) else (user_grants, "user")
        grants._default_manager.bulk_create(
            [
                grants(permission=permission, content_object_id=organization_id, **{whose: holder})
                for permission in permissions
            ],
            ignore_conflicts=True,
        )
