"""Guardian's grants: who may see and do what (docs/adr/0004, 0026). Nothing else names their tables.

An organization's role is a group; its grants on the organization are the role's rights there. An MSP's roles
also hold their rights on each customer that the MSP manages. A person limited to some customers, or to all but
some, is in no group: the role's rights and those customers are granted to the person alone. So there is no grant
that takes away, and a customer that is named as an exception has none: deny wins by not being given.
Empty means nothing.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import Q

from accounts.models import User
from tenants.models import (
    Customer,
    CustomerGroupGrant,
    CustomerUserGrant,
    LicenseReseller,
    LicenseResellerGroupGrant,
    LicenseResellerUserGrant,
    Msp,
    MspGroupGrant,
    MspUserGrant,
    Reseller,
    ResellerGroupGrant,
    ResellerUserGrant,
)

type Rows = models.QuerySet[Any]

_TABLES: dict[type[models.Model], tuple[type[models.Model], type[models.Model]]] = {
    Msp: (MspGroupGrant, MspUserGrant),
    Reseller: (ResellerGroupGrant, ResellerUserGrant),
    LicenseReseller: (LicenseResellerGroupGrant, LicenseResellerUserGrant),
    Customer: (CustomerGroupGrant, CustomerUserGrant),
}


def in_turn(msp_id: int | None, *, alone: bool = False) -> None:
    """Wait for those who change what people and roles of this MSP hold, until the end of the transaction.

    Many customers come and go at once; a role or a membership changes `alone`, as it reads the customers and writes for
    each. Whoever locks a customer that the MSP manages, or a membership, too, does this first.
    """
    if msp_id is None:  # elsewhere roles stay as they are, and each reaches all
        return
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [f"grants {msp_id}"])


def held(user: User, kind: type[models.Model]) -> tuple[Rows, Rows]:
    """The person's grants on organizations of this kind: through a role, and to the person alone."""
    by_role, by_person = (table._default_manager for table in _TABLES[kind])
    return by_role.filter(group__user=user), by_person.filter(user=user)


def holders(right: str, customer_id: int) -> tuple[Rows, Rows]:
    """The groups, and the people alone, that hold a right on a customer."""
    grant = {"content_object": customer_id, "permission__codename": right}
    return (
        CustomerGroupGrant.objects.filter(**grant).values("group"),
        CustomerUserGrant.objects.filter(**grant).values("user"),
    )


def give(codenames: list[str], *, to: Group | User, on: Iterable[int], kind: type[models.Model]) -> None:
    """Those of the rights that this kind of organization knows, on each of these. Changes nothing where held."""
    content_type = ContentType.objects.get_for_model(kind)
    permissions = list(Permission.objects.filter(content_type=content_type, codename__in=codenames))
    group_grants, user_grants = _TABLES[kind]
    grants, whose = (group_grants, "group") if isinstance(to, Group) else (user_grants, "user")
    rows = [
        grants(permission=permission, content_object_id=organization_id, **{whose: to})
        for organization_id in on
        for permission in permissions
    ]
    grants._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=5000)


def give_managed_customers() -> None:
    """Grant every managed customer to the roles of its MSP, in one statement. Changes nothing where they have it.

    For a large world (portals/scale.py), and for an operator who restored grants from elsewhere. Runs as the operator.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_MANAGED, [ContentType.objects.get_for_model(Customer).pk])


_GIVE_MANAGED = """
INSERT INTO tenants_customergroupgrant (content_object_id, group_id, permission_id)
SELECT m.customer_id, r.group_id, p.id
  FROM tenants_management m JOIN tenants_role r ON r.msp_id = m.msp_id
  JOIN auth_permission p ON p.content_type_id = %s AND p.codename = ANY (r.rights)
 WHERE m.ended_at IS NULL
    ON CONFLICT DO NOTHING
"""


def take(kind: type[models.Model], *, groups: Q | None = None, people: Q | None = None) -> None:
    """Delete grants on organizations of this kind: those of groups, and those of people alone, that match."""
    for table, matching in zip(_TABLES[kind], (groups, people), strict=True):
        if matching is not None:
            table._default_manager.filter(matching).delete()
