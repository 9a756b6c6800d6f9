"""An empty list says what to do next to people who can do it, and to nobody else."""

import pytest
from django.urls import reverse

from accounts.acting import as_operator
from tenants import memberships
from tests import world as cast
from tests.licensing.license_pages import words


@pytest.mark.parametrize(
    ("page", "next_step"),
    [
        ("license-list", "Open a customer to enter a key, order one, or start a trial of Knox Configure."),
        ("customer-resellers", "Add one to approve its uploads by itself."),
        ("all-devices", "Add your company as a customer, or choose the customer that owns them."),
    ],
)
def test_a_viewer_is_not_told_to_do_what_only_others_can(world, client, page, next_step):
    url = reverse(page, args=[world.first.kcs_id] if page.startswith("customer") else [])
    told = {}
    for person in (world.alice, world.vera):
        client.force_login(person)
        told[person] = next_step in words(client.get(url))

    assert told == {world.alice: True, world.vera: False}


def test_a_viewer_of_a_company_is_not_told_to_enter_a_key(world, client):
    with as_operator():
        viewer = cast.person("vito@contoso.example")
        memberships.join(viewer, world.contoso.roles.get(name="Viewer"), by=world.carl)
    told = {}
    for person in (world.carl, viewer):
        client.force_login(person)
        told[person] = "Enter a key" in words(client.get(reverse("admin-portal-licenses")))

    assert told == {world.carl: True, viewer: False}
