"""The pages of the inventory, in the MSP Portal and in the Knox Admin Portal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.devices.inventory_pages import act_url, numbered, page, rows, waits
from tests.devices.sending import AMERICA, added, imei, imeis

EMPTY = ["Fjordline Freight has no devices yet", "or upload them"]


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


def test_a_device_has_its_facts_its_origin_and_its_history(two, client):
    device = numbered(imei(1))
    client.post(act_url(two, "tags", device), {"tags": "pilot", "do": "add"})

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


def test_the_palette_jumps_to_a_device_by_its_number(two, client):
    text = client.get(reverse("palette"), {"q": f" {imei(3)} "}).content.decode()

    assert reverse("customer-device", args=[two.second.kcs_id, numbered(imei(3)).pk]) in text


def test_the_palette_keeps_devices_of_others_to_itself(two, client):
    text = client.get(reverse("palette"), {"q": imei(4, AMERICA)}).content.decode()

    assert "Nothing matches" in text


def test_the_customers_page_says_how_many_devices_it_has(two, client):
    text = client.get(reverse("customer", args=[two.first.kcs_id])).content.decode()

    assert '2<span class="visually-hidden"> devices of Fjordline Freight' in text
