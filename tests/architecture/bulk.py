"""Many rows of a kind at once, valid by every constraint; by the verbs it would take minutes."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.acting import as_operator
from alerts.models import Alert
from devices.models import Device
from licensing.models import Key, License, Listing, Order, Product
from services.models import Claim, Enrollment, Thing
from support.models import Ticket
from tenants import names, public_ids
from tenants.models import Customer, CustomerGroupGrant, CustomerService, Management, Msp
from tests.world import CUSTOMER_FIELDS, World


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


def add_alerts(customer: Customer, number: int) -> None:
    """Alerts of different causes, as if devices had gone silent again and again."""
    at = timezone.now()
    with as_operator():
        msp = customer.managements.get(ended_at=None).msp
        first = Alert.objects.count()
        of_one = {"customer": customer, "msp": msp, "kind": "devices_silent", "severity": "warning", "since": at}
        Alert.objects.bulk_create(
            Alert(**of_one, changed_at=at, fingerprint=f"devices_silent:::{first + one}") for one in range(number)
        )


def add_licenses(world: World, customer: Customer, number: int) -> None:
    """Orders of Aurora that Nordkey delivered, with their keys, each entered for the customer as a license."""
    now, product = timezone.now(), Product.objects.get(code="kc-dynamic")
    with as_operator():
        listing = Listing.objects.get()
    of_listing = {"listing": listing, "license_reseller_id": listing.license_reseller_id, "region": listing.region}
    bought = {"product": product, "seats": 5, "months": 12}
    order = of_listing | bought | {"msp": world.aurora, "msp_name": "Aurora", "sent_by": world.alice}
    decided = {"state": "delivered", "price": 1, "currency": "EUR", "tax": "with"}
    decided |= {"moved_by": world.lena, "moved_at": now}
    key = of_listing | bought | {"issued_by": world.lena, "usable_until": now + timedelta(days=9)}
    entered = {"customer": customer, "entered_at": now, "entered_by": world.alice, "use": "license"}
    with as_operator():
        first = Key.objects.count()
        ordered = Order.objects.bulk_create(Order(**order, **decided) for _ in range(number))
        keys = Key.objects.bulk_create(
            Key(**key, **entered, order=one, code_hash=f"bulk {first + n}", code_sealed="", last5=f"{first + n:05}")
            for n, one in enumerate(ordered)
        )
        License.objects.bulk_create(
            License(
                customer=customer, key=one, name=f"Bulk {one.last5}", seats=5, months=12, starts_at=now, dated_at=now
            ).copy_product(product)
            for one in keys
        )


def add_things(world: World, customer: Customer, service: str, kind: str, number: int) -> None:
    """Things of one kind, each assigned to the customer's devices in turn and a copy of the first."""
    of_kind = {"customer": customer, "service": service, "kind": kind, "changed_by": world.alice}
    with as_operator():
        first = Thing.objects.filter(**of_kind).count()
        made = Thing.objects.bulk_create(
            Thing(name=f"Bulk {first + n}", name_key=names.key(f"Bulk {first + n}"), settings={}, **of_kind)
            for n in range(number)
        )
        Thing.objects.filter(pk__in=[one.pk for one in made[1:]]).update(origin=made[0], origin_version=1)
        devices = Device.objects.filter(customer=customer, state=Device.State.VERIFIED).values_list("pk", flat=True)
        for device, thing in zip(devices, made, strict=False):
            found = {"customer": customer, "device_id": device, "service": service}
            Enrollment.objects.update_or_create(**found, defaults={"state": "x", "thing": thing})


def add_claims(world: World, customer: Customer, number: int) -> None:
    """Completed claims, each under a plan of its own."""
    now = timezone.now()
    add_things(world, customer, "SC+", "plan", number)
    with as_operator():
        first = Claim.objects.count()
        plans = Thing.objects.filter(customer=customer, kind="plan").order_by("-pk")[:number]
        Claim.objects.bulk_create(
            Claim(
                customer=customer, identifier=f"{n:015}", plan=plan, reference=f"B-{first + n}", reason="Glass broke",
                state=Claim.State.COMPLETED, closed_at=now, result="Repaired", opened_by=world.alice,
            )
            for n, plan in enumerate(plans)
        )  # fmt: skip


def add_tickets(world: World, number: int) -> list[int]:
    """Tickets of Aurora, each moved before the one made ahead of it; their numbers."""
    now = timezone.now()
    of_aurora = {"msp": world.aurora, "about": world.first, "opened_by": world.alice, "kind": "question"}
    with as_operator():
        made = Ticket.objects.bulk_create(Ticket(subject=f"Bulk {n}", **of_aurora) for n in range(number))
        for n, one in enumerate(made):
            one.moved_at = now - timedelta(minutes=n)
        Ticket.objects.bulk_update(made, ["moved_at"])
    return [one.pk for one in made]
