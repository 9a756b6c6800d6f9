"""What the frames of the portals lead to, and how they mark where one is."""

import re

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices.models import Device
from tenants import administrators, memberships, roles
from tenants.models import Membership
from tests import world as cast
from tests.devices.sending import AMERICA, added, imei
from tests.devices.test_deployment_app import approve_msp

OWN = [
    ("admin-portal-home", "Company"),
    ("admin-portal-devices", "Devices"),
    ("admin-portal-approvals", "Waiting for approval"),
    ("admin-portal-resellers", "Resellers"),
    ("deployment-app", "Deployment App"),
]


def rail(response):
    """The links of the navigation, and the one that is marked as this page."""
    nav = response.content.decode().split('id="nav"')[1].split("</nav>")[0]
    return links(nav)


def links(html):
    found = re.findall(r"<a[^>]*?href=\"([^\"#]+)\"([^>]*)>(.*?)</a>", html, re.DOTALL)
    named = [(re.sub(r"<[^>]+>", "", label).strip(), href, rest) for href, rest, label in found]
    return {name: href for name, href, _ in named}, [name for name, _, rest in named if 'aria-current="page"' in rest]


@pytest.mark.parametrize(("name", "label"), OWN)
def test_the_own_portal_leads_everywhere_and_marks_the_page(world, client, name, label):
    client.force_login(world.carl)

    hrefs, here = rail(client.get(reverse(name)))

    assert {one: hrefs.get(one) for _, one in OWN} == {one: reverse(name) for name, one in OWN}
    assert here == [label]


def test_a_customer_with_an_msp_is_not_led_to_the_deployment_app(world, client):
    approve_msp(world)
    client.force_login(world.carl)

    hrefs, _ = rail(client.get(reverse("admin-portal-home")))

    assert "Deployment App" not in hrefs
    assert "Resellers" in hrefs


HOMES = {
    "alice": "msp-dashboard",
    "tom": "msp-dashboard",
    "vera": "msp-dashboard",
    "rita": "reseller-home",
    "rolf": "reseller-home",
    "lena": "license-reseller-home",
    "leo": "license-reseller-home",
    "carl": "admin-portal-home",
    "cleo": "admin-portal-home",
}


def with_smaller_roles(world):
    """Everybody, and a colleague with a smaller role in each portal that has one person alone."""
    people = {who: getattr(world, who) for who in HOMES if hasattr(world, who)}
    with as_operator():
        for who, of, role, by in (
            ("rolf", world.reseller, "Admin", world.rita),
            ("leo", world.license_reseller, "Admin", world.lena),
            ("cleo", world.contoso, "Viewer", world.carl),
        ):
            people[who] = cast.person(f"{who}@people.example")
            memberships.join(people[who], of.roles.get(name=role), by=by)
    return people


@pytest.mark.parametrize("who", HOMES)
def test_the_rail_leads_nobody_to_a_closed_page(world, client, who):
    client.force_login(with_smaller_roles(world)[who])
    rails = [rail(client.get(reverse(name)))[0] for name in (HOMES[who], "ticket-list")]

    answers = {href: client.get(href).status_code for href in rails[0].values()}

    assert set(answers.values()) == {200}
    assert rails[0] == rails[1]
    assert ("Administrators" in rails[0]) == (who in ("alice", "rita", "lena", "carl"))


def test_samsungs_rail_counts_what_is_not_decided_yet(world, client):
    cast.application(world.nora)
    client.force_login(world.sam)

    nav = client.get(reverse("samsung-dashboard")).text.split('id="nav"')[1].split("</nav>")[0]

    assert re.findall(r'class="tally">(\d+)<', nav) == ["1"]  # those of the companies that are there were approved


def test_who_makes_roles_but_invites_nobody_is_led_to_the_roles(world, client):
    with acting_as(world.alice):
        role = roles.add(world.aurora, name="Roles", description="", chosen=["manage_roles"], by=world.alice)
        place = Membership.objects.get(user=world.vera, msp=world.aurora)
        administrators.change(place, role=role, by=world.alice)
    client.force_login(world.vera)

    hrefs, here = rail(client.get(reverse("roles")))

    assert here == ["Roles"]
    assert "Administrators" not in hrefs


