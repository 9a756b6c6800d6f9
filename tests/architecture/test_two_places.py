"""Mira is a technician in Aurora and a viewer in Borealis: what she may do in one gives her nothing in the other."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from tenants import memberships
from tenants.models import Membership, Msp
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


@pytest.fixture
def of_both(world):
    """Nora is a super admin of Aurora and of Borealis."""
    with as_operator():
        memberships.join(world.nora, world.aurora.roles.super_admin(), by=world.alice)
        memberships.join(world.nora, world.borealis.roles.super_admin(), by=world.bob)
    return world


def support_emails():
    with as_operator():
        return dict(Msp.objects.values_list("name", "support_email"))


def test_a_form_that_another_window_shows_of_the_first_place_does_not_reach_the_second(of_both):
    client, before = Client(enforce_csrf_checks=True), support_emails()
    client.force_login(of_both.nora)

    def token(name):
        page = client.get(reverse(name)).content.decode()
        return {"csrfmiddlewaretoken": re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]}

    def press(msp, sent):
        return client.post(reverse("launch", args=["msp", msp.pk]), sent)

    press(of_both.aurora, token("knox-dashboard"))
    typed = {"support_phone": "+4930999888", "support_email": "desk@aurora.example"} | token("msp-company")
    again = press(of_both.aurora, token("knox-dashboard"))
    press(of_both.borealis, token("knox-dashboard"))
    late = client.post(reverse("msp-company"), typed)

    assert (again.status_code, late.status_code, support_emails()) == (302, 403, before)
    assert "you launched another portal since" in late.content.decode()


def waits(client, name, sent, *args):
    """Press a button that asks for the password first. Returns the address of that page."""
    return client.post(reverse(name, args=args), sent).url


PASSWORD = {"password": "a secret of Nora"}
TYPED = {"support_phone": "+4930999888", "support_email": "desk@aurora.example"}


@pytest.fixture
def nora(of_both, client):
    """Nora, who was in Aurora for longer than a password counts."""
    of_both.nora.set_password(PASSWORD["password"])
    of_both.nora.save()
    client.force_login(of_both.nora)
    launch(client, of_both.aurora)
    return client


def test_what_waits_for_the_password_reaches_no_place_that_was_launched_since(of_both, nora):
    before, asks = support_emails(), waits(nora, "msp-company", TYPED)
    launch(nora, of_both.borealis)

    answer = nora.post(asks, PASSWORD, follow=True)

    assert support_emails() == before
    assert answer.redirect_chain == [(reverse("knox-dashboard"), 302)]
    assert "You launched another portal since, so we did not send it." in answer.content.decode()


def test_what_waits_for_the_password_is_sent_where_the_same_place_was_launched_again(of_both, nora):
    asks = waits(nora, "msp-company", TYPED)
    launch(nora, of_both.aurora)

    nora.post(asks, PASSWORD)

    assert support_emails()["Aurora"] == "desk@aurora.example"


def test_the_password_for_another_page_tells_nothing_of_what_waited_before(of_both, nora):
    waits(nora, "msp-company", TYPED)
    launch(nora, of_both.borealis)
    other = nora.get(reverse("mfa_activate_totp")).url

    answer = nora.post(other, PASSWORD)

    assert answer.url == reverse("mfa_activate_totp")


def test_who_is_blocked_in_the_launched_place_is_not_led_into_the_other(of_both, client):
    before = support_emails()
    client.force_login(of_both.nora)
    launch(client, of_both.aurora)
    with as_operator():
        memberships.block(Membership.objects.get(user=of_both.nora, msp=of_both.aurora), by=of_both.alice)

    typed = {"support_phone": "+4930999888", "support_email": "desk@aurora.example"}
    pressed = client.post(reverse("msp-company"), typed)

    assert (pressed.status_code, support_emails()) == (403, before)
    assert "Your organization stopped your sign-in" in pressed.content.decode()
    assert launch(client, of_both.borealis).status_code == 302
    assert "Borealis" in client.get(reverse("customer-list")).content.decode()
