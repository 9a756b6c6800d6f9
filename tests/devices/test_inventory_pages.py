"""The pages of the inventory, in the MSP Portal and in the Knox Admin Portal."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from audit.models import Event
from devices import resellers
from devices.models import Device
from portals import tasks
from rules import settings as rule
from tenants.models import Export
from tests.devices.sending import AMERICA, MEID, added, from_reseller, imei, imeis

EMPTY = ["Fjordline Freight has no devices yet", "or upload them"]


def rows(response):
    """The numbers on the page, in order."""
    return [row.identifier for row in response.context["page"].rows]


def csv_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def numbered(number):
    with as_operator():
        return Device.objects.get(imei=number)


@pytest.fixture
def two(world, client):
    """Two devices of Fjordline, one of Lumen, one of another MSP's customer, one of Contoso; Alice looks."""
    added(world.alice, [imei(1), imei(2)], customer=world.first, tags=["drivers"])
    added(world.alice, [imei(3)], customer=world.second)
    added(world.bob, [imei(4, AMERICA)], customer=world.foreign)
    added(world.carl, [imei(5)], customer=world.contoso)
    client.force_login(world.alice)
    return world


def waits(world, number):
    """A reseller that Aurora knows sends a device for its first customer."""
    with acting_as(world.alice):
        resellers.register(world.first, world.reseller.public_id, by=world.alice, msp=world.aurora)
    from_reseller(world, [number], target=world.first)


def page(client, world, query=""):
    return client.get(reverse("customer-devices", args=[world.first.kcs_id]) + query)


# The list ----------------------------------------------------------------------------------------------------------


def test_the_newest_device_comes_first(two, client):
    assert rows(page(client, two)) == [imei(2), imei(1)]


@pytest.mark.parametrize(
    ("sort", "first"), [("number", imei(1)), ("-number", imei(2)), ("-submitted", imei(1)), ("model", imei(1))]
)
def test_heads_sort_the_list(two, client, sort, first):
    assert rows(page(client, two, f"?sort={sort}"))[0] == first


def test_a_list_of_all_customers_holds_those_of_the_msp_and_no_other(two, client):
    response = client.get(reverse("all-devices"))

    assert rows(response) == [imei(3), imei(2), imei(1)]
    assert "Lumen Retail" in response.content.decode()


def test_who_sees_one_customer_sees_its_devices_alone(two, client):
    client.force_login(two.tom)

    assert rows(client.get(reverse("all-devices"))) == [imei(2), imei(1)]


def test_a_customers_own_people_see_its_devices_alone(two, client):
    client.force_login(two.carl)

    assert rows(client.get(reverse("admin-portal-devices"))) == [imei(5)]


@pytest.mark.parametrize("sort", ["submitted", "-submitted", "number", "modified", "model"])
def test_pages_lead_through_everything_once(two, client, sort):
    added(two.alice, imeis(120, first=100), customer=two.first)
    seen, address = [], f"?sort={sort}"
    while address:
        response = page(client, two, address)
        seen += rows(response)
        address = response.context["page"].next

    assert (len(seen), len(set(seen))) == (122, 122)


def test_a_number_is_found_in_the_list_of_all_customers(two, client):
    assert rows(client.get(reverse("all-devices"), {"q": f"{imei(3)[:6]} {imei(3)[6:]}"})) == [imei(3)]
    assert rows(client.get(reverse("all-devices"), {"q": imei(4, AMERICA)})) == []


def test_a_filter_without_a_hit_says_so_and_leads_back(two, client):
    text = page(client, two, "?tag=none-such").content.decode()

    assert "Nothing matches these filters" in text
    assert "Clear filters" in text


def test_a_number_with_a_wrong_digit_has_its_reason(two, client):
    wrong = imei(1)[:14] + str((int(imei(1)[14]) + 1) % 10)

    assert "the last digit does not fit" in page(client, two, f"?q={wrong}").content.decode()


def test_columns_are_chosen_and_kept(two, client):
    page(client, two, "?col=order&col=from")

    listed = page(client, two).context["listed"]

    assert listed.columns == ["order", "from"]


def test_a_customer_without_devices_reads_what_to_do(world, client):
    client.force_login(world.alice)

    text = page(client, world).content.decode()

    assert [sentence for sentence in EMPTY if sentence not in text] == []


def test_an_msp_without_devices_reads_what_to_do(world, client):
    client.force_login(world.alice)

    text = client.get(reverse("all-devices")).content.decode()

    assert "No customer has devices yet" in text
    assert "An MSP has no devices of its own" in text


def test_pending_devices_are_shown_as_such_and_have_no_tick(two, client):
    waits(two, imei(8))

    text = page(client, two, "?state=pending").content.decode()

    assert (imei(8) in text, "Pending" in text, 'name="device"' in text) == (True, True, False)


