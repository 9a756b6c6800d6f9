"""Many customers at once, valid by every constraint; one by one through the verb would take minutes."""

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.acting import as_operator
from tenants import names, public_ids
from tenants.models import Customer, CustomerGroupGrant, CustomerService, Management, Msp
from tests.world import CUSTOMER_FIELDS


def add_customers(msp: Msp, number: int) -> None:
    now = timezone.now()
    with as_operator():
        made = Customer.objects.bulk_create(
            Customer(
                kcs_id=public_ids.new(public_ids.Kind.CUSTOMER),
                name=f"Bulk {one}",
                name_key=names.key(f"Bulk {one}"),
                contact_key="karin blom",
                contact_email=f"bulk{one}@bulk.example",
                modified_at=now,
                **CUSTOMER_FIELDS,
            )
            for one in range(number)
        )
        Management.objects.bulk_create(Management(customer=one, msp=msp) for one in made)
        CustomerService.objects.bulk_create(CustomerService(customer=one, service="KC") for one in made)
        permissions = Permission.objects.filter(codename__in=["view_customer", "manage_customer"])
        CustomerGroupGrant.objects.bulk_create(
            CustomerGroupGrant(group=role.group, permission=permission, content_object_id=one.pk)
            for role in msp.roles.all()
            for permission in permissions
            if permission.codename in role.rights
            for one in made
        )
