"""The activity log (knox.md 9.2): each organization's, with other people under their company's name."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit import events
from audit.categories import CATEGORIES, Category, category, event_name, groups
from audit.models import SENTENCES, Event, Side
from tenants import memberships
from tenants.models import Role
from tests import world as cast
from tests.devices.sending import imei, waiting

pytestmark = pytest.mark.django_db


def shown(client, person, /, name="activity", **query):
    """The lines of the log as this person sees them."""
    client.force_login(person)
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return response.context["lines"]


def seen(client, person, /, name="activity", **query):
    return [(one.who, one.sentence) for one in shown(client, person, name, **query)]


def tag(world, *, by, side, customer=None, msp=None, **detail):
    told = {"devices": "one device", "tags": "red"} | detail
    events.record(
        "device.tagged", customer or world.first, by=by, side=side, msp_id=(msp or world.aurora).pk,
        customer_id=(customer or world.first).pk, **told,
    )  # fmt: skip


def test_the_newest_stands_first_with_who_what_and_for_whom(world, client):
    tag(world, by=world.tom, side=Side.MSP)

    line = shown(client, world.alice)[0]

    assert (line.who, line.category, line.name, line.customer) == (
        "Tom Example", "Devices", "Device tagged", "Fjordline Freight",
    )  # fmt: skip
    assert line.sentence == "Tagged one device: red"
    assert ("Tags", "red") in line.details


def test_the_other_side_appears_as_its_company(world, client):
    tag(world, by=world.carl, side=Side.CUSTOMER)
    tag(world, by=world.sam, side=Side.SAMSUNG)

    assert [who for who, _ in seen(client, world.alice)[:2]] == ["Samsung", "Fjordline Freight"]


def test_a_company_reads_its_msp_by_name_and_not_the_person(world, client):
    tag(world, by=world.alice, side=Side.MSP, customer=world.contoso)

    client.force_login(world.carl)
    text = client.get(reverse("admin-portal-activity")).text

    assert "Aurora" in text
    assert "Alice" not in text


def test_the_name_of_the_other_side_cannot_be_searched_for_either(world, client):
    tag(world, by=world.carl, side=Side.CUSTOMER)
    tag(world, by=world.alice, side=Side.MSP)

    assert seen(client, world.alice, q="Carl") == []
    assert [who for who, _ in seen(client, world.alice, q="alice ex", event="device.tagged")] == ["Alice Example"]


def test_the_address_is_for_the_own_side(world, client):
    client.force_login(world.alice)
    client.post(reverse("launch", args=["msp", world.aurora.pk]), REMOTE_ADDR="192.0.2.7")

    own = shown(client, world.alice, event="portal.launched")[0]
    client.logout()
    samsungs = shown(client, world.sam, "samsung-activity", event="portal.launched")

    assert ("Address", "192.0.2.7") in own.details
    assert [one for one in samsungs if ("Address", "192.0.2.7") in one.details] == []


def test_without_the_right_one_reads_what_one_did_oneself(world, client):
    tag(world, by=world.alice, side=Side.MSP)
    tag(world, by=world.tom, side=Side.MSP)

    assert {who for who, _ in seen(client, world.tom, range="all")} == {"Tom Example"}
    assert {who for who, _ in seen(client, world.vera, range="all")} <= {"Vera Example"}


def test_who_is_limited_to_some_customers_reads_only_about_these(world, client):
    """A limited admin holds the right to the log as a person, not by a group."""
    with as_operator():
        role = Role.objects.get(msp=world.aurora, name="Admin")
        memberships.join(world.nora, role, by=world.alice, customers=[world.first])
    tag(world, by=world.alice, side=Side.MSP)
    tag(world, by=world.alice, side=Side.MSP, customer=world.second)
    events.record("msp.looked_up", world.aurora, by=world.alice, msp_id=world.aurora.pk, kcs_id="4000000002")

    found = shown(client, world.nora, range="all")

    assert {one.customer for one in found} == {"Fjordline Freight"}
    assert {one.event.verb for one in found} == {"device.tagged", "customer.added"}


def test_no_msp_reads_another_ones_log(world, client):
    tag(world, by=world.alice, side=Side.MSP)

    with acting_as(world.bob):
        assert not Event.objects.filter(msp_id=world.aurora.pk).exists()
    assert seen(client, world.bob, event="device.tagged", range="all") == []


def test_a_reseller_reads_its_own_acts_and_decisions_without_learning_who_manages(world, client):
    sent = waiting(world, [imei(1)], customer=world.first)
    with as_operator():
        events.record(
            "upload.approved", sent, by=world.alice, side=Side.MSP, msp_id=world.aurora.pk,
            customer_id=world.first.pk, reseller_id=world.reseller.pk, devices=1, upload=1, sender="x",
        )  # fmt: skip

    lines = shown(client, world.rita, "reseller-activity", range="all")

    assert lines[0].who == "The side of the customer"
    assert lines[0].customer == world.first.kcs_id
    assert "Rita Example" in {one.who for one in lines}


def test_a_reseller_stands_under_its_name_where_its_customers_read(world, client):
    sent = waiting(world, [imei(1)], customer=world.first)
    with as_operator():
        for reseller in ({"reseller_id": world.reseller.pk}, {"license_reseller_id": world.license_reseller.pk}):
            events.record(
                "upload.received", sent, by=world.rita, side=Side.RESELLER, msp_id=world.aurora.pk,
                customer_id=world.first.pk, file="a.csv", upload=1, **reseller,
            )  # fmt: skip

    names = {world.reseller.name, world.license_reseller.name}

    for person, name in ((world.alice, "activity"), (world.sam, "samsung-activity")):
        assert names <= {who for who, _ in seen(client, person, name, range="all")}


def test_a_license_reseller_reads_only_its_own(world, client):
    with as_operator():
        events.record(
            "listing.changed", world.aurora, by=world.lena, side=Side.RESELLER,
            license_reseller_id=world.license_reseller.pk, region="Europe",
        )  # fmt: skip

    assert seen(client, world.lena, "license-reseller-activity", event="listing.changed") == [
        ("Lena Example", "Changed the listing for Europe")
    ]
    assert seen(client, world.rita, "reseller-activity", event="listing.changed") == []


def test_samsung_reads_everything_with_other_people_under_their_company(world, client):
    tag(world, by=world.alice, side=Side.MSP)

    assert seen(client, world.sam, "samsung-activity", event="device.tagged") == [("Aurora", "Tagged one device: red")]


@pytest.mark.parametrize(("days", "ranges"), [(5, {"7", "30", "all"}), (20, {"30", "all"}), (100, {"all"})])
def test_the_log_goes_as_far_back_as_one_asks(world, client, days, ranges):
    tag(world, by=world.alice, side=Side.MSP)

    found = set()
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        for asked in ("7", "30", "all"):
            if seen(client, world.alice, range=asked, event="device.tagged"):
                found.add(asked)

    assert found == ranges


def test_the_oldest_first_where_one_asks_for_it(world, client):
    first = [one.event.at for one in shown(client, world.alice, range="all", sort="-date")]

    assert first == sorted(first)
    assert len(first) > 1


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ({"category": "devices"}, True), ({"category": "licenses"}, False), ({"event": "device.tagged"}, True),
        ({"event": "device.deleted"}, False), ({"q": "RED"}, True), ({"q": "tagged"}, True), ({"q": "fjord"}, True),
        ({"q": "blue%"}, False), ({"q": "tags"}, False), ({"who": "msp"}, True), ({"who": "customer"}, False),
        ({"q": "nothing like it"}, False), ({"category": "x", "event": "y", "who": "z", "range": "w"}, True),
    ],
)  # fmt: skip
def test_filters_and_keyword_find_what_they_say(world, client, query, is_there):
    tag(world, by=world.alice, side=Side.MSP)

    found = shown(client, world.alice, **query)

    assert any(one.event.verb == "device.tagged" for one in found) == is_there


def test_a_colleague_can_be_chosen(world, client):
    tag(world, by=world.alice, side=Side.MSP)
    tag(world, by=world.tom, side=Side.MSP)

    assert {who for who, _ in seen(client, world.alice, who=f"p{world.tom.pk}")} == {"Tom Example"}


def test_a_stranger_cannot_be_chosen(world, client):
    everybody = seen(client, world.alice)

    assert seen(client, world.alice, who=f"p{world.bob.pk}") == everybody


def test_the_csv_has_what_the_filters_show(world, client):
    tag(world, by=world.carl, side=Side.CUSTOMER, tags="=1+1")
    client.force_login(world.alice)

    text = client.get(reverse("activity-export"), {"event": "device.tagged"}).text
    head, *rows = text.splitlines()

    assert head == "\ufeffDate (UTC),Name,Category,Event,Customer,Description,Detail"
    assert len(rows) == 1
    assert "Fjordline Freight,Devices,Device tagged,Fjordline Freight" in rows[0]


def test_the_log_of_a_day_without_acts_says_what_to_do(world, client):
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        client.force_login(world.vera)
        text = client.get(reverse("activity")).text

    assert "Nothing happened in this time. Choose a longer time." in text
    assert 'href="?range=30"' in text


def test_every_verb_has_a_category_and_a_name_of_its_own():
    nouns = {verb for verb in SENTENCES if not any(verb.startswith(one) for one in CATEGORIES)}

    assert nouns == set()
    assert len({event_name(verb) for verb in SENTENCES}) == len(SENTENCES)
    assert sum(len(events) for _, events in groups()) == len(SENTENCES)
    assert category("service.thing_added") == Category.PROFILES


def test_a_thing_is_called_by_its_kind():
    assert not [verb for verb in SENTENCES if "thing" in event_name(verb).lower()]
    assert event_name("service.thing_added", kind="campaign") == "Campaign added"


def test_the_log_names_what_was_added(world, client):
    events.record(
        "service.thing_added", world.first, by=world.alice, side=Side.MSP, msp_id=world.aurora.pk,
        customer_id=world.first.pk, kind="campaign", service="Knox E-FOTA",
    )  # fmt: skip

    assert shown(client, world.alice)[0].name == "Campaign added"


def test_who_works_for_two_companies_reads_the_log_of_the_one_that_is_open(world, client):
    """The policies show such a person the history of both."""
    _, kestrel = cast.direct_customer(world.sam, "Kestrel", "karin@kestrel.example")
    with as_operator():
        memberships.join(world.carl, kestrel.roles.super_admin(), by=world.carl, side=Side.CUSTOMER)
    tag(world, by=world.alice, side=Side.MSP, customer=world.contoso, tags="theirs")
    tag(world, by=world.alice, side=Side.MSP, customer=kestrel, tags="other")

    sentences = [sentence for _, sentence in seen(client, world.carl, "admin-portal-activity", event="device.tagged")]

    assert sentences == ["Tagged one device: theirs"]
