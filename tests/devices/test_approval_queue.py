"""The queue of uploads that wait for a decision, over all customers of an MSP."""

import gzip

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices import approvals, tasks
from devices.models import Approval
from portals.shell import shell
from rules import settings as rule
from tenants import lists
from tenants.models import Export
from tests.devices.approval_pages import QUEUE, page, review, rows, waiting
from tests.devices.sending import AMERICA, added, imeis


@pytest.fixture
def world(world):
    """Rita's company sells in North America, too."""
    with as_operator():
        world.reseller.regions = ["europe", "north_america"]
        world.reseller.save()
    return world


def test_the_queue_shows_what_waits_longest_first(world, client):
    one, two = waiting(world, world.first), waiting(world, world.second, first=10)

    response = page(client, world.alice, QUEUE)

    assert rows(response) == [one.pk, two.pk]
    assert (b"Fjordline Freight" in response.content, review(one).encode() in response.content) == (True, True)


def test_the_queue_shows_each_person_what_its_grants_show(world, client):
    one, two = waiting(world, world.first), waiting(world, world.second, first=10)
    foreign = waiting(world, world.foreign, tac=AMERICA)

    found = {who: rows(page(client, getattr(world, who), QUEUE)) for who in ("alice", "tom", "vera", "mira", "bob")}

    assert found == {
        "alice": [one.pk, two.pk],
        "tom": [one.pk],
        "vera": [one.pk, two.pk],
        "mira": [one.pk, two.pk],  # of the MSP that is open, though she sees Borealis's too
        "bob": [foreign.pk],
    }


def test_the_badge_counts_what_can_be_decided_and_is_seen(world, client, rf):
    waiting(world, world.first), waiting(world, world.second, first=10)
    running = waiting(world, world.second, first=20)
    with as_operator():
        Approval.objects.filter(pk=running.pk).update(is_complete=False)

    badges = {who: page(client, getattr(world, who), "/customers/").content for who in ("alice", "tom", "bob")}

    assert b"2 to approve" in badges["alice"]
    assert b"1 to approve" in badges["tom"]
    assert b"to approve" not in badges["bob"]


def test_the_badge_costs_one_query_and_pages_without_a_rail_none(world, rf, django_assert_num_queries):
    request = rf.get("/")
    with acting_as(world.alice), transaction.atomic():
        with django_assert_num_queries(0):
            nothing = shell(request)["shell"].uploads_waiting
        request.msp, request.user, request.session = world.aurora, world.alice, {}
        with django_assert_num_queries(1):
            none = shell(request)["shell"].uploads_waiting

    assert (nothing, none) == ("", "")


@pytest.mark.parametrize(("view", "states"), [
    ("waiting", ["pending"]), ("approved", ["approved"]), ("rejected", ["rejected"]),
    ("all", ["approved", "pending", "rejected"]), ("nonsense", ["pending"]),
])  # fmt: skip
def test_the_queue_is_filtered_by_state(world, client, view, states):
    yes, no, _ = (waiting(world, world.first, first=number) for number in (0, 10, 20))
    with acting_as(world.alice), transaction.atomic():
        approvals.approve(yes, by=world.alice)
        approvals.reject(no, by=world.alice, reason="Not ordered.")

    response = page(client, world.alice, QUEUE, view=view)

    assert sorted(one.state for one in response.context["page"].rows) == states


def test_the_queue_is_searched_by_upload_customer_and_reseller(world, client):
    one, two = waiting(world, world.first), waiting(world, world.second, first=10)

    def found(q):
        return rows(page(client, world.alice, QUEUE, q=q))

    assert found(str(one.upload_id)) == [one.pk]
    assert found("fjord") == [one.pk]
    assert found(world.second.kcs_id) == [two.pk]
    assert found("rese") == [one.pk, two.pk]
    assert found("9" * 60) == found("nobody") == []


@pytest.mark.parametrize("sort", ["customer", "-customer", "sender", "sent", "-sent", "devices", "-devices", "x"])
def test_the_queue_is_sorted_and_paged(world, client, sort, monkeypatch):
    made = [waiting(world, [world.first, world.second][n % 2], count=n + 1, first=n * 10) for n in range(4)]
    monkeypatch.setitem(lists.page.__kwdefaults__, "size", 3)

    first = page(client, world.alice, QUEUE, sort=sort)
    second = client.get(QUEUE + first.context["page"].next)

    assert sorted(rows(first) + rows(second)) == sorted(one.pk for one in made)
    assert len(rows(first)) == 3


def test_the_queue_swaps_its_rows_alone(world, client):
    waiting(world, world.first)
    client.force_login(world.alice)

    response = client.get(QUEUE, headers={"HX-Request": "true"})

    assert (b"<html" in response.content, b"Fjordline Freight" in response.content) == (False, True)


def test_the_queue_as_csv_has_what_the_list_shows(world, client):
    one = waiting(world, world.first)
    waiting(world, world.second, first=10)

    response = page(client, world.alice, QUEUE, csv="1", q="fjord")

    head, line = response.content.decode("utf-8-sig").splitlines()
    assert head == "Upload ID,Customer,KCS Customer ID,Reseller,Devices,Status,Sent,Decided,Reason"
    assert line.startswith(f"{one.upload_id},Fjordline Freight,{world.first.kcs_id},Resell,2,Pending,20")


@pytest.mark.parametrize("address", [QUEUE, "customer-approvals"])
def test_a_long_csv_is_made_by_the_worker(world, client, address):
    waiting(world, world.first), waiting(world, world.first, first=10), waiting(world, world.second, first=20)
    with as_operator():
        rule.change("export_limit", to=1, reason="A test", by=world.sam)
    url = address if address == QUEUE else reverse(address, args=[world.first.kcs_id])

    response = page(client, world.tom, url, csv="1")
    with as_operator():
        export = Export.objects.get()
    tasks.export_approvals(str(export.pk))

    assert response.url == reverse("export", args=[export.pk])
    with as_operator():
        text = gzip.decompress(bytes(Export.objects.get().content)).decode()
    assert (len(text.splitlines()), "Lumen" in text) == (3, False)  # Tom sees the first customer only


def test_a_long_csv_of_a_customer_has_no_line_of_another(world, client):
    waiting(world, world.first), waiting(world, world.first, first=10), waiting(world, world.second, first=20)
    with as_operator():
        rule.change("export_limit", to=1, reason="A test", by=world.sam)

    page(client, world.alice, reverse("customer-approvals", args=[world.first.kcs_id]), csv="1")
    with as_operator():
        export = Export.objects.get()
    tasks.export_approvals(str(export.pk))

    with as_operator():
        text = gzip.decompress(bytes(Export.objects.get().content)).decode()
    assert (len(text.splitlines()), world.second.name in text) == (3, False)


def test_an_empty_queue_says_what_resellers_need(world, client):
    response = page(client, world.alice, QUEUE)
    own = page(client, world.carl, reverse("admin-portal-approvals"))

    assert b"No upload waits for you" in response.content
    assert b"Resellers need the KCS Customer ID of your customer." in response.content
    assert b"No upload waits for you" in own.content


def test_what_the_msp_uploads_itself_stands_not_in_the_queue(world, client):
    added(world.alice, imeis(2), customer=world.first)

    response = page(client, world.alice, QUEUE, view="all")

    assert rows(response) == []
