"""Mira is a technician in Aurora and a viewer in Borealis: what she may do in one gives her nothing in the other."""

import pytest
from django.urls import reverse

from accounts.acting import acting_as
from tests.architecture import device_rows
from tests.architecture.routes import ROUTES
from tests.licensing import ground

OF_AN_MSP = ("msp:", "people", "role", "order", "request")
FOR_READERS = {"msp-bell", "msp-dashboard-recount"}
"""How far a person has read, and a count of facts: nothing of the MSP changes."""
CHANGES = sorted(
    name
    for name, route in ROUTES.items()
    if route.post and route.post.startswith(OF_AN_MSP) and name not in FOR_READERS
)


def launch(client, msp):
    return client.post(reverse("launch", args=["msp", msp.pk]))


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_of_an_msp_is_closed_to_who_only_views_it(world, client, name):
    with acting_as(world.alice):
        args = [0] if ROUTES[name].post == "request" else ROUTES[name].args(world)
    client.force_login(world.mira)
    launch(client, world.borealis)

    assert client.post(reverse(name, args=args)).status_code == 403


@pytest.fixture
def busy(world):
    """Aurora's first customer has something in every list."""
    device_rows.fill(world)
    ground.everything(world)
    return world


@pytest.mark.parametrize("name", ["customer-list", "all-devices", "approval-queue", "license-list", "order-list"])
def test_a_list_shows_the_launched_organization_alone(busy, client, name):
    client.force_login(busy.mira)
    shown = []
    for msp in (busy.aurora, busy.borealis):
        launch(client, msp)
        shown.append("Fjordline" in client.get(reverse(name)).content.decode())

    assert shown == [True, False]


def test_the_switcher_launches_the_other_place(world, client):
    client.force_login(world.mira)
    launch(client, world.borealis)

    menu = client.get(reverse("switcher")).content.decode()
    assert reverse("launch", args=["msp", world.aurora.pk]) in menu
    launch(client, world.aurora)

    page = client.get(reverse("customer-list")).content.decode()
    assert ("Fjordline Freight" in page, "Cascadia" in page) == (True, False)
