"""Orders: an MSP sends one, the license reseller quotes, the MSP accepts, the reseller delivers the key (FAQ Q8).

`place`, `accept`, `withdraw` and `reveal` are the MSP's; `quote`, `reject` and `deliver` the license reseller's, whose
portal runs in a database role of its own and sees its own orders alone.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from licensing import codes, emails, keys
from licensing.models import Key, Listing, Order, Product
from rules import reasons
from rules.errors import RuleBroken
from tenants.models import Access, Customer, Management, Msp
from tenants.regions import Region
from tenants.times import day, written

State = Order.State
_DONE = {
    State.QUOTED: "quoted order {order}",
    State.ACCEPTED: "accepted the quote of order {order}",
    State.DELIVERED: "issued a key for order {order}",
    State.REJECTED: "rejected order {order}",
    State.WITHDRAWN: "withdrew order {order}",
}
_BY_RESELLER = (State.QUOTED, State.DELIVERED, State.REJECTED)


@transaction.atomic
def place(  # noqa: PLR0913  (each is a column)
    listing: Listing,
    *,
    msp: Msp,
    product: Product,
    seats: int,
    months: int,
    by: User,
    customer: Customer | None = None,
    note: str = "",
) -> Order:
    """Ask a license reseller of the MSP's region for seats; `customer=None`: for whom is decided later."""
    _check_region(listing, msp)
    keys.check_size(seats=seats, months=months)
    keys.check_sold(listing, product)
    if customer:
        _check_customer(customer, msp, product)
    order = Order.objects.create(
        msp=msp,
        msp_name=msp.name,
        listing=listing,
        license_reseller_id=listing.license_reseller_id,
        region=listing.region,
        customer=customer,
        product=product,
        seats=seats,
        months=months,
        note=note.strip(),
        sent_by=by,
    )
    _record("order.sent", order, by=by, side=Side.MSP)
    emails.order_new(order)
    return order


@transaction.atomic
def quote(order: Order, *, price: Decimal, currency: str, tax: str, by: User) -> Order:
    """Say the price of everything. Until the MSP accepts, it can be said anew."""
    order = _locked(order, State.SENT, State.QUOTED, by=by, reader=Side.RESELLER)
    if price < 0:
        raise RuleBroken("Enter a price of 0 or more.", field="price")
    order.price, order.currency, order.tax = price, currency.strip().upper(), tax
    _open_without_customer(order)
    _move(order, State.QUOTED, by=by, side=Side.RESELLER)
    emails.order_quoted(order)
    return order


@transaction.atomic
def accept(order: Order, *, quote: str, by: User) -> Order:
    """The MSP takes the quote that it read (`Order.quoted`). Raises RuleBroken (409) where another came meanwhile."""
    order = _locked(order, State.QUOTED, by=by, reader=Side.MSP)
    if quote != order.quoted:
        raise RuleBroken(
            f"{order.listing} quoted order {order.pk} anew. Compare the price and accept again.", status=409
        )
    _move(order, State.ACCEPTED, by=by, side=Side.MSP)
    emails.order_accepted(order)
    return order


@transaction.atomic
def withdraw(order: Order, *, by: User) -> Order:
    """The MSP takes its order back. Once it has accepted the quote, only the license reseller ends the order."""
    order = _locked(order, State.SENT, State.QUOTED, by=by, reader=Side.MSP)
    _move(order, State.WITHDRAWN, by=by, side=Side.MSP)
    return order


@transaction.atomic
def reject(order: Order, *, reason: str, by: User) -> Order:
    """The license reseller says no, with a reason that the MSP reads."""
    reason = reasons.given(reason)
    order = _locked(order, *Order.OPEN, by=by, reader=Side.RESELLER)
    order.reason = reason
    _open_without_customer(order)
    _move(order, State.REJECTED, by=by, side=Side.RESELLER)
    emails.order_answered(order)
    return order


@transaction.atomic
def deliver(order: Order, *, by: User, starts_at: datetime | None = None) -> tuple[Key, str]:
    """Issue the key. Returns it with its code, shown once. Where the order names a customer, the key serves it."""
    order = _locked(order, State.ACCEPTED, by=by, reader=Side.RESELLER)
    with as_operator():  # the license reseller does not see the MSP's customer
        order.customer = customer = _still_served(order)
    key, code = keys.issue(
        order.listing,
        product=order.product,
        seats=order.seats,
        months=order.months,
        by=by,
        order=order,
        starts_at=starts_at,
    )
    _move(order, State.DELIVERED, by=by, side=Side.RESELLER)
    with as_operator():
        if customer:
            keys.open_license(keys.assign(key, to=customer, use=Key.Use.LICENSE, by=order.sent_by), by=order.sent_by)
        emails.order_answered(order, key=key)
    return key, code


