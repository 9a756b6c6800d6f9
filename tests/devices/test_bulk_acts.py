"""Approving, tagging and deleting more devices than a request waits for (devices/bulk_acts.py)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import approvals, bulk_acts, bulk_approvals, bulk_deletions, bulk_tags, tasks, tries
from devices.models import Approval, BulkAct, Device
from tenants import memberships
from tenants.models import Membership
from tests.devices import sending
from tests.devices.deciding import own_people
from tests.devices.many import few_are_many, newest
from tests.devices.sending import imeis
from tests.mail.worker import asked_of_the_worker
from tests.services import covering

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(world, client, monkeypatch):
    """Three devices are many, a block has two, and Alice is signed in."""
    few_are_many(monkeypatch, world.sam, at_once=2)
    client.force_login(world.alice)
    return world


def history(verb):
    with as_operator():
        return [event.detail["devices"] for event in Event.objects.filter(verb=verb).order_by("pk")]


def found(approval):
    with as_operator():
        devices = Device.objects.filter(approval=approval).order_by("pk")
        return Approval.objects.get(pk=approval.pk).state, list(devices.values_list("state", flat=True))


@pytest.fixture
def waiting(many):
    return sending.waiting(many, imeis(5), customer=many.first, name="many.csv")


def approve(client, waiting):
    return client.post(reverse("approval", args=[waiting.customer.kcs_id, waiting.pk]) + "?act=approve")


def test_a_worker_approves_and_decides_at_the_end(client, waiting):
    answer = approve(client, waiting)
    bulk_acts._block(newest(), bulk_approvals.WORK)
    between = found(waiting)

    bulk_acts.run(newest().pk, bulk_approvals.WORK)

    assert between == ("pending", ["verified"] * 2 + ["pending"] * 3)
    assert found(waiting) == ("approved", ["verified"] * 5)
    assert (history("upload.approved"), newest().done) == ([5], 5)
    assert "for 5 devices" in client.get(answer.url).content.decode()


def test_who_presses_again_comes_to_the_act_that_runs(client, waiting):
    first, second = approve(client, waiting).url, approve(client, waiting).url

    assert first == second
    with as_operator():
        assert BulkAct.objects.count() == 1


def test_who_presses_again_after_it_stopped_begins_anew(client, waiting):
    first = approve(client, waiting).url
    bulk_acts._stop(newest().pk, bulk_approvals.WORK, "It cannot go on.")

    second = approve(client, waiting).url

    assert (first != second, newest().state) == (True, "running")


def test_what_another_worker_stopped_stays_stopped(client, waiting):
    approve(client, waiting)
    before = newest()
    bulk_acts._stop(before.pk, bulk_approvals.WORK, "It cannot go on.")

    with pytest.raises(tries.Overtaken):
        bulk_acts._block(before, bulk_approvals.WORK)

    assert found(waiting) == ("pending", ["pending"] * 5)
    assert newest().refusal == "It cannot go on."


def test_a_rejection_meanwhile_stops_it_and_what_was_approved_stays(many, client, waiting):
    approve(client, waiting)
    bulk_acts._block(newest(), bulk_approvals.WORK)
    with acting_as(many.tom):
        approvals.reject(waiting, by=many.tom, reason="Not ours.")

    bulk_acts.run(newest().pk, bulk_approvals.WORK)

    assert (newest().state, newest().done) == ("stopped", 2)
    assert "An upload has one decision" in newest().refusal
    assert found(waiting) == ("approved", ["verified"] * 2)
    assert (history("upload.approved"), history("upload.approved_some")) == ([], [2])


def test_why_it_stopped_names_nobody_to_the_other_side(many, client):
    karin, company = own_people(many)
    waiting = sending.waiting(many, imeis(5), customer=company, name="kestrel.csv")
    page = approve(client, waiting).url
    bulk_acts._block(newest(), bulk_approvals.WORK)
    with acting_as(many.mira):
        approvals.reject(waiting, by=many.mira, reason="Not ours.")
    bulk_acts.run(newest().pk, bulk_approvals.WORK)
    ours = client.get(page).content.decode()
    client.force_login(karin)

    theirs = client.get(reverse("admin-portal-bulk-act", args=[newest().pk])).content.decode()

    assert ("Mira Example" in ours, "Mira" in theirs, "reads why" in theirs) == (True, False, True)


def test_the_clock_asks_again_for_an_act_that_stands_still_until_it_ended(client, waiting):
    approve(client, waiting)
    act, long_ago = newest(), timezone.now() - tries.SILENT - timedelta(seconds=1)
    asked_of_the_worker()

    tasks.resume_bulk_acts()  # it was touched just now
    with as_operator():
        BulkAct.objects.filter(pk=act.pk).update(touched_at=long_ago)
    tasks.resume_bulk_acts()
    asked = asked_of_the_worker()
    bulk_acts.run(act.pk, bulk_approvals.WORK)
    with as_operator():
        BulkAct.objects.filter(pk=act.pk).update(touched_at=long_ago)
    tasks.resume_bulk_acts()

    assert (asked, asked_of_the_worker()) == ([("devices.tasks.approve_many", [act.pk])], [])


def test_a_worker_tags_and_says_who_had_the_tags(many, client):
    with as_operator():
        own = Device.objects.filter(approval=sending.waiting(many, imeis(5), customer=many.first, name="tags.csv"))
        own.update(state="verified")
        first = own.order_by("pk").first()
        Device.objects.filter(pk=first.pk).update(tags=["desk"])

    address = reverse("customer-devices-tags", args=[many.first.kcs_id]) + "?all=1"
    answer = client.post(address, {"tags": "desk", "do": "add"})
    bulk_acts.run(newest().pk, bulk_tags.WORK)

    page = client.get(answer.url).content.decode()
    with as_operator():
        assert set(own.values_list("tags__0", flat=True)) == {"desk"}
    assert (newest().done, history("device.tagged")) == (4, ["4 devices"])
    assert ("Had the tags already" in page, str(first) in page) == (True, True)


def delete(client, customer, count):
    address = reverse("customer-devices-delete", args=[customer.kcs_id]) + "?all=1"
    return client.post(address, {"typed": str(count)})


def left(customer):
    with as_operator():
        return set(Device.objects.filter(customer=customer).order_by("pk").values_list("imei", flat=True))


def test_a_worker_deletes_and_leaves_out_what_a_service_keeps(many, client):
    covered, _ = covering.covered(many)
    covering.devices(many, many.first, 4, first=10)

    answer = delete(client, many.first, 5)
    bulk_acts.run(newest().pk, bulk_deletions.WORK)

    page = client.get(answer.url).content.decode()
    assert left(many.first) == {covered.imei}
    assert (newest().state, newest().done, history("device.deleted")) == ("done", 4, ["4 devices"])
    assert "A device with a license of Samsung Care+ for Business cannot be deleted. Cancel its coverage first." in page
    assert ("Nothing changed" in page, covered.imei in page) == (False, True)
    assert "state-off" not in page  # a sentence is no state


def test_what_came_in_after_the_confirmation_is_not_deleted(many, client):
    covering.devices(many, many.first, 3)
    delete(client, many.first, 3)
    (later,) = covering.devices(many, many.first, 1, first=10)

    bulk_acts.run(newest().pk, bulk_deletions.WORK)

    assert left(many.first) == {later.imei}


def test_where_more_match_than_were_confirmed_it_stops(many, client):
    tagged, (other,) = covering.devices(many, many.first, 3), covering.devices(many, many.first, 1, first=10)
    with as_operator():
        Device.objects.filter(pk__in=[one.pk for one in tagged]).update(tags=["old"])
    address = reverse("customer-devices-delete", args=[many.first.kcs_id]) + "?all=1&tag=old"
    client.post(address, {"typed": "3"})
    with as_operator():
        BulkAct.objects.filter(pk=newest().pk).update(until=other.pk)
        Device.objects.filter(pk=other.pk).update(tags=["old"])

    bulk_acts.run(newest().pk, bulk_deletions.WORK)

    assert (newest().state, newest().done) == ("stopped", 2)
    assert "More devices match by now than the 3 that you confirmed" in newest().refusal
    assert other.imei in left(many.first)


def test_who_may_not_delete_any_more_deletes_nothing(many, client):
    covering.devices(many, many.first, 3)
    client.force_login(many.tom)
    delete(client, many.first, 3)
    with acting_as(many.alice), as_operator():
        memberships.block(Membership.objects.get(user=many.tom), by=many.alice)

    bulk_acts.run(newest().pk, bulk_deletions.WORK)

    assert (newest().state, newest().done, len(left(many.first))) == ("stopped", 0, 3)
