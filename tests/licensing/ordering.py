"""Orders as both sides move them."""

from decimal import Decimal

import pytest

from accounts.acting import acting_as, as_operator, as_reseller
from licensing import orders
from licensing.models import Order
from rules.errors import RuleBroken
from tests.licensing.ground import listing, product

PRICE = {"price": Decimal("1250.00"), "currency": "eur", "tax": "without"}


def place(world, *, by=None, **fields):
    by = by or world.alice
    base = {"msp": world.aurora, "product": product("kc-dynamic"), "seats": 25, "months": 12, "customer": world.first}
    where = fields.pop("listing", None) or listing(world.license_reseller)
    with acting_as(by):
        return orders.place(where, by=by, **(base | fields))


def msp(world, act, order, **fields):
    with acting_as(world.alice):
        return act(order, by=world.alice, **fields)


def seller(world, act, order, **fields):
    with acting_as(world.lena), as_reseller():
        return act(order, by=world.lena, **fields)


def accepted(world, **fields):
    order = place(world, **fields)
    quoted = seller(world, orders.quote, order, **PRICE).quoted
    return msp(world, orders.accept, order, quote=quoted)


def refused(act, *args, **fields):
    with pytest.raises(RuleBroken) as no:
        act(*args, **fields)
    return str(no.value), no.value.status


def fresh(order):
    with as_operator():
        return Order.objects.get(pk=order.pk)
