"""The License Reseller Portal (FAQ Q8): orders quoted, rejected, delivered; keys shown once; no one else's rows."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator, as_reseller
from licensing import keys, listings, orders
from licensing.models import Key, Listing, Order
from onboarding.models import Program
from rules import settings as rule
from tests import world as cast
from tests.licensing.ground import listing, product, sold
from tests.mail.letters import letters

pytestmark = pytest.mark.django_db
QUOTE = {"price": "1,250.00", "currency": "EUR", "tax": "without"}
ISSUE = {"product": "ke", "seats": "25", "months": "12"}
CODE = re.compile(r"KLM\d\d(?:-[2-9A-Z]{5}){5}")
MARK = "zqxjmarker"


@pytest.fixture
def lena(world, client):
    client.force_login(world.lena)
    return client


@pytest.fixture
def order(world):
    return place(world)


@pytest.fixture
def other(world):
    """A second license reseller, with an order and a key of its own, all of them marked."""
    kim, other = cast.company(
        "kim@licenses.example",
        f"Kim {MARK}",
        Program.RESELLER,
        sam=world.sam,
        **cast.RESELLER_FIELDS | {"sells": "keys"},
    )
    with as_operator():
        theirs = Listing.objects.get(license_reseller=other)
    with acting_as(world.alice):
        order = orders.place(
            theirs, msp=world.aurora, product=product("ke"), seats=7777, months=12, by=world.alice, note=MARK
        )
    with acting_as(kim), as_reseller():
        key, _ = keys.issue(theirs, product=product("ke"), seats=7777, months=12, by=kim)
    return order, key, theirs


def place(world, **fields):
    base = {"msp": world.aurora, "product": product("kc-dynamic"), "seats": 25, "months": 12, "customer": world.first}
    with acting_as(world.alice):
        return orders.place(listing(world.license_reseller), by=world.alice, **(base | fields))


def accepted(world, **fields):
    order = place(world, **fields)
    with acting_as(world.lena), as_reseller():
        quoted = orders.quote(order, price=Decimal(100), currency="EUR", tax="without", by=world.lena).quoted
    with acting_as(world.alice):
        return orders.accept(order, quote=quoted, by=world.alice)


def url(name, *args):
    return reverse(f"license-reseller-{name}", args=args)


def text(response):
    return response.content.decode()


def fresh(row):
    with as_operator():
        return type(row).objects.get(pk=row.pk)


def test_the_start_page_shows_what_waits_and_the_company(world, lena, order):
    accepted(world, product=product("kc-setup"))

    page = lena.get(url("home"))

    shown = {name: page.context[name] for name in ("to_quote", "to_deliver", "quoted")}
    assert shown == {"to_quote": 1, "to_deliver": 1, "quoted": 0}
    assert page.context["waiting"][0] == order
    assert world.license_reseller.public_id[:4] in text(page)


def test_without_an_order_the_pages_say_so_in_the_words_of_the_empty_state(lena):
    for name in ("home", "orders"):
        page = text(lena.get(url(name)))
        assert "No order waits" in page
        assert "MSPs of Europe can choose you." in page
    assert "You have issued no key yet" in text(lena.get(url("keys")))


def test_a_quote_reaches_the_msp(world, lena, order):
    answer = lena.post(url("quote", order.pk), QUOTE, follow=True)

    now = fresh(order)
    assert (now.state, now.price, now.currency, now.tax) == ("quoted", Decimal("1250.00"), "EUR", "without")
    assert f"You quoted order {order.pk}. We emailed the price to Aurora." in text(answer)
    assert "EUR" not in letters(world.alice.email)[-1].message


def test_an_order_shows_every_step_of_it(world, lena, order):
    lena.post(url("quote", order.pk), QUOTE)
    with acting_as(world.alice):
        orders.accept(order, quote=fresh(order).quoted, by=world.alice)

    events = lena.get(url("order", order.pk)).context["events"]

    assert [(one["who"], one["what"].split()[0]) for one in events] == [
        ("Aurora", "accepted"), ("Lena Example", "quoted"), ("Aurora", "sent"),
    ]  # fmt: skip


def test_a_price_is_digits_with_a_point(lena, order):
    for price in ("", "-1", "1.250,00", "1,25.00", "12345678901", "1e3", "٣"):
        answer = lena.post(url("quote", order.pk), QUOTE | {"price": price})

        assert answer.status_code == 422
        assert "price" in answer.context["quote"].errors
    assert fresh(order).state == "sent"


def test_an_order_is_rejected_with_a_reason_only(world, lena, order):
    without = lena.post(url("reject", order.pk), {"reason": " "})
    answer = lena.post(url("reject", order.pk), {"reason": "We are out of stock."}, follow=True)

    assert without.status_code == 422
    assert "The other side reads the reason in an email. Write one or two sentences." in text(without)
    assert (fresh(order).state, fresh(order).reason) == ("rejected", "We are out of stock.")
    assert f"You rejected order {order.pk}." in text(answer)


def test_a_delivered_key_is_shown_once_and_masked_afterwards(world, lena):
    order = accepted(world)

    first = text(lena.post(url("deliver", order.pk), follow=True))
    again = text(lena.get(url("order", order.pk)))

    (code,) = set(CODE.findall(first))
    assert CODE.findall(again) == []
    assert code[-5:] in again
    with as_operator():
        key = Key.objects.select_related("product").get(order=order)
    assert key.customer_id == world.first.pk
    assert f"You issued {key}." in first
    assert all(CODE.findall(text(lena.get(url(page)))) == [] for page in ("keys", "keys-export"))


def test_the_session_never_holds_the_key(world, lena):
    order = accepted(world)

    lena.post(url("deliver", order.pk))

    assert CODE.findall(str(dict(lena.session))) == []


def test_an_order_is_delivered_once_and_says_by_whom(world, lena):
    order = accepted(world)
    lena.post(url("deliver", order.pk))

    answer = lena.post(url("deliver", order.pk))

    assert answer.status_code == 409
    assert f"Lena Example already issued a key for order {order.pk} on " in text(answer)
    with as_operator():
        assert Key.objects.filter(order=order).count() == 1


def test_an_order_is_not_delivered_before_the_msp_accepts(lena, order):
    answer = lena.post(url("deliver", order.pk))

    assert answer.status_code == 409
    assert f"Order {order.pk} has no quote yet." in text(answer)


@pytest.mark.parametrize(
    ("query", "found"),
    [("?q=Aur", True), ("?q=aurora", True), ("?q=urora", False), ("?state=sent", True), ("?state=quoted", False),
     ("?q=999999", False), ("?state=nonsense", True), ("?region=europe", True), ("?region=africa", True)],
)  # fmt: skip
def test_orders_are_found_by_msp_and_state(lena, order, query, found):
    page = lena.get(url("orders") + query)

    assert [one.pk for one in page.context["page"].rows] == [order.pk] * found


def test_an_order_is_found_by_its_number(world, lena, order):
    place(world, product=product("kc-setup"))

    page = lena.get(url("orders") + f"?q={order.pk}")

    assert [one.pk for one in page.context["page"].rows] == [order.pk]


def test_orders_are_sorted_paged_and_exported(world, lena):
    made = [place(world, customer=None, seats=number) for number in range(1, 54)]

    first = lena.get(url("orders") + "?sort=seats")
    second = lena.get(url("orders") + first.context["page"].next)
    lines = list(csv.reader(io.StringIO(lena.get(url("orders-export")).content.decode("utf-8-sig"))))

    assert [one.seats for one in first.context["page"].rows[:2]] == [53, 52]
    assert len(first.context["page"].rows) + len(second.context["page"].rows) == 53
    assert (lines[0][0], len(lines), lines[1][0]) == ("Order", 54, str(made[-1].pk))


def test_a_key_sold_outside_is_shown_once(world, lena):
    first = text(lena.post(url("issue"), ISSUE, follow=True))

    with as_operator():
        key = Key.objects.get()
    assert len(set(CODE.findall(first))) == 1
    assert (key.order_id, key.seats, key.months, key.region) == (None, 25, 12, "europe")
    assert CODE.findall(text(lena.get(url("key", key.pk)))) == []
    assert "Sold outside the portal" in first


def test_keys_are_offered_of_what_the_company_sells(world, lena):
    about = {"contact_email": "a@b.example", "contact_phone": "", "website": "", "products": ["ke"]}
    with acting_as(world.lena), as_reseller():
        listings.change(listing(world.license_reseller), **about, by=world.lena)

    form = lena.get(url("issue")).context["form"]

    assert [code for code, _ in form.fields["product"].choices] == ["", "ke"]


def test_a_license_reseller_sells_to_msps_of_its_region_only(world, lena):
    for msp, sentence in (
        (world.borealis.public_id, "Samsung authorized you for Europe. This MSP is in North America, so you cannot"),
        ("7000000005", "No MSP has the ID 7000000005. Ask the MSP for its MSP ID."),
        (world.first.kcs_id, "is a KCS Customer ID"),
    ):
        answer = lena.post(url("issue"), ISSUE | {"msp_id": msp})
        assert answer.status_code == 422
        assert sentence in text(answer)

    answer = lena.post(url("issue"), ISSUE | {"msp_id": world.aurora.public_id})

    assert answer.status_code == 302
    with as_operator():
        assert Key.objects.count() == 1


def test_keys_are_found_by_their_last_signs_and_by_use(world, lena):
    used, unused = sold(world), sold(world)
    with acting_as(world.alice):
        keys.enter(world.first, used, by=world.alice)

    def found(query):
        return {one.last5 for one in lena.get(url("keys") + query).context["page"].rows}

    assert found(f"?q={used[-5:].lower()}") == {used[-5:]}
    assert found(f"?q={unused}") == {unused[-5:]}
    assert found("?state=used") == {used[-5:]}
    assert found("?state=unused") == {unused[-5:]}
    assert found("?state=withdrawn") == set()
    assert world.first.name not in text(lena.get(url("keys")))


def test_what_msps_see_is_changed(world, lena):
    mine = listing(world.license_reseller)
    typed = {
        "contact_email": "Orders@Licenses.example",
        "contact_phone": "+49 30 1234567",
        "website": "",
        "products": ["ke"],
    }

    answer = lena.post(url("listing", mine.pk), typed, follow=True)

    now = fresh(mine)
    assert (now.contact_email, now.products) == ("orders@licenses.example", ["ke"])
    assert "MSPs of Europe read the new details from now on." in text(answer)
    with acting_as(world.alice):
        assert Listing.objects.get(pk=mine.pk).products == ["ke"]
    assert lena.post(url("listing", mine.pk), typed | {"products": []}).status_code == 422


def test_a_license_reseller_reads_nothing_of_another(world, lena, order, other):
    theirs, key, shown = other
    pages = [url(name) for name in ("home", "orders", "orders-export", "keys", "keys-export", "issue")]
    pages += [url("orders") + f"?q={theirs.pk}", url("keys") + f"?q={key.last5}"]

    leaking = [page for page in pages if MARK in text(lena.get(page)) or "7,777" in text(lena.get(page))]

    assert leaking == []
    asked = [url("order", theirs.pk), url("key", key.pk), url("listing", shown.pk)]
    assert [lena.get(page).status_code for page in asked] == [404, 404, 404]
    acts = [url(name, theirs.pk) for name in ("quote", "reject", "deliver")]
    assert [lena.post(page, QUOTE | {"reason": "x"}).status_code for page in acts] == [404, 404, 404]
    assert fresh(theirs).state == "sent"


def test_a_license_reseller_reads_neither_customer_nor_person_of_the_msp(world, lena):
    order = accepted(world, note="For the stores")
    lena.post(url("deliver", order.pk))

    shown = text(lena.get(url("order", order.pk))) + text(lena.get(url("orders")))

    assert "For the stores" in shown
    for secret in (world.first.name, world.first.kcs_id, "Alice", world.alice.email):
        assert secret not in shown


def test_an_issued_key_of_another_listing_is_refused(world, lena, other):
    """The choice of a region that is not its own, as a forged form sends it."""
    answer = lena.post(url("issue"), ISSUE | {"listing": str(other[2].pk)})

    assert answer.status_code == 302  # it has one region, so the field is not read
    with as_operator():
        assert set(Key.objects.filter(seats=25).values_list("license_reseller", flat=True)) == {
            world.license_reseller.pk
        }
        assert Order.objects.count() == 1


def test_the_page_of_an_order_says_what_became_of_a_key_that_nobody_entered(world, lena):
    order = accepted(world, customer=None)
    free = text(lena.post(url("deliver", order.pk), follow=True))
    with acting_as(world.sam), as_operator():
        keys.withdraw(Key.objects.get(order=order), reason="The bill was not paid.", by=world.sam)
    withdrawn = text(lena.get(url("order", order.pk)))
    rule.change("key_usable_days", to=0, reason="A test", by=world.sam)
    late = text(lena.post(url("deliver", accepted(world, customer=None).pk), follow=True))

    assert "Aurora has not entered it yet. It can until" in free
    assert "Samsung withdrew it on" in withdrawn
    assert "Aurora did not enter it. It could until" in late
    assert "Aurora has not entered it yet" not in late + withdrawn
