"""The only writer of guardian's grants: who may see and do what (docs/adr/0004).

An organization's role is a group; its grants on the organization are the role's rights there. An MSP's roles
also hold `view_customer` and `manage_customer` on each customer that the MSP manages. A person limited to
some customers is in no group: the role's rights and the few customers are granted to the person alone.
Empty means nothing.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from audit import events
from audit.models import Side
from tenants.models import (
    Customer,
    CustomerGroupGrant,
    CustomerUserGrant,
    LicenseReseller,
    LicenseResellerGroupGrant,
    LicenseResellerUserGrant,
    Membership,
    Msp,
    MspGroupGrant,
    MspUserGrant,
    Reseller,
    ResellerGroupGrant,
    ResellerUserGrant,
    Role,
)

type Organization = Msp | Reseller | LicenseReseller | Customer

VIEW, MANAGE = "view_customer", "manage_customer"
SUPER_ADMIN = "Super Admin"

# The built-in roles of each kind of organization, and what they may do. Rights on customers reach every
# customer of the MSP, or the chosen ones (knox.md 9.3).
BUILT_IN_ROLES: dict[str, dict[str, list[str]]] = {
    "msp": {
        SUPER_ADMIN: ["view_msp", "change_msp", "manage_people", "view_activity", "add_customers", VIEW, MANAGE],
        "Admin": ["view_msp", "manage_people", "view_activity", "add_customers", VIEW, MANAGE],
        "Technician": ["view_msp", "add_customers", VIEW, MANAGE],
        "Viewer": ["view_msp", VIEW],
    },
    "reseller": {SUPER_ADMIN: ["view_reseller", "change_reseller"]},
    "license_reseller": {SUPER_ADMIN: ["view_licensereseller", "change_licensereseller"]},
    "customer": {SUPER_ADMIN: [VIEW, MANAGE]},
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
    group_grants, user_grants = (grants._default_manager for grants in _GRANTS[type(organization)])
    by_group = group_grants.filter(content_object=organization, group__user=user)
    by_person = user_grants.filter(content_object=organization, user=user)
    codenames = "permission__codename"
    return set(by_group.values_list(codenames, flat=True).union(by_person.values_list(codenames, flat=True)))


@transaction.atomic
def open_organization(organization: Organization) -> None:
    """Give a new organization its built-in roles, each with its rights there."""
    own = column(organization)
    (kind,) = own
    for name, codenames in BUILT_IN_ROLES[kind].items():
        group = Group.objects.create(name=f"{kind} {organization.public_id} {name}")
        Role.objects.create(name=name, rights=codenames, group=group, **own)
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
    organization = _organization_of(role)
    own = column(organization)
    membership = Membership.objects.create(user=user, role=role, limited=customers is not None, **own)
    if customers is None:
        user.groups.add(role.group)
    else:
        _grant([user], organization.pk, type(organization), role.rights)
        for customer in customers:
            _grant([user], customer.pk, Customer, role.rights)
    events.record(
        "person.joined", user, by=by, side=side, msp_id=role.msp_id, role=role.name, organization=organization.name
    )
    return membership


@transaction.atomic
def block(membership: Membership, *, by: User | None) -> None:
    """Take every grant of this place away. The person sees nothing of the organization from the next click on."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("role", "user").get(pk=membership.pk)
    membership.state, membership.blocked_at = Membership.State.BLOCKED, timezone.now()
    membership.save(update_fields=["state", "blocked_at"])
    membership.user.groups.remove(membership.role.group)
    organization = membership.organization
    _GRANTS[type(organization)][1]._default_manager.filter(user=membership.user, content_object=organization).delete()
    if membership.msp_id:
        CustomerUserGrant.objects.filter(
            user=membership.user, content_object__managements__msp=membership.msp_id
        ).delete()
    events.record("person.blocked", membership.user, by=by, msp_id=membership.msp_id, organization=organization.name)


def give_management(customer_id: int, *, to: Msp, by: User | None) -> None:
    """Grant a customer to the roles of an MSP, and to `by` where the person is limited to some customers.

    May run before the customer's row is written: the foreign keys of the grants are checked at commit, and
    the policies let only those write the row who hold a grant on it.
    """
    for role in to.roles.select_related("group"):
        _grant([role.group], customer_id, Customer, role.rights)
    if by and (own := Membership.objects.filter(user=by, msp=to, limited=True).select_related("role").first()):
        _grant([by], customer_id, Customer, own.role.rights)


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
    people = Membership.objects.filter(msp=of, limited=True).values("user")
    CustomerUserGrant.objects.filter(content_object=customer, user__in=people).delete()


def close_consoles(customer: Customer) -> None:
    """The customer's own people lose their consoles; their places and roles stay (FAQ Q5)."""
    CustomerGroupGrant.objects.filter(content_object=customer, group__role__customer=customer).delete()


def open_consoles(customer: Customer) -> None:
    """The customer's own people get back what their roles say."""
    for role in customer.roles.select_related("group"):
        _grant([role.group], customer.pk, Customer, role.rights)


def _organization_of(role: Role) -> Organization:
    found = role.msp or role.reseller or role.license_reseller or role.customer
    if found is None:
        raise ValueError("the constraint role_has_one_organization was dropped")
    return found


def _grant(
    holders: Iterable[Group | User], organization_id: int, model: type[models.Model], codenames: list[str]
) -> None:
    """Write guardian's rows in one statement; those of the codenames that this kind of organization knows."""
    content_type = ContentType.objects.get_for_model(model)
    permissions = Permission.objects.filter(content_type=content_type, codename__in=codenames)
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