def test_the_pages_of_a_customer_begin_with_the_overview(world, client):
    client.force_login(world.alice)
    names = ("customer", "customer-devices", "upload-list", "customer-licenses")
    at = {name: reverse(name, args=[world.first.kcs_id]) for name in names}

    pages = [client.get(url).content.decode() for url in at.values()]
    tabs = [links(html.split('class="tabs"')[1].split("</nav>")[0]) for html in pages]

    assert [here for _, here in tabs] == [["Overview"], ["Devices"], ["Uploads"], ["Licenses"]]
    assert [next(iter(hrefs.items())) for hrefs, _ in tabs] == [("Overview", at["customer"])] * 4


@pytest.mark.parametrize(("name", "label"), [("request-list", "Requests"), ("roles", "Administrators")])
def test_one_entry_of_the_rail_says_where_one_is(world, client, name, label):
    client.force_login(world.alice)

    nav = client.get(reverse(name)).content.decode().split('id="nav"')[1].split("</nav>")[0]

    assert re.findall(r"aria-current=.*?<span>(.*?)</span>", nav, re.DOTALL) == [label]


def test_the_search_of_the_bar_finds_a_device_by_its_number(world, client):
    added(world.alice, [imei(1)], customer=world.first)
    added(world.bob, [imei(2, AMERICA)], customer=world.foreign)
    client.force_login(world.alice)
    url = reverse("customer-list")

    own, foreign = client.get(url, {"q": f" {imei(1)} "}), client.get(url, {"q": imei(2, AMERICA)})

    assert "/devices/" in own.url
    assert own.url.startswith(reverse("customer", args=[world.first.kcs_id]))
    assert foreign.status_code == 200


def test_the_msp_reads_which_colleague_registered_a_reseller(world, client):
    client.force_login(world.alice)
    url = reverse("customer-resellers", args=[world.first.kcs_id])
    client.post(url, {"reseller_id": world.reseller.public_id, "act": "register"})

    html = client.get(reverse("customer", args=[world.first.kcs_id])).content.decode()

    assert re.search(rf"<b>{world.alice}</b>\s+registered the reseller {world.reseller}", html)


@pytest.mark.parametrize(
    ("who", "name"),
    [("alice", "msp-dashboard"), ("tom", "customer"), ("carl", "admin-portal-home"), ("rita", "reseller-home")],
)
def test_the_account_menu_says_what_one_is_in_this_portal(world, client, who, name):
    person = getattr(world, who)
    client.force_login(person)

    page = client.get(reverse(name, args=[world.first.kcs_id] if name == "customer" else [])).text
    elsewhere = client.get(reverse("preferences")).text

    with acting_as(person):
        role = Membership.objects.get(user=person).role.name
    assert f'{person}<small class="fine">{role}</small>' in page
    assert f'{person}<small class="fine">{person.email}</small>' in elsewhere


def test_the_palette_of_a_device_offers_no_device_before_one_is_looked_for(world, client):
    added(world.alice, [imei(1)], customer=world.first)
    client.force_login(world.alice)
    with acting_as(world.alice):
        device = Device.objects.get()

    page = client.get(reverse("customer-device", args=[world.first.kcs_id, device.pk])).text

    assert "<h2>Device</h2>" not in page.split('id="palette-results"')[1].split("</dialog>")[0]


def test_the_page_that_finds_customers_has_no_button_that_would_open_the_palette(world, client):
    client.force_login(world.alice)

    page, other = (client.get(reverse(name)).text for name in ("palette", "customer-list"))

    assert ('popovertarget="palette"' in page, 'popovertarget="palette"' in other) == (False, True)


BELOW = [
    ("alice", "order-new", "Orders"),
    ("alice", "role-add", "Administrators"),
    ("alice", "customer-add", "Customers"),
    ("rita", "reseller-upload-new", "Uploads"),
    ("rita", "reseller-customer-add", "Customers"),
    ("lena", "license-reseller-issue", "License keys"),
    ("carl", "admin-portal-license-enter", "Licenses"),
    ("sam", "samsung-customer-register", "Customers"),
    ("sam", "model-add", "Device models"),
]


@pytest.mark.parametrize(("who", "name", "label"), BELOW)
def test_a_page_below_an_entry_marks_it_and_no_other(world, client, who, name, label):
    client.force_login(getattr(world, who))

    nav = client.get(reverse(name)).text.split('id="nav"')[1].split("</nav>")[0]

    assert re.findall(r'aria-current="true".*?<span>(.*?)</span>', nav, re.DOTALL) == [label]
    assert 'aria-current="page"' not in nav
