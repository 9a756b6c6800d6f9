"""The pages on which a customer's side decides uploads: the queue over all customers, one's, and the review."""

import gzip

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices import approvals, tasks
from devices.models import Approval, Device
from portals.shell import shell
from rules import settings as rule
from tenants import lists
from tenants.models import Export
from tests import world as cast
from tests.devices import sending
from tests.devices.sending import AMERICA, EUROPE, SERIAL, added, imei, imeis

QUEUE = "/uploads/waiting/"


@pytest.fixture
def world(world):
    """Rita's company sells in North America, too."""
    with as_operator():
        world.reseller.regions = ["europe", "north_america"]
        world.reseller.save()
    return world


def waiting(world, customer, count=2, first=0, tac=EUROPE):
    return sending.waiting(world, imeis(count, first=first, tac=tac), customer=customer, name=f"{first}.csv")


def page(client, person, url, **query):
    client.force_login(person)
    return client.get(url, query)


def review(approval, act=""):
    url = reverse("approval", args=[approval.customer.kcs_id, approval.pk])
    return f"{url}?act={act}" if act else url


def devices(approval, state):
    with as_operator():
        return Device.objects.filter(approval=approval, state=state).count()


def rows(response):
    return [one.pk for one in response.context["page"].rows]


# The queue


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


# One customer's, and the customer's own


def test_a_customers_page_shows_its_own_alone(world, client):
    one = waiting(world, world.first)
    waiting(world, world.second, first=10)

    response = page(client, world.alice, reverse("customer-approvals", args=[world.first.kcs_id]))

    assert rows(response) == [one.pk]


def test_a_direct_customer_decides_in_its_own_portal(world, client):
    approval = waiting(world, world.contoso)
    url = reverse("admin-portal-approval", args=[approval.pk])

    listed = page(client, world.carl, reverse("admin-portal-approvals"))
    shown = client.get(url)
    done = client.post(f"{url}?act=approve", follow=True)

    assert (rows(listed), shown.status_code) == ([approval.pk], 200)
    assert b"You approved 2 devices for Contoso." in done.content
    assert devices(approval, "verified") == 2


def test_another_customers_approval_is_not_there_in_the_own_portal(world, client):
    approval = waiting(world, world.first)
    client.force_login(world.carl)

    answers = [client.get(reverse("admin-portal-approval", args=[approval.pk])).status_code]
    answers += [client.post(reverse("admin-portal-approval", args=[approval.pk]) + "?act=approve").status_code]

    assert (answers, devices(approval, "pending")) == ([404, 404], 2)


def test_an_approval_is_reached_through_its_customer_only(world, client):
    approval = waiting(world, world.first)
    client.force_login(world.alice)
    url = reverse("approval", args=[world.second.kcs_id, approval.pk])

    answers = [client.get(url).status_code, client.post(f"{url}?act=approve").status_code]

    assert (answers, devices(approval, "pending")) == ([404, 404], 2)


# The review


def test_the_review_says_who_sent_what(world, client):
    approval = sending.waiting(world, [*imeis(2), f"{SERIAL},SM-S921B"], customer=world.first)

    response = page(client, world.alice, review(approval))

    text = response.content.decode()
    for words in (f"Upload {approval.upload_id}", "Resell", "Galaxy S24", "SM-S921B, Europe", imei(0), SERIAL):
        assert words in text
    assert f"Approve {approval.devices} devices for Fjordline Freight?" in text


def test_approve_from_the_page(world, client):
    approval = waiting(world, world.first)
    client.force_login(world.alice)

    response = client.post(review(approval, "approve"), follow=True)

    assert response.redirect_chain[0][0] == reverse("customer-approvals", args=[world.first.kcs_id])
    assert b"You approved 2 devices for Fjordline Freight." in response.content
    assert devices(approval, "verified") == 2


def test_approve_some_from_the_page(world, client):
    approval, other = waiting(world, world.first), waiting(world, world.first, first=10)
    with as_operator():
        mine, foreign = (Device.objects.filter(approval=one).first().pk for one in (approval, other))
    client.force_login(world.alice)
    typed = {"device": [mine, foreign, "x", "9" * 40]}

    response = client.post(review(approval, "some"), typed, follow=True)

    assert response.redirect_chain[0][0] == review(approval)
    assert b"You approved 1 device for Fjordline Freight." in response.content
    assert [devices(approval, "verified"), devices(other, "verified")] == [1, 0]
    assert len(rows(response)) == 1  # what waits is listed
    assert mine not in rows(response)


def test_reject_from_the_page(world, client):
    approval = waiting(world, world.first)
    client.force_login(world.alice)

    response = client.post(review(approval, "reject"), {"reason": "Not ordered."}, follow=True)
    again = client.get(review(approval))

    assert f"You rejected upload {approval.upload_id}." in response.content.decode()
    assert (b"Not ordered." in again.content, b"Alice Example" in again.content) == (True, True)
    assert devices(approval, "pending") == 0


def test_a_rejection_without_a_reason_comes_back_open(world, client):
    approval = waiting(world, world.first)
    client.force_login(world.alice)

    response = client.post(review(approval, "reject"), {"reason": " "})

    assert response.status_code == 422
    assert b"The other side reads the reason in an email. Write one or two sentences." in response.content
    assert b'<details class="card reject" open>' in response.content


@pytest.mark.parametrize("act", ["", "nonsense", "APPROVE"])
def test_what_no_button_says_changes_nothing(world, client, act):
    approval = waiting(world, world.first)
    client.force_login(world.alice)

    response = client.post(review(approval, act))

    assert (response.status_code, devices(approval, "pending")) == (422, 2)


def test_the_second_of_two_reads_who_was_first(world, client):
    approval = waiting(world, world.first)
    client.force_login(world.alice)
    client.post(review(approval, "approve"))
    client.force_login(world.mira)

    response = client.post(review(approval, "reject"), {"reason": "No."})

    assert response.status_code == 409
    assert f"Alice Example already approved upload {approval.upload_id} on " in response.content.decode()


def test_who_only_views_sees_no_button(world, client):
    approval = waiting(world, world.first)

    response = page(client, world.vera, review(approval))
    posted = client.post(review(approval, "approve"))

    assert (b"Approve upload" in response.content, posted.status_code) == (False, 403)
    assert devices(approval, "pending") == 2


def test_the_own_side_reads_no_name_of_the_msp(world, client):
    karin = cast.person("karin@kestrel.example")
    company = cast.full_access(world.aurora, world.alice, "Kestrel")
    with as_operator():
        cast.memberships.join(karin, company.roles.super_admin(), by=karin)
    approval = waiting(world, company)
    with acting_as(world.alice), transaction.atomic():
        approvals.approve(approval, by=world.alice)

    response = page(client, karin, reverse("admin-portal-approval", args=[approval.pk]))

    assert (b"The MSP" in response.content, b"Alice" in response.content) == (True, False)


@pytest.mark.parametrize("act", ["look", "approve"])
def test_the_review_costs_at_most_ten_queries(world, client, django_assert_max_num_queries, act):
    approval = waiting(world, world.first, 60)
    client.force_login(world.alice)
    client.post(review(approval, act), follow=True)

    with django_assert_max_num_queries(14) as queries:  # four of them are savepoints
        client.get(review(approval))

    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 10


def test_the_devices_come_in_pages(world, client):
    approval = waiting(world, world.first, 60)

    first = page(client, world.alice, review(approval))
    second = client.get(review(approval) + first.context["page"].next)

    assert (len(rows(first)), len(rows(second))) == (50, 10)
