"""Licenses of the demo: a listing, orders in every hand, licenses in use, one that ends soon, a trial."""

from decimal import Decimal

from accounts.acting import acting_as, as_reseller
from accounts.models import User
from devices.models import Device
from licensing import keys, listings, orders, seats, trials
from licensing.models import License, Listing, Order, Product
from tenants.models import Customer, Msp

_SOLD = ["kc-setup", "kc-dynamic", "kc-dynamic-per-seat", "ke", "km", "suite", "care-combo", "kg"]
_USED = 24


def load(alice: User, lena: User, managed: list[Customer]) -> None:
    """Alice's MSP buys from Lena's company."""
    by_name = {customer.name: customer for customer in managed}
    seller = _list(lena)
    _deliver(_accepted(_order(alice, seller, by_name["Fjordline Freight"], "kc-dynamic", 60)), lena)
    _accepted(_order(alice, seller, by_name["Brightwater Care Homes"], "ke", 40))
    _order(alice, seller, by_name["Puerto Sol Hotels"], "km", 35)
    _sold_outside(alice, lena, seller, by_name["Lumen Retail Group"])
    with acting_as(alice):
        trials.start(by_name["Norrland Timber"], by=alice)
        _use(License.objects.get(customer=by_name["Fjordline Freight"]), alice)


def _list(lena: User) -> Listing:
    with acting_as(lena), as_reseller():
        return listings.change(
            Listing.objects.get(),
            contact_email="orders@licenses.example",
            contact_phone="+49301234567",
            website="https://licenses.example",
            products=_SOLD,
            by=lena,
        )


def _order(alice: User, seller: Listing, customer: Customer, code: str, number: int) -> Order:
    with acting_as(alice):
        return orders.place(
            seller,
            msp=Msp.objects.get(name="Aurora Managed Mobility"),
            customer=customer,
            product=Product.objects.get(code=code),
            seats=number,
            months=24,
            note="Please quote until Friday.",
            by=alice,
        )


def _accepted(order: Order) -> Order:
    """Quoted by the license reseller, and accepted by the one who sent it."""
    lena = User.objects.get(email="lena@licenses.example")
    with acting_as(lena), as_reseller():
        quoted = orders.quote(order, price=Decimal("2340.00"), currency="EUR", tax="without", by=lena).quoted
    with acting_as(order.sent_by):
        return orders.accept(order, quote=quoted, by=order.sent_by)


def _deliver(order: Order, lena: User) -> None:
    with acting_as(lena), as_reseller():
        orders.deliver(order, by=lena)


def _sold_outside(alice: User, lena: User, seller: Listing, customer: Customer) -> None:
    """One key that ends in a few weeks, and one that nobody entered yet."""
    with acting_as(lena), as_reseller():
        _, code = keys.issue(seller, product=Product.objects.get(code="ke"), seats=20, months=1, by=lena)
        keys.issue(seller, product=Product.objects.get(code="suite"), seats=10, months=12, by=lena)
    with acting_as(alice):
        keys.enter(customer, code, by=alice, name="Store updates")


def _use(license: License, alice: User) -> None:
    """Some of the customer's devices, where it has any, use a seat."""
    there = Device.objects.filter(customer=license.customer_id, state=Device.State.VERIFIED).order_by("pk")[:_USED]
    if there:
        seats.take(license, there, by=alice)
