"""The letters about licenses and orders (words.md 4.2). Never in one: a whole key, a price, a device."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts import mail_choices
from accounts.acting import as_operator
from accounts.models import User
from licensing import obstacles
from licensing.models import Key, License, Order
from mail import outbox
from rules import settings as rule
from tenants import access, teams
from tenants.models import Customer, Membership, Msp
from tenants.numbers import counted
from tenants.times import day, written

UTC = ZoneInfo("UTC")
ORDERS, SELLING, KEYS = "/orders/", "/license-reseller/orders/", "/license-reseller/keys/"
ENDED = "license_ended"
"""Its button enters a new key; that of the other letters to the team orders."""


def order_new(order: Order) -> None:
    _to_license_reseller("order_new", order)


def order_accepted(order: Order) -> None:
    _to_license_reseller("order_accepted", order)


def order_quoted(order: Order) -> None:
    _to_leads("order_quoted", order, button_url=_order(order))


def order_answered(order: Order, *, key: Key | None = None) -> None:
    """Delivered, with the masked key, or rejected, with the reason."""
    customer = key.customer if key else None
    url = _licenses(customer) if customer else _order(order)
    _to_leads("order_answered", order, key=key, entered=customer, button_url=url)


def key_withdrawn(key: Key, *, reason: str) -> None:
    """To the license reseller, and for a key that an MSP ordered to the MSP too. Runs as the operator."""
    letter, about = "licensing/email/key_withdrawn", {"key": key, "reason": reason} | _size(key)
    for person in _sellers(key.license_reseller_id):
        outbox.write(
            letter,
            to=person.email,
            name=person.first_name,
            why=f"you take orders for {key.listing}",
            about=[],
            context=about | {"button_url": f"{settings.PORTAL_URL}{KEYS}{key.pk}/"},
            has_settings=True,
        )
    if key.order:
        _to_leads("key_withdrawn", key.order, for_msp=True, button_url=_order(key.order), **about)


def ends_soon(license: License, *, days: int) -> None:
    """To the team, at 90, 30, 7 and 1 days; a trial's says with what its devices stay. Runs as the operator."""
    letter = "trial_ends" if license.is_trial else "license_ends"
    _to_team(letter, license, left=counted(days, "day"), leaves=license.leaves_at(rule.number("grace_days")))


def ended(license: License) -> None:
    letter = "trial_ended" if license.is_trial else ENDED
    _to_team(letter, license, leaves=license.leaves_at(rule.number("grace_days")))


def seats_low(license: License, *, full_on: datetime | None) -> None:
    """`full_on`: until when the seats last at this pace, as a day in UTC, because it is a guess."""
    _to_team("seats_low", license, full_on=day(full_on, UTC) if full_on else "")


def _to_license_reseller(letter: str, order: Order) -> None:
    for person in _sellers(order.license_reseller_id):
        outbox.write(
            f"licensing/email/{letter}",
            to=person.email,
            name=person.first_name,
            why=f"you take orders for {order.listing}",
            about=[],
            context=_of_order(order, person) | {"button_url": f"{settings.PORTAL_URL}{SELLING}{order.pk}/"},
            has_settings=True,
        )


def _sellers(license_reseller_id: int) -> list[User]:
    """As the operator: an MSP does not see who works for a license reseller."""
    with as_operator():
        own = Membership.objects.filter(license_reseller=license_reseller_id, state=Membership.State.ACTIVE)
        return [membership.user for membership in own.select_related("user").order_by("pk")]


def _to_leads(letter: str, order: Order, **context: Any) -> None:
    """To the MSP's super admins and the person who ordered. As the operator: the license reseller acts."""
    with as_operator():
        msp = Msp.objects.get(pk=order.msp_id)
        customer = Customer.objects.filter(orders=order).first()
        people = teams.leads(msp, starter=order.sent_by)
    for person in people:
        outbox.write(
            f"licensing/email/{letter}",
            to=person.email,
            name=person.first_name,
            why=f"you hear about the orders of {msp}",
            about=access.companies(customer),
            context=_of_order(order, person) | {"customer": customer, **context},
            between=(msp.public_id, customer.kcs_id) if customer else None,
            has_settings=True,
        )


def _to_team(letter: str, license: License, *, leaves: datetime | None = None, **context: Any) -> None:
    """To those who work for the customer: its MSP's people, and with Full access its own too (knox.md 9.5)."""
    customer, readers = license.customer, teams.readers(license.customer)
    for person, stop in mail_choices.readers(readers, teams.licenses(license.service)):
        msp = readers[person]
        list_url = _licenses(customer) if msp else f"{settings.PORTAL_URL}/admin-portal/licenses/"
        order_url = _ordering(license, msp=msp, by=person) if letter != ENDED else ""
        base = {
            "customer": customer,
            "license": license,
            "service": license.product.opens_text,
            "region": customer.region.label if customer.region else "",
            "devices": counted(license.used, "device"),
            "ends": written(license.ends_at, person.zone),
            "leaves": written(leaves, person.zone) if leaves else "",
            "orders": bool(order_url),
            "enters": not (msp and obstacles.of_the_msp(customer)),
            "button_url": order_url or list_url,
        }
        outbox.write(
            f"licensing/email/{letter}",
            to=person.email,
            name=person.first_name,
            why=f"you work for {customer} at {msp}" if msp else f"you are an administrator of {customer}",
            about=[customer.kcs_id],
            context=base | context,
            between=(msp.public_id, customer.kcs_id) if msp else None,
            stop=stop,
        )


def _of_order(order: Order, reader: User) -> dict[str, Any]:
    return {
        "order": order,
        "region": order.get_region_display(),
        "at": written(order.sent_at, reader.zone),
    } | _size(order)


def _size(bought: Order | Key) -> dict[str, Any]:
    seats, months = counted(bought.seats, "seat"), counted(bought.months, "month")
    return {"seats": seats, "months": months, "product": bought.product}


def _order(order: Order) -> str:
    return f"{settings.PORTAL_URL}{ORDERS}{order.pk}/"


def _ordering(license: License, *, msp: Msp | None, by: User) -> str:
    """Where this person orders for the customer. Empty for its own people, who have no page for that, for who lacks the
    right, and where the customer enters its own licenses."""
    customer = license.customer
    if msp is None or obstacles.of_the_msp(customer) or "add_customers" not in access.rights(by, msp):
        return ""
    product = "" if license.is_trial else f"&product={license.product.code}"
    return f"{settings.PORTAL_URL}{ORDERS}new/?customer={customer.kcs_id}{product}"


def _licenses(customer: Customer) -> str:
    return f"{settings.PORTAL_URL}/customers/{customer.kcs_id}/licenses/"
