"""The MSP's pages of one license: keys, trials, seats, what can be changed (knox.md 5.6, FAQ Q8, Q9)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from licensing import keys, licenses, seats
from licensing.models import License, Seat
from tenants import access, administrators, roles
from tenants.models import Membership
from tests.licensing.ground import counts, devices, entered, sold
from tests.licensing.license_pages import at, full, names, of, trial, words

pytestmark = pytest.mark.django_db


# Keys ----------------------------------------------------------------------------------------------------------------


def test_a_key_is_entered_and_says_whom_it_serves(alice, world):
    typed = sold(world, seats=10, months=12)

    response = alice.post(of(world, "license-enter"), {"key": typed, "name": "Store phones"}, follow=True)

    assert "Store phones serves Fjordline Freight: 10 seats until" in words(response)


def test_a_key_entered_from_the_trial_takes_its_devices_over(alice, world):
    started = trial(world)
    with acting_as(world.alice):
        seats.take(started, devices(world.first, 2), by=world.alice)
    address = f"{of(world, 'license-enter')}?trial={started.pk}"

    page = alice.get(at("license", started)).text
    response = alice.post(address, {"key": sold(world, seats=10), "name": "Store phones"}, follow=True)

    assert f'href="{address}"' in page
    assert "Store phones serves Fjordline Freight: 10 seats until" in words(response)
    with as_operator():
        assert dict(License.objects.values_list("name", "used")) == {"Knox Configure trial": 0, "Store phones": 2}


@pytest.mark.parametrize("trial_id", ["0", "x", "9" * 30, "-1"])
def test_a_key_entered_from_a_trial_that_is_not_there_changes_nothing_else(alice, world, trial_id):
    assert alice.get(of(world, "license-enter"), {"trial": trial_id}).status_code in (200, 404)


def test_before_a_key_is_entered_the_page_warns(alice, world):
    page = words(alice.get(of(world, "license-enter")))

    assert "This key serves Fjordline Freight from now on, and no other customer ever." in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("hello", "A license key looks like KLM09-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX."),
        ("KLM09-AAAAA-AAAAA-AAAAA-AAAAA-AAAAB", "This license key has a typing error."),
    ],
)
def test_a_wrong_key_stays_in_its_field_with_its_sentence(alice, world, typed, sentence):
    response = alice.post(of(world, "license-enter"), {"key": typed})

    assert (response.status_code, sentence in response.text, f'value="{typed}"' in response.text) == (422, True, True)


def test_a_key_of_another_own_customer_is_named_with_it(alice, world):
    typed = sold(world)
    with acting_as(world.alice):
        license = keys.enter(world.second, typed, by=world.alice)

    response = alice.post(of(world, "license-enter"), {"key": typed})

    assert f"{license.key.masked} already serves Lumen Retail. One key serves one customer, for ever." in response.text
    assert response.status_code == 422


def test_the_key_is_shown_once_and_written_down(alice, world):
    typed = sold(world)
    with acting_as(world.alice):
        license = keys.enter(world.first, typed, by=world.alice)
    before = alice.get(at("license", license))

    shown = alice.post(at("license-key", license))

    after = alice.get(at("license", license))
    assert (typed in before.text, typed in shown.text, typed in after.text) == (False, True, False)
    assert shown["Cache-Control"] == "no-store"
    with as_operator():
        assert Event.objects.latest("pk").verb == "license.key_shown"


# Trials --------------------------------------------------------------------------------------------------------------


def test_one_click_starts_the_trial_and_shows_its_end_in_the_own_zone(alice, world):
    with as_operator():
        type(world.alice).objects.filter(pk=world.alice.pk).update(time_zone="Asia/Seoul")
    with time_machine.travel("2027-01-15T22:30:00Z", tick=False):
        response = alice.post(of(world, "trial-start"), follow=True)

    assert "The trial runs until 16 Apr 2027, 07:30 KST." in words(response)
    assert "90 days left. The trial ends on 16 Apr 2027, 07:30 KST ." in words(response)


def test_a_second_trial_is_refused_and_no_longer_offered(alice, world):
    trial(world)

    response = alice.post(of(world, "trial-start"), follow=True)

    assert "Fjordline Freight had its Knox Configure trial from" in words(response)
    assert "Start trial" not in response.text
    assert "Start trial" not in alice.get(of(world, "customer")).text


def test_the_sixth_device_is_refused_with_the_way_to_buy(alice, world):
    license = trial(world)
    made = devices(world.first, 6)
    url = at("license-assign", license)
    alice.post(url, {"device": [one.pk for one in made[:5]]})

    response = alice.post(url, {"device": [made[5].pk]})

    assert response.status_code == 422
    assert (
        "A trial is for up to 5 devices, and Fjordline Freight uses all of them. Unenroll one or order a license."
        in words(response)
    )
    assert f"{reverse('order-new')}?customer={world.first.kcs_id}" in response.text
    assert counts(license) == (5, 5, 5)


# Seats ---------------------------------------------------------------------------------------------------------------


def test_ticked_devices_get_a_seat_and_leave_the_choice(alice, world):
    license = entered(world, seats=10)
    made = devices(world.first, 3)

    response = alice.post(at("license-assign", license), {"device": [one.pk for one in made[:2]]}, follow=True)

    assert "2 devices enroll in Knox Configure." in words(response)
    left = alice.get(at("license-assign", license)).context["page"].rows
    assert [one.pk for one in left] == [made[2].pk]


def test_all_that_match_get_a_seat_or_none(alice, world):
    license = entered(world, seats=3)
    made = devices(world.first, 4)
    with as_operator():
        type(made[0]).objects.filter(pk__in=[one.pk for one in made[:3]]).update(order_number="PO-1")
    url = at("license-assign", license)

    all_of_them = alice.post(url, {"all": "1"})
    of_the_order = alice.post(url, {"all": "1", "q": "PO-1"})

    assert (all_of_them.status_code, of_the_order.status_code) == (422, 302)
    assert "4 devices need 4 seats." in words(all_of_them)
    assert counts(license) == (3, 3, 3)


def test_devices_of_another_customer_are_not_taken(alice, world):
    license = entered(world)
    foreign = devices(world.second, 1)

    response = alice.post(at("license-assign", license), {"device": [foreign[0].pk, "x", "9" * 30]})

    assert (response.status_code, counts(license)) == (422, (0, 0, 0))


def test_released_devices_free_their_seats(alice, world):
    license = entered(world)
    made = devices(world.first, 3)
    with acting_as(world.alice):
        seats.take(license, made, by=world.alice)

    response = alice.post(at("license-release", license), {"device": [made[0].pk, made[1].pk]}, follow=True)

    assert "2 devices leave Knox Configure." in words(response)
    with as_operator():
        assert list(Seat.objects.values_list("device", flat=True)) == [made[2].pk]


def test_the_pace_tells_until_when_the_seats_last(alice, world):
    with time_machine.travel(timezone.now() - timedelta(days=10)):
        license = entered(world, seats=10)
    with acting_as(world.alice):
        seats.take(license, devices(world.first, 5), by=world.alice)

    assert "At this pace the seats last until" in words(alice.get(at("license", license)))


# What can be changed -------------------------------------------------------------------------------------------------


def test_rename_extend_and_more_seats(alice, world):
    license = entered(world, name="Old", seats=10, months=12)
    longer, more = sold(world, seats=10, months=6), sold(world, seats=5)

    alice.post(at("license-rename", license), {"name": "New"})
    alice.post(at("license-extend", license), {"key": longer})
    response = alice.post(at("license-seats", license), {"key": more}, follow=True)

    with as_operator():
        license.refresh_from_db()
    assert (license.name, license.months, license.seats) == ("New", 18, 15)
    assert "More seats + 5 seats, with" in words(response)


def test_one_seat_and_one_month_are_no_plural(alice, world):
    license = entered(world, seats=1, months=12)
    longer, more = sold(world, seats=1, months=1), sold(world, seats=1)

    before = words(alice.get(at("license", license)))
    alice.post(at("license-extend", license), {"key": longer})
    after = words(alice.post(at("license-seats", license), {"key": more}, follow=True))

    assert "0 of 1 seat 1 left" in before
    assert "+ 1 month, with" in after
    assert "+ 1 seat, with" in after


def test_seats_can_be_given_back_where_the_type_goes_both_ways(alice, world):
    license = entered(world, code="kc-dynamic-per-seat", seats=10)

    few = alice.post(at("license-reduce", license), {"seats": "11"})
    done = alice.post(at("license-reduce", license), {"seats": "4"}, follow=True)

    assert few.status_code == 422
    assert "has 4 seats now." in words(done)


def test_replace_moves_the_devices(alice, world):
    old, new = entered(world, name="Old"), entered(world, name="New")
    with acting_as(world.alice):
        seats.take(old, devices(world.first, 2), by=world.alice)

    alice.post(at("license-replace", old), {"to": str(new.pk)})

    assert (counts(old), counts(new)) == ((0, 0, 0), (2, 2, 2))
    assert "New replaced Old." in words(alice.get(at("license", old)))


def test_delete_asks_for_the_last_five_signs(alice, world):
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        license = entered(world, months=12)

    wrong = alice.post(at("license-remove", license), {"typed": "AAAAA"})
    right = alice.post(at("license-remove", license), {"typed": license.key.last5})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert alice.get(at("license", license)).status_code == 404


def test_what_cannot_be_done_is_shown_with_its_reason(alice, world):
    license = entered(world)

    page = alice.get(at("license", license))

    assert "can be deleted after its end." in words(page)
    assert re.search(r'aria-disabled="true"\s+aria-describedby="why-delete"', page.text)
    assert "can be deleted after its end." in words(alice.get(at("license-remove", license)))


def test_jointly_managed_customers_are_read_only_with_the_reason(alice, world):
    license = full(world)
    made = devices(license.customer, 1)
    reason = "Kestrel has Full access, so it enters and changes its own licenses in the Knox Admin Portal."

    page = words(alice.get(at("license", license)))
    refused = alice.post(at("license-assign", license), {"device": [made[0].pk]})
    named = alice.post(at("license-rename", license), {"name": "Ours"})

    assert reason in page
    assert not re.search(r"Show key|Assign devices|Delete license", page)
    assert (refused.status_code, named.status_code, reason in words(refused)) == (403, 403, True)


def test_a_license_is_found_under_its_own_customer_only(alice, world):
    license = entered(world, world.second)

    wrong = [
        alice.get(reverse(name, args=[world.first.kcs_id, license.pk])).status_code
        for name in ("license", "license-devices", "license-assign", "license-remove", "license-extend")
    ]

    assert wrong == [404] * 5


def test_the_customer_page_shows_its_licenses(alice, world):
    license = entered(world, name="Store phones")

    page = alice.get(of(world, "customer"))

    assert at("license", license) in page.text
    assert "0 of 10 seats" in words(page)


def test_a_viewer_sees_and_changes_nothing(client, world):
    license = entered(world)
    client.force_login(world.vera)

    page = words(client.get(at("license", license)))

    assert not re.search(r"Show key|Assign devices|Delete license|Enter license key", page)


def test_deleted_licenses_are_gone_from_every_list(alice, world):
    license = trial(world)
    with acting_as(world.alice):
        licenses.delete(license, by=world.alice)

    assert names(alice.get(reverse("license-list"))) == []
    with as_operator():
        assert License.objects.count() == 1


def test_who_may_change_customers_but_not_licenses_reads_no_key_and_starts_no_trial(client, world):
    license = entered(world, seats=10)
    with acting_as(world.alice):
        role = roles.add(world.aurora, name="Engineer", description="", chosen=[access.MANAGE], by=world.alice)
        place = Membership.objects.get(user=world.vera, msp=world.aurora)
        administrators.change(place, role=role, by=world.alice)
    client.force_login(world.vera)

    answers = [client.post(address).status_code for address in (at("license-key", license), of(world, "trial-start"))]

    assert answers == [403, 403]
    with as_operator():
        assert License.objects.get() == license
        assert not Event.objects.filter(verb="license.key_shown").exists()
