"""What tests of licenses stand on: devices that are in, keys that were sold, licenses that run."""

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.acting import acting_as, as_operator, as_reseller
from devices.models import Approval, Device, DeviceModel, Upload
from licensing import expiry, keys, licenses, orders, seats
from licensing.models import LedgerDifference, License, Listing, Product, Seat, SeatEntry
from tenants import tenant_ids
from tenants.models import Customer, KnoxService, LicenseReseller, Reseller
from tests.world import World

_numbers = count(1)


def devices(customer: Customer, number: int, *, reseller: Reseller | None = None) -> list[Device]:
    """Verified devices of the customer, as an approved upload of its MSP or of a reseller leaves them."""
    now = timezone.now()
    sender = {"channel": "reseller", "reseller": reseller} if reseller else {"channel": "msp"}
    whose = {} if reseller else {"customer": customer}
    with as_operator():
        upload = Upload.objects.create(
            **sender, **whose, target=customer, file_name="devices.csv", file_hash="0" * 64, size=1,
            state="done", lines=number, added=number, ended_at=now,
        )  # fmt: skip
        approval = Approval.objects.create(
            **sender, customer=customer, upload=upload, sender_name="Sender", state="approved", devices=number,
            is_complete=True, decided_at=now,
        )  # fmt: skip
        model = DeviceModel.objects.earliest("pk")
        return Device.objects.bulk_create(
            Device(
                customer=customer, approval=approval, model=model, reseller=reseller,
                imei=str(350000000000000 + next(_numbers)),
                state="verified", added_at=now, modified_at=now,
            )
            for _ in range(number)
        )  # fmt: skip


def listing(of: LicenseReseller) -> Listing:
    with as_operator():
        return Listing.objects.get(license_reseller=of)


def product(code: str) -> Product:
    return Product.objects.get(code=code)


def sold(world: World, code: str = "kc-dynamic", **fields: Any) -> str:
    """The code of a key that Nordkey issued outside an order."""
    with acting_as(world.lena), as_reseller():
        own = Listing.objects.get()
        _, written = keys.issue(own, product=product(code), by=world.lena, **({"seats": 10, "months": 12} | fields))
    return written


def entered(world: World, customer: Customer | None = None, code: str = "kc-dynamic", **fields: Any) -> License:
    """A license whose key Alice entered for the first customer."""
    name = fields.pop("name", "")
    typed = sold(world, code, **fields)
    with acting_as(world.alice):
        return keys.enter(customer or world.first, typed, by=world.alice, name=name)


def with_service(customer: Customer, *services: KnoxService) -> Customer:
    with as_operator():
        for one in services:
            customer.services.get_or_create(service=one)
        if KnoxService.MANAGE in services:
            tenant_ids.give(customer)
            customer.save(update_fields=["tenant_prefix", "tenant_id"])
    return customer


def counts(license: License) -> tuple[int, int, int]:
    """Used, seats that are there, sum of the ledger."""
    with as_operator():
        used = License.objects.get(pk=license.pk).used
        there = Seat.objects.filter(license=license).count()
        return used, there, sum(SeatEntry.objects.filter(license=license).values_list("change", flat=True))


def everything(world: World) -> License:
    """A row in every table of this app: a full license of the first customer, with its letter, and an order."""
    license = entered(world, world.first, seats=1)
    more = sold(world, seats=1)
    (device, *_) = devices(world.first, 1)
    with acting_as(world.alice):
        licenses.add_seats(license, more, by=world.alice)
        licenses.extend(license, sold(world, seats=2), by=world.alice)
        seats.take(license, [device], by=world.alice)
        seats.take(license, devices(world.first, 1), by=world.alice)
        orders.place(
            listing(world.license_reseller),
            msp=world.aurora,
            product=product("kc-dynamic"),
            seats=1,
            months=1,
            customer=world.first,
            by=world.alice,
        )
    expiry.notify_due()
    with as_operator():
        LedgerDifference.objects.create(customer=world.first, license=license, used=1, seats=2, entries=2)
    return license
