"""Orders (FAQ Q8): sent, quoted, accepted, delivered."""

from decimal import Decimal

import pytest
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event
from licensing import keys, listings, orders
from licensing.models import Key, License, Listing, Order
from onboarding import access_changes, endings
from rules.errors import RuleBroken
from support import service_removals, tickets
from support.models import Ticket
from support.tickets import Draft
from tenants.models import KnoxService, Management, Membership
from tests.licensing.ground import listing, product, with_service
from tests.licensing.ordering import PRICE, accepted, fresh, msp, place, refused, seller
from tests.mail.letters import letters, newest_token, said

pytestmark = pytest.mark.django_db


def test_an_order_reaches_the_license_reseller(world):
    order = place(world, note=" For the new stores ")

    (mail,) = letters(world.lena.email)
    assert mail.subject == "New order from Aurora: 25 seats of Knox Configure Dynamic"
    assert "Fjordline" not in mail.message
    with acting_as(world.lena), as_reseller():
        seen = Order.objects.select_related("listing", "product").get()
    assert (seen, seen.msp_name, seen.note, seen.state) == (order, "Aurora", "For the new stores", "sent")


def test_who_is_blocked_at_the_license_reseller_hears_of_no_order(world):
    with as_operator():
        Membership.objects.filter(user=world.lena).update(state=Membership.State.BLOCKED, blocked_at=timezone.now())

    place(world)

    assert letters(world.lena.email) == []


def test_from_order_to_license(world):
    order = place(world)
    quoted = seller(world, orders.quote, order, **PRICE).quoted
    msp(world, orders.accept, order, quote=quoted)
    key, code = seller(world, orders.deliver, order)

    with acting_as(world.alice):
        license = License.objects.select_related("key").get()
        assert keys.reveal(license, by=world.alice) == code
    assert (license.customer_id, license.seats, license.key_id) == (world.first.pk, 25, key.pk)
    assert fresh(order).state == "delivered"
    mail = letters(world.alice.email)[-1]
    assert mail.subject == "Fjordline Freight: license key for Knox Configure Dynamic"
    assert said(mail)[0].startswith(
        f"Nordkey issued {key.masked} for order {order.pk}. It serves Fjordline Freight (KCS"
    )
    assert code not in "".join(Email.objects.values_list("message", flat=True))


def test_no_letter_and_no_history_has_a_price(world):
    order = accepted(world)
    seller(world, orders.deliver, order)

    with as_operator():
        written = "".join(map(str, Event.objects.values_list("detail", flat=True)))
    written += "".join(Email.objects.values_list("message", flat=True))
    assert "1250" not in written
    assert "1,250" not in written


def test_the_quote_reaches_the_msp(world):
    order = place(world)

    seller(world, orders.quote, order, **PRICE)

    assert letters(world.alice.email)[-1].subject == f"Fjordline Freight: Nordkey quoted order {order.pk}"
    with acting_as(world.alice):
        seen = Order.objects.get()
    assert (seen.price, seen.currency, seen.tax) == (Decimal("1250.00"), "EUR", "without")


def test_an_open_order_gives_its_key_to_the_msp_which_enters_it_for_one_customer(world):
    order = accepted(world, customer=None)
    _, code = seller(world, orders.deliver, order)

    with acting_as(world.alice):
        shown = orders.reveal(order, by=world.alice)
        license = keys.enter(world.second, shown, by=world.alice)
        again = refused(orders.reveal, order, by=world.alice)
        event = Event.objects.filter(verb="order.key_shown").get()

    assert (shown, license.customer_id, event.actor_name) == (code, world.second.pk, str(world.alice))
    assert again[0] == "The key of this order serves a customer already. You see it at that license."


def test_an_order_without_a_key_shows_none(world):
    order = accepted(world, customer=None)

    with acting_as(world.alice):
        assert refused(orders.reveal, order, by=world.alice)[0] == (
            f"Order {order.pk} has no key yet. Nordkey issues it after you accept the quote."
        )


def test_a_key_for_a_customer_that_has_left_stays_open(world):
    order = accepted(world)
    with acting_as(world.alice):
        endings.ask(Management.objects.get(customer=world.first), by=world.alice)
    endings.approve(newest_token("delink", world.first.contact_email))

    key, code = seller(world, orders.deliver, order)

    with as_operator():
        assert (License.objects.count(), Key.objects.get(pk=key.pk).customer) == (0, None)
    mail = letters(world.alice.email)[-1]
    assert mail.subject == "License key for Knox Configure Dynamic"
    assert "Open the order to see the key" in said(mail)[0]
    with acting_as(world.alice):
        assert (Order.objects.get().customer, orders.reveal(order, by=world.alice)) == (None, code)
        assert keys.enter(world.second, code, by=world.alice).customer == world.second


def stays_open(world, order):
    """The key is issued all the same, and shown to the MSP."""
    key, code = seller(world, orders.deliver, order)
    with as_operator():
        assert (License.objects.count(), Key.objects.get(pk=key.pk).customer) == (0, None)
    with acting_as(world.alice):
        return orders.reveal(order, by=world.alice) == code


def test_a_key_for_a_customer_that_got_full_access_is_the_customers_to_enter(world):
    order = accepted(world)
    with acting_as(world.alice):
        management = Management.objects.select_related("customer").get(customer=world.first)
        access_changes.give_full(management, typed=world.first.name, by=world.alice)

    assert stays_open(world, order)


def test_a_key_for_a_service_that_samsung_took_from_the_customer_stays_open(world):
    with_service(world.first, KnoxService.MANAGE)
    wish = {"own": world.aurora, "about": world.first, "services": [KnoxService.CONFIGURE]}
    with acting_as(world.alice):
        draft = Draft(Ticket.Kind.SERVICE_REMOVAL, "Remove", "Not used.", **wish)
        ticket = tickets.open_ticket(draft, by=world.alice)
    order = accepted(world)
    with as_operator():
        service_removals.carry_out(ticket, by=world.sam)

    assert stays_open(world, order)


def test_an_accepted_order_is_delivered_though_its_license_is_listed_no_more(world):
    order, own = accepted(world), listing(world.license_reseller)
    seller(world, listings.change, own, products=["ke"], contact_email="a@b.example", contact_phone="", website="")

    key, _ = seller(world, orders.deliver, order)

    assert (key.product, key.seats) == (product("kc-dynamic"), 25)


def test_a_license_reseller_changes_its_listing(world):
    own = listing(world.license_reseller)
    text = {"contact_email": "Sales@Nordkey.example", "contact_phone": "+49301", "website": "https://nordkey.example"}

    seller(world, listings.change, own, products=["ke", "km"], **text)

    with acting_as(world.alice):
        seen = Listing.objects.get()
    assert (seen.contact_email, seen.products) == ("sales@nordkey.example", ["ke", "km"])
    assert refused(place, world)[0] == "Nordkey does not sell Knox Configure Dynamic. Choose another license."
    with pytest.raises(RuleBroken, match="at least one license"):
        seller(world, listings.change, own, products=["kc-trial"], **text)
