"""The MSP's pages of orders (FAQ Q8): choose a license reseller, send, accept the quote, get the key."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator, as_reseller
from audit.models import Event
from licensing import keys, orders
from licensing.models import License, Listing, Order
from rules import settings as rule
from tenants import lists
from tenants.times import day
from tests.licensing.ground import listing
from tests.licensing.license_pages import words

pytestmark = pytest.mark.django_db


def typed(world, **fields):
    base = {
        "listing": str(listing(world.license_reseller).pk),
        "product": "kc-dynamic",
        "seats": "25",
        "months": "12",
        "kcs_id": world.first.kcs_id,
        "note": "For the store phones",
    }
    return base | fields


def sent(world, client, **fields):
    client.post(reverse("order-new"), typed(world, **fields))
    with as_operator():
        return Order.objects.latest("pk")


def by_lena(world, act, order, **fields):
    with acting_as(world.lena), as_reseller():
        return act(order, by=world.lena, **fields)


def quoted(world, client, **fields):
    order = sent(world, client, **fields)
    return by_lena(world, orders.quote, order, price=Decimal(1250), currency="EUR", tax="without")


def accepts(client, order):
    """Press the button of the order's page."""
    return client.post(reverse("order-accept", args=[order.pk]), {"quote": order.quoted}, follow=True)


def test_without_an_order_the_list_says_what_belongs_there(alice):
    page = words(alice.get(reverse("order-list")))

    assert "You have ordered nothing yet License resellers of Europe issue keys here." in page


def test_the_license_resellers_of_the_own_region_can_be_chosen(alice, client, world):
    own = words(alice.get(reverse("order-new")))
    client.force_login(world.bob)
    other = words(client.get(reverse("order-new")))

    assert "Nordkey lena@licenses.example +49301234567 Sells every license" in own
    assert "Nordkey" not in other
    assert "Samsung has authorized no license reseller for your region yet." in other


def test_only_licenses_that_somebody_sells_there_can_be_chosen(alice, world):
    with as_operator():
        Listing.objects.update(products=["ke", "suite"])

    page = alice.get(reverse("order-new"))

    assert [code for code, _ in page.context["form"].fields["product"].choices] == ["", "ke", "suite"]
    assert "Sells Knox E-FOTA" in words(page)


def test_an_order_is_sent(alice, world):
    response = alice.post(reverse("order-new"), typed(world), follow=True)

    page = words(response)
    assert "to Nordkey. It answers with a price." in page
    assert "25 seats of Knox Configure Dynamic from Nordkey" in page


def test_the_link_from_a_customer_fills_the_form(alice, world):
    page = alice.get(reverse("order-new"), {"customer": world.first.kcs_id, "product": "ke"})

    assert page.context["form"]["kcs_id"].value() == world.first.kcs_id
    assert page.context["form"]["product"].value() == "ke"
    assert "For Fjordline Freight." in words(page)


def test_the_customer_whose_page_led_here_is_the_one_that_is_named(alice, world):
    page = alice.get(reverse("order-new"), {"customer": world.second.kcs_id})

    assert f"For {world.second}." in words(page)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"seats": "0"}, "Enter a number from 1 to 100,000."),
        ({"seats": "many"}, "Enter a number from 1 to 100,000."),
        ({"months": "61"}, "Enter a number from 1 to 60."),
        ({"product": "km"}, "Fjordline Freight does not have Knox Manage."),
        ({"product": "kc-trial"}, "Choose license."),
        ({"listing": "999"}, "Choose license reseller."),
    ],
)
def test_what_cannot_be_ordered_gets_its_sentence(alice, world, fields, sentence):
    response = alice.post(reverse("order-new"), typed(world, **fields))

    assert (response.status_code, sentence in words(response)) == (422, True)
    with as_operator():
        assert not Order.objects.exists()


@pytest.mark.parametrize(("seats", "taken"), [("150,000", True), ("200,001", False)])
def test_the_number_of_seats_that_samsung_allows_now_counts(alice, world, seats, taken):
    rule.change("license_seats", to=200_000, reason="A test", by=world.sam)

    response = alice.post(reverse("order-new"), typed(world, seats=seats))

    assert (response.status_code == 302) == taken
    assert ("Enter a number from 1 to 200,000." in response.text) != taken


