"""A license, a key, an order and a listing of one MSP with given words in every text, for tests of leaks."""

from decimal import Decimal
from typing import Any

from accounts.acting import acting_as, as_reseller
from accounts.models import User
from devices.models import Device
from licensing import keys, listings, orders, seats
from licensing.models import Listing, Product
from onboarding.models import Program
from tenants.models import Customer
from tests import world as cast
from tests.world import World


def mark(world: World, words: str) -> None:
    """A license reseller of North America sells to Borealis: one key for its customer, one that waits."""
    fields = cast.RESELLER_FIELDS | {"sells": "keys", "regions": ["north_america"]}
    seller, _ = cast.company("kim@keys.example", f"{words} keys", Program.RESELLER, sam=world.sam, **fields)
    with acting_as(seller), as_reseller():
        own = Listing.objects.get()
        about = {"contact_email": f"{words}@keys.example", "website": f"https://{words}.example"}
        listings.change(own, **about, contact_phone="+1555", products=["kc-dynamic"], by=seller)
    bought = {"product": Product.objects.get(code="kc-dynamic"), "seats": 5, "months": 12}
    for customer in (world.foreign, None):
        _ordered(world, own, customer, note=words, by=seller, **bought)
    with acting_as(seller), as_reseller():
        _, code = keys.issue(own, by=seller, **bought)
    with acting_as(world.bob):
        license = keys.enter(world.foreign, code, name=f"{words} license", by=world.bob)
        seats.take(license, Device.objects.filter(customer=world.foreign, state="verified"), by=world.bob)


def _ordered(world: World, listing: Listing, customer: Customer | None, *, by: User, **wish: Any) -> None:
    """Sent, quoted, accepted and delivered."""
    with acting_as(world.bob):
        order = orders.place(listing, msp=world.borealis, customer=customer, by=world.bob, **wish)
    with acting_as(by), as_reseller():
        quoted = orders.quote(order, price=Decimal(1), currency="EUR", tax="with", by=by).quoted
    with acting_as(world.bob):
        orders.accept(order, quote=quoted, by=world.bob)
    with acting_as(by), as_reseller():
        orders.deliver(order, by=by)