@pytest.mark.parametrize(
    "query", ["", "?q=352143000000010", "?model=SM-S9", "?sort=number", "?state=all&tag=drivers&reseller=none"]
)
@pytest.mark.parametrize("name", ["customer-devices", "all-devices"])
def test_a_list_costs_the_same_for_ten_rows_and_for_a_thousand(world, client, name, query):
    client.force_login(world.alice)
    url = reverse(name, args=[world.first.kcs_id] if name == "customer-devices" else []) + query
    added(world.alice, imeis(10), customer=world.first, tags=["drivers"])
    few = _queries(client, url)

    added(world.alice, imeis(1000, first=10), customer=world.first, tags=["drivers"])

    many = _queries(client, url)
    assert (len(many), len(many) <= 10) == (len(few), True)


def _queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


# One device --------------------------------------------------------------------------------------------------------


def test_a_device_has_its_facts_its_origin_and_its_history(two, client):
    device = numbered(imei(1))
    client.post(_of(two, "tags", device), {"tags": "pilot", "do": "add"})

    text = client.get(reverse("customer-device", args=[two.first.kcs_id, device.pk])).content.decode()

    facts = [imei(1), "Galaxy S24", "SM-S921B", "Europe", "drivers", f"tagged {imei(1)}: pilot", "Alice Example"]
    assert [fact for fact in facts if fact not in text] == []


def test_a_device_of_a_reseller_names_the_company_alone(two, client):
    waits(two, imei(8))

    text = client.get(reverse("customer-device", args=[two.first.kcs_id, numbered(imei(8)).pk])).content.decode()

    assert ("Resell" in text, "Rita" in text) == (True, False)


def test_a_device_of_another_customer_is_not_there(two, client):
    other = numbered(imei(3))

    assert client.get(reverse("customer-device", args=[two.first.kcs_id, other.pk])).status_code == 404
    client.force_login(two.carl)
    assert client.get(reverse("admin-portal-device", args=[other.pk])).status_code == 404


# Acts --------------------------------------------------------------------------------------------------------------


def _of(world, act, *devices, query=""):
    ticks = "&".join(f"device={device.pk}" for device in devices)
    return reverse(f"customer-devices-{act}", args=[world.first.kcs_id]) + f"?{query}{ticks}"


def test_ticked_devices_are_tagged(two, client):
    response = client.post(_of(two, "tags", numbered(imei(1))), {"tags": "pilot, front desk", "do": "add"}, follow=True)

    assert "You tagged 1 device: pilot, front desk." in response.content.decode()
    assert numbered(imei(1)).tags == ["drivers", "front desk", "pilot"]


def test_without_a_tag_nothing_is_tagged(two, client):
    response = client.post(_of(two, "tags", numbered(imei(1))), {"tags": " , ", "do": "add"})

    assert (response.status_code, "Enter tags." in response.content.decode()) == (422, True)


def test_tags_are_taken_from_everything_that_matches(two, client):
    response = client.post(_of(two, "tags", query="all=1&tag=drivers"), {"tags": "drivers", "do": "remove"})

    assert (response.status_code, numbered(imei(1)).tags, numbered(imei(2)).tags) == (302, [], [])


def test_too_many_tags_are_refused_beside_the_field_and_stay_typed(two, client):
    typed = ",".join(f"tag {number}" for number in range(20))

    response = client.post(_of(two, "tags", numbered(imei(1))), {"tags": typed, "do": "add"})

    assert response.status_code == 422
    assert "1 device would have more" in response.content.decode()
    assert "tag 19" in response.content.decode()


def test_deleting_asks_for_the_number_of_devices(two, client):
    url = _of(two, "delete", query="all=1")
    asked = client.get(url).content.decode()

    wrong = client.post(url, {"typed": "1"})
    right = client.post(url, {"typed": "2"}, follow=True)

    assert ("Delete 2 devices?" in asked, "Type 2 to go on" in asked, wrong.status_code) == (True, True, 422)
    assert "You deleted 2 devices of Fjordline Freight." in right.content.decode()


def test_an_act_without_a_tick_leads_back(two, client):
    response = client.get(_of(two, "delete"), follow=True)

    assert "Tick at least one device." in response.content.decode()


def test_devices_that_are_gone_lead_back(two, client):
    url = _of(two, "delete", numbered(imei(1)))
    client.post(url, {"typed": "1"})

    response = client.post(url, {"typed": "1"}, follow=True)

    assert "These devices are not there any more. Nothing changed." in response.content.decode()


