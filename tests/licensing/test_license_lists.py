"""The MSP's lists of licenses: of all customers, and of one (knox.md 5.6)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from licensing import seats
from tenants import lists
from tenants.models import KnoxService
from tests.licensing.ground import devices, entered, with_service
from tests.licensing.license_pages import at, full, names, of, trial, words

pytestmark = pytest.mark.django_db


def test_a_customer_without_licenses_is_offered_key_order_and_trial(alice, world):
    page = words(alice.get(of(world, "customer-licenses")))

    assert "Fjordline Freight has no license yet. Enter a key, order one, or start a trial of Knox Configure." in page
    assert "Fjordline Freight gets 5 devices for 90 days, once." in page


def test_the_trial_of_knox_configure_is_offered_to_who_has_it(alice, world):
    with_service(world.first, KnoxService.EFOTA)
    with as_operator():
        world.first.services.filter(service=KnoxService.CONFIGURE).delete()

    assert not alice.get(of(world, "customer-licenses")).context["trial"]["can_start"]


def test_the_trial_of_another_customer_takes_nobody_elses(alice, world):
    trial(world, world.second)

    assert alice.get(of(world, "customer-licenses")).context["trial"]["can_start"]


@pytest.mark.parametrize("service", ["KM", "KE", "KME"])
def test_a_license_of_knox_suite_names_its_services_and_is_found_by_each(alice, world, service):
    with_service(world.first, KnoxService.MANAGE)
    license = entered(world, code="suite")
    entered(world, name="Store phones")

    page = alice.get(reverse("license-list"), {"service": service})
    file = alice.get(reverse("license-export"), {"service": service}).text

    named = "Knox Manage, Knox E-FOTA, Knox Mobile Enrollment"
    assert names(page) == [license.name]
    assert names(alice.get(reverse("license-list"), {"service": "SC+"})) == []
    assert f"{named} · Knox Suite" in words(page)
    assert f'"{named}",Knox Suite' in file
    assert f"Services {named}" in words(alice.get(at("license", license)))


def test_the_list_shows_seats_end_and_days_left(alice, world):
    license = entered(world, name="Store phones", seats=10, months=12)
    with acting_as(world.alice):
        seats.take(license, devices(world.first, 3), by=world.alice)

    page = words(alice.get(reverse("license-list")))

    assert "Store phones" in page
    assert "3 of 10 seats" in page
    assert "7 left" in page
    assert "365 days left" in page


def test_the_list_says_until_when_the_seats_last(client, world):
    license, quiet = entered(world, seats=20), entered(world, seats=20)
    with acting_as(world.alice):
        seats.take(license, devices(world.first, 10), by=world.alice)
        license.refresh_from_db()

    with time_machine.travel(license.starts_at + timedelta(days=10), tick=False):
        client.force_login(world.alice)
        page = client.get(reverse("license-list"))

    full_on = {one.pk: one.full_on for one in page.context["page"].rows}
    assert full_on[license.pk] == pytest.approx(license.starts_at + timedelta(days=20), abs=timedelta(hours=1))
    assert full_on[quiet.pk] is None
    assert words(page).count("At this pace until") == 1


def test_the_tabs_part_fully_from_jointly_managed_customers(alice, world):
    entered(world, name="Own")
    full(world)

    fully, jointly = (names(alice.get(reverse("license-list"), {"tab": tab})) for tab in ("full", "joint"))

    assert (fully, jointly) == (["Own"], ["Kestrel phones"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"service": "KE"}, ["Updates"]),
        ({"service": ["KC", "KE"]}, ["Knox Configure trial", "Phones", "Updates"]),
        ({"hide_trials": "1"}, ["Phones", "Updates"]),
        ({"status": "active"}, ["Knox Configure trial", "Phones", "Updates"]),
        ({"status": "expired"}, []),
        ({"q": "lumen"}, ["Knox Configure trial"]),
        ({"sort": "-left"}, ["Updates", "Phones", "Knox Configure trial"]),
        ({"sort": "end"}, ["Knox Configure trial", "Phones", "Updates"]),
        (
            {"sort": "nonsense", "status": "x", "service": "x", "tab": "x"},
            ["Knox Configure trial", "Phones", "Updates"],
        ),
    ],
)
def test_filters_and_sort_are_in_the_address(alice, world, query, found):
    with_service(world.first, "KE")
    entered(world, name="Phones", seats=10, months=12)
    entered(world, code="ke", name="Updates", seats=20, months=24)
    trial(world, world.second)

    assert names(alice.get(reverse("license-list"), query)) == found


def test_pages_go_on_where_the_last_ended(alice, world, monkeypatch):
    monkeypatch.setitem(lists.page.__kwdefaults__, "size", 2)
    for number in range(5):
        entered(world, name=f"License {number}")

    seen, address = [], of(world, "customer-licenses") + "?sort=left"
    while address:
        response = alice.get(address)
        seen += names(response)
        address = response.context["page"].next and of(world, "customer-licenses") + response.context["page"].next

    assert sorted(seen) == [f"License {number}" for number in range(5)]


def test_the_report_has_masked_key_start_and_kcs_customer_id(alice, world):
    license = entered(world, name="=Phones", seats=10)

    head, line = alice.get(reverse("license-export")).content.decode("utf-8-sig").splitlines()

    assert head.startswith("License name,Services,License type,Status,Customer,KCS Customer ID,Seats bought,Seats used")
    assert line.startswith(
        f"'=Phones,Knox Configure,Knox Configure Dynamic,Active,Fjordline Freight,{world.first.kcs_id}"
    )
    assert line.endswith(license.key.masked)


def test_somebody_limited_to_a_customer_sees_its_licenses_alone(client, world):
    entered(world, name="Of the first")
    entered(world, world.second, name="Of the second")
    client.force_login(world.tom)

    assert names(client.get(reverse("license-list"))) == ["Of the first"]
    assert "Of the second" not in client.get(reverse("license-export")).text
