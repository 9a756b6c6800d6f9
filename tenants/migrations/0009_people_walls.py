"""Administrators are kept by those with the right to; the new rights, for the roles that are there already."""

from uuid import uuid4

from django.db import migrations

from tenants.walls import ME, granted, policy, wall

OF_MY_MSP = f"msp_id = ANY ({granted('msp', 'view_msp')})"
MY_GROUPS = f"group_id = ANY (ARRAY(SELECT m.group_id FROM accounts_user_groups m WHERE m.user_id = {ME}))"
MY_ROLES = f"id = ANY (ARRAY(SELECT m.role_id FROM tenants_membership m WHERE m.user_id = {ME}))"
IN_OTHERS = f"""reseller_id = ANY ({granted("reseller", "manage_people")})
    OR license_reseller_id = ANY ({granted("licensereseller", "manage_people")})
    OR customer_id = ANY ({granted("customer", "manage_own_people")})"""
KEEPS_PEOPLE = f"msp_id = ANY ({granted('msp', 'manage_people')}) OR {IN_OTHERS}"
KEEPS_ROLES = f"msp_id = ANY ({granted('msp', 'manage_roles')})"
SEES = f"customer_id = ANY ({granted('customer', 'view_customer')})"
ROLES_BEFORE = f"{OF_MY_MSP} OR {MY_GROUPS} OR {MY_ROLES}"
PEOPLE_BEFORE = f"user_id = {ME} OR {OF_MY_MSP}"

# What each built-in role may do from now on: organizations.BUILT_IN_ROLES as it was when this was written.
WORK = ["view_customer", "manage_customer", "approve_uploads", "delete_devices", "manage_licenses"]
ADMIN = ["view_msp", "manage_people", "view_activity", "add_customers", "delink_customers", *WORK]
ROLES = {
    ("msp", "msp"): {
        "Super Admin": ["change_msp", "manage_roles", *ADMIN],
        "Admin": ADMIN,
        "Technician": ["view_msp", "add_customers", "delink_customers", *WORK],
        "Viewer": ["view_msp", "view_customer"],
    },
    ("reseller", "reseller"): {
        "Super Admin": ["view_reseller", "change_reseller", "manage_people"],
        "Admin": ["view_reseller"],
    },
    ("license_reseller", "licensereseller"): {
        "Super Admin": ["view_licensereseller", "change_licensereseller", "manage_people"],
        "Admin": ["view_licensereseller"],
    },
    ("customer", "customer"): {
        "Super Admin": [*WORK, "manage_own_people"],
        "Admin": WORK,
        "Viewer": ["view_customer"],
    },
}
NEW_RIGHTS = {
    "msp": {"manage_roles": "Manage roles", "delink_customers": "Delink customers"},
    "reseller": {"manage_people": "Invite and manage administrators"},
    "licensereseller": {"manage_people": "Invite and manage administrators"},
    "customer": {
        "approve_uploads": "Can approve and reject uploads of resellers",
        "delete_devices": "Can delete devices",
        "manage_licenses": "Can enter keys, order and change licenses",
        "manage_own_people": "Invite and manage the customer's own administrators",
    },
}


def add(table: str, command: str, condition: str) -> migrations.RunSQL:
    return migrations.RunSQL(policy(table, "app", command, condition), f"DROP POLICY app_{command} ON {table}")


def read(table: str, condition: str, before: str) -> migrations.RunSQL:
    change = "ALTER POLICY app_select ON {} USING ({})"
    return migrations.RunSQL(change.format(table, condition), change.format(table, before))


def give_new_rights(apps, schema_editor):
    """The rights are rows that Django makes after the migrations: too late for the roles that are there."""
    for model, rights in NEW_RIGHTS.items():
        kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="tenants", model=model)
        for codename, name in rights.items():
            apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind, codename=codename, defaults={"name": name}
            )
    for (column, model), roles in ROLES.items():
        for organization in apps.get_model("tenants", model).objects.all():
            _renew(apps, column, model, organization, roles)
    _name_customers(apps)


def _renew(apps, column, model, organization, roles):
    """Bring the built-in roles of one organization up to date, with what their groups and limited people hold."""
    Role, Group = apps.get_model("tenants", "Role"), apps.get_model("auth", "Group")
    own = {column: organization}
    if not Role.objects.filter(**own).exists():
        return  # a customer without people of its own has no roles
    managed = apps.get_model("tenants", "Management").objects.filter(ended_at=None, msp_id=organization.pk)
    customers = list(managed.values_list("customer_id", flat=True)) if column == "msp" else []
    for name, rights in roles.items():
        role = Role.objects.filter(name=name, **own).first()
        group = role.group if role else Group.objects.create(name=f"{column} {organization.public_id} {uuid4()}")
        Role.objects.update_or_create(
            name=name, **own, defaults={"rights": rights, "is_built_in": True, "group": group}
        )
        if column != "customer" or organization.access == "full":
            _grant(apps, model, "group", group, [organization.pk], rights)
        _grant(apps, "customer", "group", group, customers, rights)
        for place in role.memberships.filter(scope="some", state="active") if role else ():
            held = apps.get_model("tenants", "CustomerUserGrant").objects.filter(
                user=place.user, content_object__in=customers
            )
            _grant(apps, model, "user", place.user, [organization.pk], rights)
            _grant(apps, "customer", "user", place.user, set(held.values_list("content_object", flat=True)), rights)


def _grant(apps, model, whose, holder, organizations, rights):
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="tenants", content_type__model=model, codename__in=rights
    )
    grants = apps.get_model("tenants", f"{model}{whose}grant")
    grants.objects.bulk_create(
        [
            grants(permission=permission, content_object_id=pk, **{whose: holder})
            for permission in permissions
            for pk in organizations
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )


def _name_customers(apps):
    """The customers that limited people hold become those that their scope names."""
    grants = apps.get_model("tenants", "CustomerUserGrant").objects.filter(permission__codename="view_customer")
    named = apps.get_model("tenants", "NamedCustomer")
    for place in apps.get_model("tenants", "Membership").objects.filter(scope="some", state="active"):
        held = grants.filter(
            user=place.user, content_object__managements__msp=place.msp_id, content_object__managements__ended_at=None
        )
        named.objects.bulk_create(
            [named(membership=place, customer_id=pk) for pk in held.values_list("content_object", flat=True)],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0008_people"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        # Customers that a scope names are seen and named by those who see the customer.
        wall("tenants_namedcustomer", select=SEES, insert=SEES, delete=SEES),
        wall("tenants_invitationlink"),  # only the operator: invitations are answered without an account
        read("tenants_role", f"{ROLES_BEFORE} OR {IN_OTHERS}", ROLES_BEFORE),
        add("tenants_role", "insert", KEEPS_ROLES),
        add("tenants_role", "update", KEEPS_ROLES),
        add("tenants_role", "delete", KEEPS_ROLES),
        read("tenants_membership", f"{PEOPLE_BEFORE} OR {IN_OTHERS}", PEOPLE_BEFORE),
        add("tenants_membership", "insert", KEEPS_PEOPLE),
        add("tenants_membership", "update", KEEPS_PEOPLE),
        migrations.RunPython(give_new_rights, migrations.RunPython.noop),
    ]
