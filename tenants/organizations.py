"""How an organization begins, with its built-in roles, and how a customer is gone for good."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from tenants import grants
from tenants.access import VIEW, WORK, Organization, column
from tenants.models import Customer, Membership, Role

# The built-in roles of each kind of organization, and what they may do. Rights on customers reach every
# customer of the MSP, or the chosen ones (knox.md 9.3).
_ADMIN = ["view_msp", "manage_people", "view_activity", "add_customers", "delink_customers", *WORK]
BUILT_IN_ROLES: dict[str, dict[str, list[str]]] = {
    "msp": {
        Role.SUPER_ADMIN: ["change_msp", "manage_roles", *_ADMIN],
        "Admin": _ADMIN,
        "Technician": ["view_msp", "add_customers", "delink_customers", *WORK],
        "Viewer": ["view_msp", VIEW],
    },
    "reseller": {Role.SUPER_ADMIN: ["view_reseller", "change_reseller", "manage_people"], "Admin": ["view_reseller"]},
    "license_reseller": {
        Role.SUPER_ADMIN: ["view_licensereseller", "change_licensereseller", "manage_people"],
        "Admin": ["view_licensereseller"],
    },
    "customer": {Role.SUPER_ADMIN: [*WORK, "manage_own_people"], "Admin": WORK, "Viewer": [VIEW]},
}


@transaction.atomic
def begin(organization: Organization) -> None:
    """Give a new organization its built-in roles, each with its rights there."""
    own = column(organization)
    (kind,) = own
    for name, codenames in BUILT_IN_ROLES[kind].items():
        group = Group.objects.create(name=f"{kind} {organization.public_id} {name}")
        Role.objects.create(name=name, rights=codenames, is_built_in=True, group=group, **own)
        grants.give(codenames, to=group, on=[organization.pk], kind=type(organization))


def end(customer: Customer) -> None:
    """Nobody holds anything on a deleted customer any more, nor works for it. Runs as the operator."""
    everybody = Q(content_object=customer)
    grants.take(Customer, groups=everybody, people=everybody)
    groups = list(Group.objects.filter(role__customer=customer))
    Membership.objects.filter(customer=customer).delete()
    Role.objects.filter(customer=customer).delete()
    Group.objects.filter(pk__in=[group.pk for group in groups]).delete()