def test_a_foreign_customer_is_not_ordered_for(alice, world):
    response = alice.post(reverse("order-new"), typed(world, kcs_id=world.foreign.kcs_id))

    assert f"{world.foreign.kcs_id} is not one of your customers." in words(response)
    assert "Cascadia" not in response.text


def test_a_quote_is_accepted(alice, world):
    order = quoted(world, alice)
    before = words(alice.get(reverse("order", args=[order.pk])))

    after = words(accepts(alice, order))

    assert "EUR 1,250.00 without tax" in before
    assert f"You accepted the quote of order {order.pk}. Nordkey issues the key." in after
    assert "Accept quote" not in after


def test_a_quote_that_came_after_the_page_was_opened_is_not_accepted_unread(alice, world):
    order = quoted(world, alice)
    page = alice.get(reverse("order", args=[order.pk])).text
    by_lena(world, orders.quote, order, price=Decimal(12500), currency="EUR", tax="without")

    after = words(accepts(alice, order))

    assert f'name="quote" value="{order.quoted}"' in page
    assert f"Nordkey quoted order {order.pk} anew. Compare the price and accept again." in after
    assert ("EUR 12,500.00 without tax" in after, "Accept quote" in after) == (True, True)


def test_an_order_is_withdrawn_once(alice, world):
    order = sent(world, alice)
    url = reverse("order-withdraw", args=[order.pk])

    first, second = (words(alice.post(url, follow=True)) for _ in range(2))

    assert f"You withdrew order {order.pk}." in first
    assert f"already withdrew order {order.pk} on" in second


def test_a_delivered_order_leads_to_the_license(alice, world):
    order = quoted(world, alice)
    accepts(alice, order)
    key, _ = by_lena(world, orders.deliver, order)

    page = alice.get(reverse("order", args=[order.pk]))

    with as_operator():
        license = License.objects.get(key=key)
    assert reverse("license", args=[world.first.kcs_id, license.pk]) in page.text
    assert key.masked in words(page)


def test_the_key_of_an_open_order_is_shown_once_and_written_down(alice, world):
    order = quoted(world, alice, kcs_id="")
    accepts(alice, order)
    _, code = by_lena(world, orders.deliver, order)

    shown = alice.post(reverse("order-key", args=[order.pk]))
    after = alice.get(reverse("order", args=[order.pk]))

    assert (code in shown.text, code in after.text, shown["Cache-Control"]) == (True, False, "no-store")
    with as_operator():
        assert Event.objects.latest("pk").verb == "order.key_shown"


def test_an_order_does_not_offer_a_key_that_nobody_can_enter_any_more(alice, world):
    withdrawn, used = (quoted(world, alice, kcs_id="") for _ in range(2))
    for order in (withdrawn, used):
        accepts(alice, order)
    key, _ = by_lena(world, orders.deliver, withdrawn)
    _, code = by_lena(world, orders.deliver, used)
    with acting_as(world.sam), as_operator():
        keys.withdraw(key, reason="The bill was not paid.", by=world.sam)
    with acting_as(world.alice):
        keys.enter(world.first, code, by=world.alice)

    pages = [words(alice.get(reverse("order", args=[one.pk]))) for one in (withdrawn, used)]
    shown = words(alice.post(reverse("order-key", args=[withdrawn.pk]), follow=True))

    assert "Samsung withdrew the key of this order on" in pages[0]
    assert "The key of this order serves a customer already. You see it at that license." in pages[1]
    assert ["Show key" in one for one in (*pages, shown)] == [False] * 3


def test_nor_a_key_that_was_not_entered_in_time(alice, world):
    order = quoted(world, alice, kcs_id="")
    accepts(alice, order)
    with acting_as(world.sam):
        rule.change("key_usable_days", to=0, reason="A test", by=world.sam)
    key, _ = by_lena(world, orders.deliver, order)

    page = words(alice.get(reverse("order", args=[order.pk])))
    shown = words(alice.post(reverse("order-key", args=[order.pk]), follow=True))

    said = f"The key of this order ended on {day(key.usable_until, world.alice.zone)}. Order new seats from Nordkey"
    assert [said in one for one in (page, shown)] == [True, True]
    assert ["Show key" in one for one in (page, shown)] == [False, False]


def test_a_rejected_order_shows_the_reason(alice, world):
    order = sent(world, alice)
    by_lena(world, orders.reject, order, reason="We sell from 50 seats on.")

    assert "Reason: We sell from 50 seats on." in words(alice.get(reverse("order", args=[order.pk])))