@transaction.atomic
def reveal(order: Order, *, by: User) -> str:
    """The key of an open order that was delivered, so that the MSP can enter it for a customer. Written down."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    key = _free_key(order, by=by)
    _record("order.key_shown", order, by=by, side=Side.MSP, key=key.masked)
    return codes.unseal(key.code_sealed)


def no_key(order: Order, *, by: User) -> str:
    """Why the key of this order cannot be shown; empty where it can."""
    try:
        _free_key(order, by=by)
    except RuleBroken as no:
        return str(no)
    return ""


def _free_key(order: Order, *, by: User) -> Key:
    """The key that the order brought, while somebody can enter it. Raises RuleBroken."""
    with as_operator():  # nobody sees a key that serves no customer yet
        key = Key.objects.select_related("product").filter(order=order).first()
    if key is None:
        raise RuleBroken(f"Order {order.pk} has no key yet. {order.listing} issues it after you accept the quote.")
    if key.customer_id:
        raise RuleBroken("The key of this order serves a customer already. You see it at that license.", status=409)
    if key.withdrawn_at:
        raise RuleBroken(
            f"Samsung withdrew the key of this order on {day(key.withdrawn_at, by.zone)}. Order new seats from "
            f"{order.listing}, or ask it for another key.",
            status=409,
        )
    if key.usable_until <= timezone.now():
        raise RuleBroken(
            f"The key of this order ended on {day(key.usable_until, by.zone)}. Order new seats from {order.listing}, "
            "or ask it for another key.",
            status=409,
        )
    return key


def _check_region(listing: Listing, msp: Msp) -> None:
    if listing.region != msp.region:
        raise RuleBroken(
            f"{listing} sells in {Region(listing.region).label}. Samsung approved your company for "
            f"{Region(msp.region).label}. Choose a license reseller of {Region(msp.region).label}.",
            field="listing",
        )


def _check_customer(customer: Customer, msp: Msp, product: Product) -> None:
    if customer.access == Access.FULL:
        raise RuleBroken(
            f"{customer} has Full access, so it enters its own license keys. Order without a customer, and give "
            f"{customer} the key.",
            field="customer",
        )
    if not _manages(msp, customer):
        raise RuleBroken(f"{msp} does not manage Knox for {customer} any more.", status=409)
    if wanted := keys.missing_service(product, customer):
        raise RuleBroken(
            f"{customer} does not have {product.opens_text}. Add {wanted} to {customer} first, then order.",
            field="product",
        )


def _manages(msp: Msp, customer: Customer) -> bool:
    return Management.objects.filter(customer=customer, msp=msp, ended_at=None).exists()


def _open_without_customer(order: Order) -> None:
    """An order for a customer that left the MSP is open from now on: the MSP reads and answers what the license
    reseller says, and no letter names who left."""
    with as_operator():  # the license reseller does not see the MSP's customer
        customer = _ordered_for(order)
        if customer and not _manages(order.msp, customer):
            order.customer = None


def _still_served(order: Order) -> Customer | None:
    """The customer that the order names, locked, if the MSP could order for it today. Else the order is open from now
    on: the MSP does not see who left, and an order for it neither."""
    customer = _ordered_for(order)
    try:
        if customer:
            _check_customer(customer, order.msp, order.product)
    except RuleBroken:
        return None
    return customer


def _ordered_for(order: Order) -> Customer | None:
    """The customer that the order names, locked."""
    return Customer.objects.select_for_update(no_key=True).filter(orders=order).first()


def _locked(order: Order, *states: State, by: User, reader: Side) -> Order:
    """Lock the order, and see that it is still where this act finds it. No joins: they would be as before the wait."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if order.state in states:
        return order
    if order.state == State.SENT:
        raise RuleBroken(f"Order {order.pk} has no quote yet. {order.listing} quotes first.", status=409)
    if order.state == State.QUOTED:
        raise RuleBroken(f"Order {order.pk} waits until {order.msp_name} accepts the quote.", status=409)
    raise _done(order, by=by, reader=reader)


def _done(order: Order, *, by: User, reader: Side) -> RuleBroken:
    """Colleagues are named; the other side reads the company's name (words.md order.done, P)."""
    assert order.moved_at  # noqa: S101  (constraint order_moved_has_a_time)
    by_reseller = order.state in _BY_RESELLER
    own = by_reseller == (reader == Side.RESELLER)
    company = order.listing.name if by_reseller else order.msp_name
    what = _DONE[State(order.state)].format(order=order.pk)
    return RuleBroken(
        f"{order.moved_by if own else company} already {what} on {written(order.moved_at, by.zone)}. Nothing changed.",
        status=409,
    )


def _move(order: Order, to: State, *, by: User, side: Side) -> None:
    order.state, order.moved_by, order.moved_at = to, by, timezone.now()
    order.save()
    _record(f"order.{to}", order, by=by, side=side, reason=order.reason)


def _record(verb: str, order: Order, *, by: User, side: Side, **detail: str) -> None:
    """Without the price: the customer reads what is about it."""
    events.record(
        verb,
        order,
        by=by,
        side=side,
        msp_id=order.msp_id,
        customer_id=order.customer_id,
        license_reseller_id=order.license_reseller_id,
        seats=order.seats,
        product=order.product.name,
        **detail,
    )
