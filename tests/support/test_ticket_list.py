"""The list of the own side's tickets: what is found there, in which order, and that the file has the same."""

import csv
import io

import pytest
from django.urls import reverse

from support.models import Ticket
from tenants.lists import PAGE_SIZE
from tests.architecture.bulk import add_tickets
from tests.support.ground import opened

HOSTILE = ["9" * 18, "9" * 19, "9" * 5000, "-1", "1.5", "²", "١٢", "%", "_", "\\", "x" * 5000]
LIST = reverse("ticket-list")


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


def found(client, **query):
    """The tickets on the page, in its order."""
    return [row.pk for row in client.get(LIST, query).context["page"].rows]


def exported(client, **query):
    text = client.get(reverse("ticket-export"), query).text
    return [int(row["Ticket"]) for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]


def walked(client, address):
    """The tickets of all pages, one after the other."""
    seen = []
    while address:
        page = client.get(LIST + address).context["page"]
        seen += [row.pk for row in page.rows]
        address = page.next
    return seen


def test_a_ticket_is_found_by_its_number_and_by_any_part_of_its_subject(world, alice):
    phone, invoice = (opened(world.alice, own=world.aurora, subject=one).pk for one in ("A phone", "Where is a%_of it"))

    for typed in (str(phone), f" {phone} ", "a PH", "phone"):
        assert found(alice, q=typed) == [phone], typed
    for typed in ("where", "a%", "%_of"):
        assert found(alice, q=typed) == [invoice], typed


def test_a_number_also_stands_in_a_subject(world, alice):
    first = opened(world.alice, own=world.aurora)
    second = opened(world.alice, own=world.aurora, subject=f"Again about {first.pk}")

    assert found(alice, q=str(first.pk)) == [second.pk, first.pk]


def test_search_state_and_kind_narrow_together(world, alice):
    asked = opened(world.alice, own=world.aurora, subject="Phone", kind=Ticket.Kind.DEVICE).pk
    opened(world.alice, own=world.aurora, subject="Phone")
    opened(world.alice, own=world.aurora, kind=Ticket.Kind.DEVICE)

    assert found(alice, q="phone", kind="device", state="open") == [asked]
    assert found(alice, q="phone", kind="device", state="closed") == []
    assert [chip.label for chip in alice.get(LIST, {"q": "phone", "kind": "device"}).context["chips"]] == [
        "Search", "Kind",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["alice", "rita", "lena", "carl", "nora"])
def test_nobody_finds_a_ticket_of_another_organization(world, client, who):
    ticket = opened(world.mira, own=world.borealis, subject="Where is the phone")
    person = getattr(world, who)
    own = {"alice": world.aurora, "rita": world.reseller, "lena": world.license_reseller, "carl": world.contoso}
    mine = opened(person, own=own.get(who), subject="Where is mine")
    client.force_login(person)

    assert (found(client, q="where"), found(client, q=str(ticket.pk))) == ([mine.pk], [])
    assert (exported(client, q="where"), exported(client, q=str(ticket.pk))) == ([mine.pk], [])


@pytest.mark.parametrize(
    ("sort", "first_opened_first"),
    [("", True), ("moved", True), ("-moved", False), ("ticket", False), ("-ticket", True), ("no-such", True)],
)
def test_it_sorts_both_ways_and_over_pages(world, alice, sort, first_opened_first):
    """What was opened first moved last here, so that the two columns differ."""
    numbers = add_tickets(world, 2 * PAGE_SIZE + 5)
    expected = numbers if first_opened_first else numbers[::-1]

    assert walked(alice, f"?sort={sort}") == expected
    assert walked(alice, f"?sort={sort}&q=bulk") == expected


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: ascii(typed)[:12])
def test_whatever_is_typed_is_answered(world, alice, typed):
    opened(world.alice, own=world.aurora)

    for query in ({"q": typed}, {"state": typed, "kind": typed}, {"sort": typed, "after": typed}):
        for url in (LIST, reverse("ticket-export")):
            assert alice.get(url, query).status_code == 200


def test_the_file_has_what_the_list_shows_in_its_order(world, alice):
    add_tickets(world, 3)
    opened(world.alice, own=world.aurora)

    for query in ({"q": "bulk"}, {"q": "bulk", "sort": "-ticket"}, {"q": "bulk", "kind": "device"}, {"sort": "ticket"}):
        page = alice.get(LIST, query)
        numbers = [row.pk for row in page.context["page"].rows]
        assert exported(alice, **query) == numbers
        assert page.context["csv_url"].partition("?")[2] == page.request["QUERY_STRING"]


def test_what_is_typed_swaps_the_rows_the_count_and_the_address_of_the_file(world, alice):
    opened(world.alice, own=world.aurora)

    part = alice.get(LIST, {"q": "invoice"}, headers={"HX-Request": "true"}).text
    none = alice.get(LIST, {"q": "nothing like it"}, headers={"HX-Request": "true"}).text

    assert ("<html" in part, "1 shown, 1 match" in part, "?q=invoice" in part) == (False, True, True)
    assert ("Nothing matches “nothing like it”" in none, "0 shown, 0 match" in none) == (True, True)
    assert f'href="{LIST}">Clear filters' in none


@pytest.mark.parametrize("who", ["alice", "tom", "vera", "rita", "lena", "carl", "nora"])
def test_an_empty_list_offers_a_deletion_to_who_may_ask_for_one(world, client, who):
    client.force_login(getattr(world, who))

    page = client.get(LIST).text

    assert "You have no ticket" in page
    assert ("Open one for a deletion" in page) == (who in ("alice", "tom"))