def test_the_list_narrows_by_state_and_goes_into_a_csv(alice, world):
    first, second = sent(world, alice), quoted(world, alice, kcs_id="")

    page = alice.get(reverse("order-list"), {"state": "quoted"})
    head, line = alice.get(reverse("order-export"), {"state": "quoted"}).content.decode("utf-8-sig").splitlines()

    assert [one.pk for one in page.context["page"].rows] == [second.pk]
    assert first.pk != second.pk
    assert head.startswith("Order,State,License reseller,License,Seats,Months,Customer,KCS Customer ID,Price")
    assert line.startswith(f"{second.pk},Quoted,Nordkey,Knox Configure Dynamic,25,12,,,1250.00,EUR,without tax")


def test_who_works_for_two_msps_sees_the_orders_of_the_one_whose_portal_it_is(client, world):
    client.force_login(world.alice)
    own = sent(world, client, kcs_id="")
    with as_operator():
        there, foreign = Listing.objects.get(pk=own.listing_id), Order.objects.get(pk=own.pk)
        there.pk, there.region = None, world.borealis.region
        there.save(force_insert=True)
        foreign.pk, foreign.msp, foreign.region, foreign.listing = None, world.borealis, there.region, there
        foreign.save(force_insert=True)
    client.force_login(world.mira)

    assert rows(client.get(reverse("order-list"))) == [own.pk]


def rows(response):
    return [one.pk for one in response.context["page"].rows]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("{first}", "first"),
        ("{kcs_id}", "first"),
        ("{name}", "first"),
        ("  NORDK", "both"),
        ("ordkey", ""),
        ("{start}", ""),  # so begin the IDs of many customers
        ("9" * 30, ""),
        ("²", ""),
    ],
)
def test_an_order_is_found_by_number_customer_or_license_reseller(alice, world, typed, found):
    first, second = sent(world, alice), quoted(world, alice, kcs_id="")
    known = {"first": [first.pk], "both": [second.pk, first.pk], "": []}
    q = typed.format(
        first=first.pk, kcs_id=world.first.kcs_id, start=world.first.kcs_id[:6], name=world.first.name[:3].upper()
    )

    page = alice.get(reverse("order-list"), {"q": q})
    lines = alice.get(reverse("order-export"), {"q": q}).content.decode("utf-8-sig").splitlines()

    assert rows(page) == known[found]
    assert len(lines) == 1 + len(known[found])


@pytest.mark.parametrize("sort", ["number", "-number", "seller", "-seller", "seats", "-seats", "x"])
def test_orders_are_sorted_and_paged(alice, world, sort, monkeypatch):
    made = [sent(world, alice, seats=seats) for seats in (30, 20, 30)]
    monkeypatch.setitem(lists.page.__kwdefaults__, "size", 2)

    first = alice.get(reverse("order-list"), {"sort": sort})
    second = alice.get(reverse("order-list") + first.context["page"].next)

    assert (len(rows(first)), sorted(rows(first) + rows(second))) == (2, [one.pk for one in made])


def test_the_list_swaps_its_rows_alone_and_says_how_many(alice, world):
    sent(world, alice)

    part = alice.get(reverse("order-list"), {"q": "nordkey"}, headers={"HX-Request": "true"}).content.decode()

    assert ("<h1>" in part, 'hx-swap-oob="true">1 shown, 1 match' in part) == (False, True)


def test_somebody_who_does_not_see_the_customer_does_not_see_its_order(client, world):
    client.force_login(world.alice)
    order = sent(world, client, kcs_id=world.second.kcs_id)
    client.force_login(world.tom)

    assert client.get(reverse("order", args=[order.pk])).status_code == 404
    assert client.get(reverse("order-list")).context["page"].rows == []


def test_a_foreign_msp_neither_sees_nor_moves_an_order(client, world):
    client.force_login(world.alice)
    order = quoted(world, client)
    client.force_login(world.bob)

    got = [client.get(reverse("order", args=[order.pk])).status_code]
    got += [
        client.post(reverse(name, args=[order.pk])).status_code
        for name in ("order-accept", "order-withdraw", "order-key")
    ]

    with as_operator():
        order.refresh_from_db()
    assert (got, order.state) == ([404] * 4, "quoted")
