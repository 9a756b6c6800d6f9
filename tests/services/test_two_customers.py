"""The console of one customer, opened by somebody who manages two: nothing of the other is shown, counted or offered.

PostgreSQL shows Alice the rows of both, so here views and verbs keep them apart.
"""

import csv
import io

import pytest
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices.models import Device, EnrollmentCode
from rules.errors import RuleBroken
from services import cards, claims
from services.models import Claim
from services.modules import of
from tenants.models import CustomerService
from tests.devices import sending
from tests.services import covering
from tests.services.ground import PRODUCTS, ground
from tests.services.typed import cleaned


@pytest.fixture
def both(world, client):
    """The same at two customers of Aurora: profile, license, devices that got a command. Alice is signed in."""
    client.force_login(world.alice)
    kc, other = ground(world), ground(world, customer=world.second)
    for at, name in ((kc, "Kiosk"), (other, "Foreign")):
        at.act("assign", thing=at.thing(name=name))
    return kc, other


def url(at, page, *args):
    return reverse(page, args=[at.customer.kcs_id, at.console.slug, *args])


def rows(response):
    return list(csv.reader(io.StringIO(response.content.decode().removeprefix("\ufeff"))))[1:]


def test_history_tells_what_happened_at_the_customer(both, client):
    kc, _ = both

    moves = client.get(url(kc, "customer-console-history")).context["page"].rows
    commands = client.get(url(kc, "customer-console-history"), {"show": "commands"}).context["page"].rows

    own = sorted(one.pk for one in kc.devices)
    assert sorted(one.device_id for one in moves) == own
    assert sorted(one.device_id for one in commands) == own


def test_nothing_of_another_customer_is_assigned(both):
    kc, other = both

    with pytest.raises(RuleBroken, match="Choose what to assign"):
        kc.act("assign", thing=other.enrollment().thing)


def test_things_are_the_customers(both, client):
    kc, other = both

    page = client.get(url(kc, "customer-things", "profile"))
    file = rows(client.get(url(kc, "customer-things", "profile"), {"csv": "1"}))
    console = client.get(url(kc, "customer-console")).context["things"]

    with as_operator():
        foreign = other.enrollment().thing.pk
    assert [row.name for row, *_ in page.context["rows"]] == ["Kiosk"]
    assert ([row[0] for row in file], [name for _, name in console]) == (["Kiosk"], ["Kiosk"])
    for name in ("customer-thing", "customer-thing-edit", "customer-thing-delete"):
        assert client.get(url(kc, name, "profile", foreign)).status_code == 404


def test_an_act_offers_things_and_licenses_of_the_customer(both, client):
    kc, _ = both
    fresh = ground(kc.world)  # two more devices, which have no seat

    address = url(kc, "customer-console-act", "assign") + "?all=1"
    form = client.get(address).context["form"]

    assert [one.name for one in form.things.values()] == ["Kiosk"]
    assert {one.customer_id for one in form.licenses.values()} == {kc.customer.pk}
    assert fresh.customer == kc.customer


def test_a_form_offers_the_customers_things_to_name(world, client):
    client.force_login(world.alice)
    km, other = ground(world, "KM"), ground(world, "KM", customer=world.second)
    for at, name in ((km, "Drivers"), (other, "Foreign")):
        at.thing("profile", name, **cleaned("KM", at.console.kind("profile")))

    page = client.get(url(km, "customer-thing-add", "group")).content.decode()

    assert ("Drivers" in page, "Foreign" in page) == (True, False)


def test_the_name_of_a_thing_is_free_though_another_customer_has_it(both):
    kc, _ = both

    assert kc.thing(name="Foreign").name == "Foreign"


def test_a_card_counts_the_customers_devices_and_seats(both):
    kc, _ = both

    with acting_as(kc.world.alice):
        services = list(CustomerService.objects.filter(customer=kc.customer, service="KC"))
        (card,), devices = cards.of(kc.customer, services, msp=kc.world.aurora)

    assert (card.devices, card.seats, card.used, devices) == (2, 10, 2, "2")


