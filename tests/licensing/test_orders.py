"""Orders (FAQ Q8): sent, quoted, accepted, delivered, within one region; each side sees its own."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event
from licensing import keys, listings, orders
from licensing.models import Key, License, Listing, Order
from onboarding import endings
from onboarding.models import Program
from rules.errors import RuleBroken
from tenants.models import Management, Msp
from tests import world as cast
from tests.licensing.ground import listing, product, sold
from tests.mail.letters import letters, newest_token, said

pytestmark = pytest.mark.django_db
PRICE = {"price": Decimal("1250.00"), "currency": "eur", "tax": "without"}
NEW = Order.State.SENT


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
    seller(world, orders.quote, order, **PRICE)
    return msp(world, orders.accept, order)


def refused(act, *args, **fields):
    with pytest.raises(RuleBroken) as no:
        act(*args, **fields)
    return str(no.value), no.value.status


def fresh(order):
    with as_operator():
        return Order.objects.get(pk=order.pk)


def test_an_order_reaches_the_license_reseller(world):
    order = place(world, note=" For the new stores ")

    (mail,) = letters(world.lena.email)
    assert mail.subject == "New order from Aurora: 25 seats of Knox Configure Dynamic"
    assert "Fjordline" not in mail.message
    with acting_as(world.lena), as_reseller():
        seen = Order.objects.select_related("listing", "product").get()
    assert (seen, seen.msp_name, seen.note, seen.state) == (order, "Aurora", "For the new stores", "sent")


def test_from_order_to_license(world):
    order = place(world)
    seller(world, orders.quote, order, **PRICE)
    msp(world, orders.accept, order)
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

    key, _ = seller(world, orders.deliver, order)

    with as_operator():
        assert (License.objects.count(), Key.objects.get(pk=key.pk).customer) == (0, None)


def test_another_region_is_refused_with_the_way_out(world):
    """FAQ Q8 and Q15: Borealis is in North America."""
    said, status = refused(place, world, msp=world.borealis, by=world.bob, customer=None)

    assert said == (
        "Nordkey sells in Europe. Samsung approved your company for North America. Choose a license reseller of North "
        "America."
    )
    assert status == 422


@pytest.mark.parametrize("change", [{"region": "north_america"}, {"msp": "borealis"}])
def test_an_order_across_regions_is_refused_by_the_schema(world, change):
    fields = {"msp": world.aurora, "region": "europe"} | change
    fields["msp"] = getattr(world, fields["msp"]) if isinstance(fields["msp"], str) else fields["msp"]
    with as_operator():
        row = Order(
            listing=listing(world.license_reseller), license_reseller=world.license_reseller, msp_name="x",
            product=product("ke"), seats=1, months=1, sent_by=world.alice, **fields,
        )  # fmt: skip

        with pytest.raises(IntegrityError, match="region"), transaction.atomic():
            row.save()


def test_a_region_of_an_msp_with_orders_does_not_move(world):
    place(world)

    with pytest.raises(IntegrityError, match="order_of_the_msps_region"), as_operator(), transaction.atomic():
        Msp.objects.filter(pk=world.aurora.pk).update(region="north_america")


def test_msps_see_the_license_resellers_of_their_region_only(world):
    seen = {}
    for who in ("alice", "tom", "vera", "bob", "carl", "rita", "lena", "nora", "blake"):
        with acting_as(getattr(world, who)):
            seen[who] = list(Listing.objects.values_list("name", flat=True))

    one = ["Nordkey"]
    assert seen == {
        "alice": one, "tom": one, "vera": one, "bob": [], "carl": [], "rita": [], "lena": [], "nora": [], "blake": [],
    }  # fmt: skip


def test_samsungs_approval_lists_a_license_reseller_in_each_of_its_regions(world):
    fields = cast.RESELLER_FIELDS | {"sells": "keys", "regions": ["europe", "north_america"]}
    cast.company("kim@twokeys.example", "Twokeys", Program.RESELLER, sam=world.sam, **fields)

    with acting_as(world.bob):
        (seen,) = Listing.objects.all()
    with acting_as(world.alice):
        assert [one.name for one in Listing.objects.order_by("name")] == ["Nordkey", "Twokeys"]
    assert (seen.name, seen.contact_email, seen.region) == ("Twokeys", "kim@twokeys.example", "north_america")
    assert "kc-dynamic" in seen.products
    assert "kc-trial" not in seen.products


def test_each_side_sees_its_own_orders(world):
    kim, _ = cast.company(
        "kim@twokeys.example", "Twokeys", Program.RESELLER, sam=world.sam, **cast.RESELLER_FIELDS | {"sells": "keys"}
    )
    place(world)
    place(world, customer=world.second)
    place(world, customer=None)
    seen = {}
    for who in ("alice", "tom", "vera", "bob", "carl", "nora", "blake", "lena"):
        with acting_as(getattr(world, who)):
            seen[who] = Order.objects.count()
    for person in (world.lena, kim, world.rita):
        with acting_as(person), as_reseller():
            seen[person.first_name, "reseller"] = Order.objects.count()

    assert seen == {
        "alice": 3, "tom": 2, "vera": 3, "bob": 0, "carl": 0, "nora": 0, "blake": 0, "lena": 0,
        ("Lena", "reseller"): 3, ("Kim", "reseller"): 0, ("Rita", "reseller"): 0,
    }  # fmt: skip


@pytest.mark.parametrize("customer", ["first", None])
def test_who_only_views_orders_nothing(world, customer):
    with pytest.raises(DatabaseError), transaction.atomic():
        place(world, by=world.vera, customer=customer and getattr(world, customer))


def test_a_license_reseller_sees_no_customer_and_no_license(world):
    order = accepted(world)
    seller(world, orders.deliver, order)

    with acting_as(world.lena), as_reseller():
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            License.objects.count()
        assert Order.objects.get().customer_id == world.first.pk
        assert not type(world.first).objects.exists()


def test_a_jointly_managed_customer_buys_for_itself(world):
    open_company = cast.full_access(world.aurora, world.alice, "Open Company")

    assert refused(place, world, customer=open_company)[0] == (
        "Open Company has Full access, so it enters its own license keys. Order without a customer, and give Open "
        "Company the key."
    )


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

    early = refused(msp, world, orders.accept, order)[0]
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


def test_a_withdrawn_key_is_told_to_the_seller_and_to_the_msp_that_ordered_it(world):
    order = accepted(world, customer=None)
    key, code = seller(world, orders.deliver, order)
    before = len(letters(world.alice.email)), len(letters(world.lena.email))

    with acting_as(world.sam), as_operator():
        keys.withdraw(key, reason="The bill was not paid.", by=world.sam)

    new = letters(world.alice.email)[before[0] :] + letters(world.lena.email)[before[1] :]
    assert [mail.subject for mail in new] == [f"Samsung withdrew the license key {key.masked}"] * 2
    for mail in new:
        assert "Reason: The bill was not paid." in " ".join(said(mail))
        assert code not in mail.message + mail.html_message


def test_a_key_is_not_withdrawn_without_a_reason(world):
    key, _ = seller(world, orders.deliver, accepted(world, customer=None))

    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken, match="The other side reads the reason"):
        keys.withdraw(key, reason=" ", by=world.sam)


def test_a_withdrawn_key_without_an_order_is_told_to_its_seller_alone(world):
    sold(world)
    with acting_as(world.sam), as_operator():
        key = Key.objects.latest("pk")
        keys.withdraw(key, reason="Sold twice.", by=world.sam)

    told = Email.objects.filter(subject__startswith="Samsung withdrew").values_list("to", flat=True)
    assert [world.lena.email in str(to) for to in told] == [True]