def test_ids_of_other_customers_do_nothing(two, client):
    others = [numbered(imei(3)), numbered(imei(4, AMERICA)), numbered(imei(5))]

    client.post(_of(two, "tags", *others), {"tags": "mine", "do": "add"})
    client.post(_of(two, "delete", *others), {"typed": "3"})

    with as_operator():
        assert Device.objects.filter(pk__in=[one.pk for one in others], tags=[]).count() == 3


def test_a_customers_own_people_act_on_its_devices(two, client):
    client.force_login(two.carl)
    device = numbered(imei(5))
    tags, delete = (reverse(f"admin-portal-devices-{act}") + f"?device={device.pk}" for act in ("tags", "delete"))

    client.post(tags, {"tags": "pilot", "do": "add"})
    assert numbered(imei(5)).tags == ["pilot"]
    client.post(delete, {"typed": "1"})

    with as_operator():
        events = Event.objects.filter(verb__startswith="device.").order_by("pk")
        assert [(one.side, one.verb) for one in events] == [
            ("customer", "device.tagged"),
            ("customer", "device.deleted"),
        ]


@pytest.mark.parametrize("act", ["tags", "delete"])
def test_who_only_views_may_not_act(two, client, act):
    client.force_login(two.vera)

    answers = [client.get(_of(two, act, query="all=1")), client.post(_of(two, act, query="all=1"), {"typed": "2"})]

    assert [one.status_code for one in answers] == [403, 403]


# CSV ---------------------------------------------------------------------------------------------------------------


def test_the_csv_has_what_the_list_shows(two, client):
    added(two.alice, [MEID], customer=two.first, default_model="SM-A566B", order_number="PO7")

    head, *lines = csv_of(client.get(reverse("customer-devices-export", args=[two.first.kcs_id]), {"tag": "drivers"}))

    assert head[:4] == ["IMEI", "MEID", "Serial number", "Model"]
    assert [line[0] for line in lines] == [imei(2), imei(1)]


def test_the_csv_of_ticked_rows_has_these_and_no_other(two, client):
    ids = [numbered(imei(1)).pk, numbered(imei(3)).pk]

    lines = csv_of(client.get(reverse("customer-devices-export", args=[two.first.kcs_id]), {"device": ids}))

    assert [line[0] for line in lines[1:]] == [imei(1)]


def test_the_csv_of_all_customers_names_them(two, client):
    lines = csv_of(client.get(reverse("all-devices-export")))

    assert [line[0] for line in lines[1:]] == ["Lumen Retail", "Fjordline Freight", "Fjordline Freight"]


def test_a_tag_that_looks_like_a_formula_is_guarded(two, client):
    client.post(_of(two, "tags", numbered(imei(1))), {"tags": "=1+1", "do": "add"})

    lines = csv_of(client.get(reverse("customer-devices-export", args=[two.first.kcs_id]), {"tag": "=1+1"}))

    assert lines[1][5] == "'=1+1, drivers"


@pytest.mark.parametrize("name", ["customer-devices-export", "all-devices-export"])
def test_a_long_csv_is_made_by_the_worker_and_mailed_to_the_one_who_asked(two, client, name):
    with acting_as(two.sam), as_operator():
        rule.change("export_limit", to=1, reason="test", by=two.sam)
    args = [two.first.kcs_id] if name == "customer-devices-export" else []

    response = client.get(reverse(name, args=args), {"tag": "drivers"})
    with as_operator():
        export = Export.objects.get(user=two.alice)
    tasks.export_devices(str(export.pk))

    with as_operator():
        export.refresh_from_db()
    letter = Email.objects.latest("pk")
    assert (response.status_code, export.lines, letter.to) == (302, 2, [two.alice.email])
    assert letter.subject == "Your export of devices is ready"


def test_the_knox_admin_portal_streams_it_whole(two, client):
    with acting_as(two.sam), as_operator():
        rule.change("export_limit", to=1, reason="test", by=two.sam)
    added(two.carl, [imei(6)], customer=two.contoso)
    client.force_login(two.carl)

    lines = csv_of(client.get(reverse("admin-portal-devices-export")))

    assert [line[0] for line in lines[1:]] == [imei(6), imei(5)]


# Ways there --------------------------------------------------------------------------------------------------------


def test_the_palette_jumps_to_a_device_by_its_number(two, client):
    text = client.get(reverse("palette"), {"q": f" {imei(3)} "}).content.decode()

    assert reverse("customer-device", args=[two.second.kcs_id, numbered(imei(3)).pk]) in text


def test_the_palette_keeps_devices_of_others_to_itself(two, client):
    text = client.get(reverse("palette"), {"q": imei(4, AMERICA)}).content.decode()

    assert "Nothing matches" in text


def test_the_customers_page_says_how_many_devices_it_has(two, client):
    text = client.get(reverse("customer", args=[two.first.kcs_id])).content.decode()

    assert '2<span class="visually-hidden"> devices of Fjordline Freight' in text
