"""What cannot be ordered, and moves that an order does not make."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator, as_reseller
from licensing import keys, orders
from licensing.models import Key, Listing, Order
from onboarding import access_changes, endings
from tenants.models import KnoxService, Management
from tests.licensing.ground import product, with_service
from tests.licensing.ordering import PRICE, accepted, fresh, msp, place, refused, seller
from tests.mail.letters import letters, newest_token, said

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"seats": 0}, "Enter a number from 1 to 100,000."),
        ({"months": 61}, "Enter a number from 1 to 60."),
        ({"code": "kc-trial"}, "Nordkey does not sell Knox Configure trial. Choose another license."),
        (
            {"code": "ke"},
            "Fjordline Freight does not have Knox E-FOTA. Add Knox E-FOTA to Fjordline Freight first, then order.",
        ),
    ],
)
def test_what_cannot_be_ordered(world, fields, words):
    if code := fields.pop("code", ""):
        fields["product"] = product(code)

    assert refused(place, world, **fields)[0] == words


def test_the_service_of_another_customer_lets_nobody_order_for_this_one(world):
    with_service(world.second, KnoxService.EFOTA)

    said = refused(place, world, product=product("ke"))[0]

    assert said.startswith("Fjordline Freight does not have Knox E-FOTA.")


def test_knox_suite_is_ordered_for_a_customer_with_one_of_its_services(world):
    said = refused(place, world, product=product("suite"))[0]
    with_service(world.first, KnoxService.MOBILE_ENROLLMENT)

    assert place(world, product=product("suite")).customer == world.first
    assert said == (
        "Fjordline Freight does not have Knox Manage, Knox E-FOTA, Knox Mobile Enrollment. Add one of them to "
        "Fjordline Freight first, then order."
    )


def test_nobody_orders_for_a_customer_that_has_left(world):
    with as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())

    assert refused(place, world) == ("Aurora does not manage Knox for Fjordline Freight any more.", 409)


def test_a_price_is_not_below_zero(world):
    order = place(world)

    assert refused(seller, world, orders.quote, order, **(PRICE | {"price": Decimal(-1)}))[0] == (
        "Enter a price of 0 or more."
    )


def test_a_rejection_needs_a_reason_and_the_msp_reads_it(world):
    order = place(world)

    nothing = refused(seller, world, orders.reject, order, reason=" ")[0]
    seller(world, orders.reject, order, reason="Sold out.")

    assert nothing == "The other side reads the reason in an email. Write one or two sentences."
    mail = letters(world.alice.email)[-1]
    assert mail.subject == f"Fjordline Freight: Nordkey rejected order {order.pk}"
    assert said(mail)[0].endswith("Reason: Sold out.")


def test_an_order_is_decided_once(world):
    order = accepted(world)
    seller(world, orders.deliver, order)

    again = refused(seller, world, orders.deliver, order)
    late = refused(msp, world, orders.withdraw, order)

    assert (again[1], late[1]) == (409, 409)
    assert again[0].startswith(f"Lena Example already issued a key for order {order.pk} on ")
    assert late[0].startswith(f"Nordkey already issued a key for order {order.pk} on ")
    with as_operator():
        assert Key.objects.count() == 1


def test_moves_out_of_turn(world):
    order = place(world)

    early = refused(msp, world, orders.accept, order, quote="")[0]
    unpaid = refused(seller, world, orders.deliver, order)[0]
    seller(world, orders.quote, order, **PRICE)
    waiting = refused(seller, world, orders.deliver, order)[0]
    msp(world, orders.withdraw, order)
    gone = refused(seller, world, orders.quote, order, **PRICE)[0]

    assert early == f"Order {order.pk} has no quote yet. Nordkey quotes first."
    assert unpaid == early
    assert waiting == f"Order {order.pk} waits until Aurora accepts the quote."
    assert gone.startswith(f"Aurora already withdrew order {order.pk} on ")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE licensing_order SET state = 'sent', price = NULL",
        "UPDATE licensing_order SET seats = seats + 1",
        "UPDATE licensing_order SET price = 1",
    ],
)
def test_an_order_stays_as_it_was_decided_in_the_schema(world, sql):
    order = accepted(world)
    if "state" in sql:
        seller(world, orders.deliver, order)

    no = pytest.raises(DatabaseError, match="an order")
    with no, as_operator(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_key_is_what_was_ordered_in_the_schema(world):
    order = accepted(world)
    with acting_as(world.lena), as_reseller():
        own = Listing.objects.get()

        with pytest.raises(IntegrityError, match="key_as_ordered"), transaction.atomic():
            keys.issue(own, product=order.product, seats=26, months=12, by=world.lena, order=order)


def leaves(world):
    """Fjordline Freight approves a delink."""
    with acting_as(world.alice):
        endings.ask(Management.objects.get(customer=world.first), by=world.alice)
    endings.approve(newest_token("delink", world.first.contact_email))


def test_a_quote_for_a_customer_that_has_left_reaches_the_msp_as_that_of_an_open_order(world):
    order = place(world)
    leaves(world)

    quoted = seller(world, orders.quote, order, **PRICE).quoted

    mail = letters(world.alice.email)[-1]
    assert mail.subject == f"Nordkey quoted order {order.pk}"
    assert "Fjordline" not in mail.message
    with acting_as(world.alice):
        seen = Order.objects.get(pk=order.pk)
        assert (seen.customer, orders.accept(seen, quote=quoted, by=world.alice).state) == (None, "accepted")


def test_a_no_to_an_order_for_a_customer_that_has_left_does_not_name_it(world):
    order = place(world)
    leaves(world)

    seller(world, orders.reject, order, reason="Sold out.")

    assert letters(world.alice.email)[-1].subject == f"Nordkey rejected order {order.pk}"
    with acting_as(world.alice):
        assert Order.objects.get(pk=order.pk).reason == "Sold out."


def test_an_order_keeps_the_customer_that_got_full_access_until_its_key_is_there(world):
    order = place(world)
    with acting_as(world.alice):
        management = Management.objects.select_related("customer").get(customer=world.first)
        access_changes.give_full(management, typed=world.first.name, by=world.alice)

    seller(world, orders.quote, order, **PRICE)

    assert letters(world.alice.email)[-1].subject == f"Fjordline Freight: Nordkey quoted order {order.pk}"
    assert fresh(order).customer_id == world.first.pk


def test_no_order_moves_to_another_customer(world):
    order = place(world)

    with as_operator(), pytest.raises(DatabaseError, match="an order stays as it was sent"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(customer=world.second)
