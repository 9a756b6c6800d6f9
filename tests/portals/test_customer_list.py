"""The customer list says of which customers the deletion was asked for, and how many devices each has."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from support import deletions
from tenants.models import CustomerService, KnoxService
from tests.licensing.ground import devices
from tests.support.ground import asked

pytestmark = pytest.mark.django_db
NAMES = ("Fjordline Freight", "Lumen Retail")


def shown(client, **query):
    """The names in the list, as its CSV has them with their statuses."""
    text = client.get(reverse("customer-export"), query).content.decode("utf-8-sig")
    return {line.split(",")[0]: line.split(",")[2] for line in text.splitlines()[1:]}


def test_an_open_deletion_is_the_status_of_the_customer(world, client):
    asked(world)
    client.force_login(world.alice)

    statuses = shown(client)

    assert statuses.pop(world.first.name) == "Deletion requested"
    assert set(statuses.values()) == {"Active"}
    page = client.get(reverse("customer-list"), {"q": world.first.name}).content.decode()
    assert "Deletion requested" in page.partition("<tbody>")[2]


def test_the_list_narrows_to_these_and_to_the_others(world, client):
    asked(world)
    client.force_login(world.alice)

    assert set(shown(client, status="deletion_requested")) == {world.first.name}
    assert world.first.name not in shown(client, status="active")
    assert world.second.name in shown(client, status="active")


def test_each_customer_shows_its_own_services(world, client):
    with as_operator():
        CustomerService.objects.create(customer=world.second, service=KnoxService.GUARD)
    client.force_login(world.alice)

    page = client.get(reverse("customer-list")).text
    rows = {name: row for row in page.partition("<tbody>")[2].split("</tr>") for name in NAMES if name in row}

    assert ["Knox Guard" in rows[name] for name in NAMES] == [False, True]


def test_a_deletion_that_was_taken_back_leaves_no_trace_in_the_list(world, client):
    deletion = asked(world)
    with acting_as(world.alice):
        deletions.withdraw(deletion, by=world.alice)
    client.force_login(world.alice)

    assert set(shown(client).values()) == {"Active"}


def test_each_customer_shows_how_many_devices_it_has(world, client):
    devices(world.first, 3)
    client.force_login(world.alice)

    page = client.get(reverse("customer-list")).text
    lines = client.get(reverse("customer-export")).content.decode("utf-8-sig").splitlines()

    rows = {name: row for row in page.partition("<tbody>")[2].split("</tr>") for name in NAMES if name in row}
    link = reverse("customer-devices", args=[world.first.kcs_id])
    assert f'<a href="{link}">3<' in rows[world.first.name]
    assert '">0<span class="visually-hidden"> devices</span>' in rows[world.second.name]
    column = lines[0].split(",").index("Total devices")
    assert {line.split(",")[0]: line.split(",")[column] for line in lines[1:]} == {NAMES[0]: "3", NAMES[1]: "0"}
