"""The pages on which a customer's side decides uploads: one customer's list, and the review."""

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices import approvals
from devices.models import Device
from tenants import access, roles
from tests import world as cast
from tests.devices import sending
from tests.devices.approval_pages import devices, page, review, rows, waiting
from tests.devices.sending import SERIAL, imei, imeis

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

    assert (b"?act=approve" in response.content, posted.status_code) == (False, 403)
    assert devices(approval, "pending") == 2


def test_who_may_not_approve_reads_which_right_is_missing(world, client):
    """Also who may change the customer: approving is a right of its own."""
    approval = waiting(world, world.first)
    with as_operator():
        technician = world.aurora.roles.get(name="Technician")
        roles.change_rights(technician, sorted(set(technician.rights) - {access.APPROVE}))

    response = page(client, world.mira, review(approval))

    assert 'Your role does not include "Approve uploads".' in response.content.decode()


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