def test_claims_and_their_limits_are_the_customers(world, client):
    client.force_login(world.alice)
    foreign = covering.claim(world, world.second)
    device, _ = covering.covered(world, world.first, first=1)
    care = of("SC+")

    page = client.get(reverse("customer-claims", args=[world.first.kcs_id, care.slug]))
    file = rows(client.get(reverse("customer-claims-export", args=[world.first.kcs_id, care.slug])))
    one = client.get(reverse("customer-claim", args=[world.first.kcs_id, care.slug, foreign.pk]))
    with acting_as(world.alice):
        opened = claims.open(
            world.first, device=str(device), reference=foreign.reference, reason="Fell down", by=world.alice
        )

    assert (page.context["page"].rows, page.context["open_count"], file, one.status_code) == ([], 0, [], 404)
    assert [limit.plan.customer_id for limit in page.context["limits"]] == [world.first.pk]
    assert opened.state == Claim.State.OPEN


def test_a_device_of_another_customer_has_no_claim_here(world):
    device, _ = covering.covered(world, world.second, first=1)
    covering.cared(world, world.first)

    with acting_as(world.alice), pytest.raises(Exception, match="has no device with this number"):
        claims.covered(world.first, str(device), by=world.alice)


def test_a_seat_of_another_customer_opens_nothing(both):
    kc, other = both
    more = ground(kc.world, customer=kc.customer, code=PRODUCTS["KC"])

    kc.act("assign", more.picked, thing=kc.thing(name="Second"))

    with as_operator():
        kc.license.refresh_from_db()
        other.license.refresh_from_db()
    assert (kc.license.used, other.license.used) == (4, 2)


def test_history_is_narrowed_to_a_state(both, client):
    kc, _ = both
    kc.force("locked", kc.devices[0])

    moves = client.get(url(kc, "customer-console-history"), {"state": "locked"}).context["page"].rows

    assert [(one.device_id, one.state) for one in moves] == [(kc.devices[0].pk, "locked")]


def test_history_is_narrowed_to_those_that_left(both, client):
    kc, _ = both
    kc.act("unassign", kc.some(kc.devices[0]))

    moves = client.get(url(kc, "customer-console-history"), {"state": "unassigned"}).context["page"].rows

    assert [vars(one)["to_state"].code for one in moves] == ["unassigned"]


@pytest.mark.parametrize("show", ["", "commands"])
def test_history_is_narrowed_to_a_device_of_the_customer(both, client, show):
    kc, other = both
    mine, foreign = sending.imei(50), sending.imei(51)
    for at, imei in ((kc, mine), (other, foreign)):
        with as_operator():
            Device.objects.filter(pk=at.devices[0].pk).update(imei=imei)

    found, spaced, hidden, short = (
        client.get(url(kc, "customer-console-history"), {"show": show, "q": typed})
        for typed in (mine, f"{mine[:6]} {mine[6:]}", foreign, mine[:9])
    )

    own = kc.devices[0].pk
    assert [{one.device_id for one in page.context["page"].rows} for page in (found, spaced)] == [{own}, {own}]
    assert reverse("customer-device", args=[kc.customer.kcs_id, own]) in found.content.decode()
    assert not hidden.context["page"].rows
    assert "Clear filters" in short.content.decode()  # a whole number, as everywhere


def test_the_code_for_devices_is_the_customers(both, client):
    kc, other = both
    for at in both:
        client.post(url(at, "customer-console-code"), {"act": "make"})
    with as_operator():
        own, foreign = (EnrollmentCode.objects.get(customer=at.customer).code for at in both)

    pages = [client.get(url(at, "customer-console-code")).text for at in (kc, other)]

    assert [(own in page, foreign in page) for page in pages] == [(True, False), (False, True)]


def test_a_device_stands_in_the_services_of_its_customer(both, client):
    kc, other = both
    ground(kc.world, "KM", customer=other.customer)

    page = client.get(reverse("customer-device", args=[kc.customer.kcs_id, kc.devices[0].pk]))

    assert [one["console"].service for one in page.context["standings"]] == ["KC"]
