"""Seats for more devices than a request waits for (licensing/bulk_seats.py)."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import bulk_acts
from devices.models import BulkAct, Device
from licensing import bulk_seats, keys, seats, tasks
from licensing.models import License, Seat
from tenants import access
from tenants.models import Access, Customer, CustomerGroupGrant
from tests.devices.many import few_are_many, newest
from tests.licensing.ground import counts, devices, entered, sold
from tests.mail.worker import asked_of_the_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(world, client, monkeypatch):
    """Three devices are many, a block has two, and Alice is signed in."""
    few_are_many(monkeypatch, world.sam, at_once=2)
    client.force_login(world.alice)
    return world


def all_of(license, name="license-assign"):
    own = [license.customer.kcs_id] if name == "license-assign" else []
    return reverse(name, args=[*own, license.pk])


def lines():
    with as_operator():
        return [event.detail["devices"] for event in Event.objects.filter(verb="license.seats_taken").order_by("pk")]


def seated(license):
    with as_operator():
        return set(Seat.objects.filter(license=license).values_list("device_id", flat=True))


def test_a_worker_gives_the_seats_and_history_has_one_line(many, client, django_capture_on_commit_callbacks):
    license, made = entered(many, seats=5), devices(many.first, 5)
    asked_of_the_worker()

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(all_of(license), {"all": "1"})
    asked = asked_of_the_worker()
    tasks.seat_many(newest().pk)
    page = client.get(answer.url).content.decode()

    assert asked == [("licensing.tasks.seat_many", [newest().pk])]
    assert answer.url == reverse("customer-bulk-act", args=[many.first.kcs_id, newest().pk])
    assert (seated(license), counts(license)) == ({one.pk for one in made}, (5, 5, 5))
    assert (lines(), newest().done, "for 5 devices" in page) == ([5], 5, True)
    assert reverse("customer-licenses", args=[many.first.kcs_id]) in page


def test_a_company_has_its_own_seated_so(many, client):
    with acting_as(many.carl):
        license = keys.enter(many.contoso, sold(many, seats=3), by=many.carl)
    made = devices(many.contoso, 3)
    client.force_login(many.carl)

    answer = client.post(all_of(license, "admin-portal-license-assign"), {"all": "1"})
    bulk_acts.run(newest().pk, bulk_seats.WORK)
    page = client.get(answer.url).content.decode()

    assert answer.url == reverse("admin-portal-bulk-act", args=[newest().pk])
    assert seated(license) == {one.pk for one in made}
    assert reverse("admin-portal-licenses") in page


def test_only_what_the_search_finds_gets_a_seat(many, client):
    license, made = entered(many, seats=9), devices(many.first, 5)
    with as_operator():
        Device.objects.filter(pk__in=[one.pk for one in made[:3]]).update(order_number="PO-1")

    client.post(all_of(license), {"all": "1", "q": "PO-1"})
    bulk_acts.run(newest().pk, bulk_seats.WORK)

    assert seated(license) == {one.pk for one in made[:3]}


def test_too_few_seats_are_refused_before_anything_begins(many, client):
    license = entered(many, seats=4)
    devices(many.first, 5)

    answer = client.post(all_of(license), {"all": "1"})

    assert (answer.status_code, counts(license)) == (422, (0, 0, 0))
    assert "5 devices need 5 seats." in answer.content.decode()
    with as_operator():
        assert not BulkAct.objects.exists()


@pytest.fixture
def begun(many, client):
    """Two of five devices have their seats."""
    license, made = entered(many, seats=5), devices(many.first, 5)
    client.post(all_of(license), {"all": "1"})
    bulk_acts._block(newest(), bulk_seats.WORK)
    return license, made


def test_it_stops_where_somebody_else_took_the_seats(many, begun):
    license, _ = begun
    with acting_as(many.alice):
        late = devices(many.first, 2)  # came in later, so the act is not about them
        seats.take(license, late, by=many.alice)

    bulk_acts.run(newest().pk, bulk_seats.WORK)

    assert (newest().state, newest().done, counts(license)) == ("stopped", 2, (4, 4, 4))
    assert "2 devices need 2 seats." in newest().refusal
    assert lines() == [2, 2]


def test_it_goes_on_with_those_that_have_no_seat_yet(many, begun):
    license, made = begun
    with acting_as(many.alice):
        seats.take(license, made[2:3], by=many.alice)

    bulk_acts.run(newest().pk, bulk_seats.WORK)

    assert (newest().state, newest().done, counts(license)) == ("done", 4, (5, 5, 5))


def test_a_device_that_went_meanwhile_is_no_reason_to_stop(many, begun):
    license, made = begun
    with as_operator():
        Device.objects.filter(pk=made[2].pk).delete()

    bulk_acts.run(newest().pk, bulk_seats.WORK)

    assert (newest().state, counts(license)) == ("done", (4, 4, 4))


def test_it_stops_where_the_license_is_deleted(many, client):
    license, _ = entered(many, seats=5), devices(many.first, 5)
    client.post(all_of(license), {"all": "1"})
    with as_operator():
        License.objects.filter(pk=license.pk).update(deleted_at=license.starts_at)

    bulk_acts.run(newest().pk, bulk_seats.WORK)

    assert (newest().state, newest().done) == ("stopped", 0)
    assert newest().refusal == "This license is not there any more, so it stopped here."


def test_it_stops_where_the_customer_takes_its_licenses_over(many, begun):
    license, _ = begun
    with as_operator():
        Customer.objects.filter(pk=many.first.pk).update(access=Access.FULL)

    bulk_acts.run(newest().pk, bulk_seats.WORK)

    assert (newest().state, counts(license)) == ("stopped", (2, 2, 2))
    assert "has Full access, so it enters and changes its own licenses" in newest().refusal


def test_it_stops_where_the_person_may_not_any_more(many, begun):
    license, _ = begun
    with as_operator():
        CustomerGroupGrant.objects.filter(content_object=many.first, permission__codename=access.LICENSES).delete()

    bulk_acts.run(newest().pk, bulk_seats.WORK)

    assert (newest().refusal, counts(license)) == (bulk_acts.LOST, (2, 2, 2))
