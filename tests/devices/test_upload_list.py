"""The list of a customer's uploads."""

import csv
import io
import re

import pytest
from django.urls import reverse

from accounts.acting import acting_as
from devices import uploads
from tests.devices import sending
from tests.devices.sending import imei, imeis
from tests.devices.upload_pages import WRONG, queries, text, url
from tests.devices.uploading import to_the_next_msp


def _rows(response):
    return re.findall(r'class="who"[^>]*>\s*<bdi>([^<]*)', response.content.decode())


@pytest.fixture
def some(world):
    """Three uploads of the first customer: added, added in part, cancelled; and one of the second."""
    done = sending.added(world.alice, imeis(2), customer=world.first, name="a-clean.csv")
    partly = sending.added(world.alice, [imei(7), WRONG], customer=world.first, name="b-partly.csv")
    gone = sending.checked(world.alice, [WRONG], customer=world.first, name="c-gone.csv")
    with acting_as(world.alice):
        uploads.cancel(gone, by=world.alice)
    sending.checked(world.alice, [imei(8)], customer=world.second, name="d-second.csv")
    return done, partly, gone


def test_the_list_has_the_uploads_of_this_customer_the_newest_first(alice, world, some):
    shown = alice.get(url("upload-list", world))

    assert _rows(shown) == ["c-gone.csv", "b-partly.csv", "a-clean.csv"]
    assert "Completed with errors" in text(shown)


def test_the_list_is_searched_by_id_and_by_the_start_of_a_name(alice, world, some):
    by_id = alice.get(url("upload-list", world), {"q": str(some[0].pk)})
    by_name = alice.get(url("upload-list", world), {"q": "B-PART"})
    nothing = alice.get(url("upload-list", world), {"q": "d-second"})

    assert (_rows(by_id), _rows(by_name), _rows(nothing)) == (["a-clean.csv"], ["b-partly.csv"], [])
    assert "Nothing matches “d-second”" in text(nothing)


@pytest.mark.parametrize(
    ("status", "names"),
    [("completed", ["a-clean.csv"]), ("partly", ["b-partly.csv"]), ("cancelled", ["c-gone.csv"]), ("progress", [])],
)
def test_the_list_is_narrowed_by_status(alice, world, some, status, names):
    assert _rows(alice.get(url("upload-list", world), {"status": status})) == names


def test_the_list_is_sorted_by_its_heads(alice, world, some):
    assert _rows(alice.get(url("upload-list", world), {"sort": "name"})) == [
        "a-clean.csv",
        "b-partly.csv",
        "c-gone.csv",
    ]
    assert _rows(alice.get(url("upload-list", world), {"sort": "-name"}))[0] == "c-gone.csv"


def test_the_csv_has_what_the_list_shows(alice, world, some):
    head, *rows = list(csv.reader(io.StringIO(
        alice.get(url("upload-export", world), {"status": "partly"}).content.decode("utf-8-sig")
    )))  # fmt: skip

    assert (head[0], [(row[1], row[3], row[4], row[5], row[7]) for row in rows]) == (
        "Upload ID", [("b-partly.csv", "2", "1", "1", "Completed with errors")],
    )  # fmt: skip
    everything = alice.get(url("upload-export", world)).content.decode()
    assert ("c-gone.csv" in everything, "d-second.csv" in everything) == (True, False)


def test_an_empty_list_says_what_belongs_there(alice, world):
    assert "No uploads yet" in text(alice.get(url("upload-list", world)))


def test_the_list_costs_the_same_for_two_uploads_and_for_a_page_of_them(alice, world):
    sending.checked(world.alice, [imei(1)], customer=world.first)
    few = queries(alice, url("upload-list", world))
    for number in range(60):
        sending.sent(world.tom, [imei(number + 2)], customer=world.first)

    assert queries(alice, url("upload-list", world)) == few <= 10


def test_the_next_msp_reads_no_person_of_the_one_before(world, client):
    upload = sending.added(world.alice, imeis(1), customer=world.first)
    of_first = [world.first.kcs_id]
    urls = [reverse("upload-list", args=of_first), reverse("upload-export", args=of_first)]
    urls.append(reverse("upload", args=[*of_first, upload.pk]))
    client.force_login(world.alice)
    before = [client.get(url).content.decode() for url in urls]

    to_the_next_msp(world)
    client.force_login(world.bob)
    after = [client.get(url).content.decode() for url in urls]

    assert [str(world.alice) in one for one in before] == [True] * 3
    assert [(str(world.alice) in one, "An earlier MSP" in one) for one in after] == [(False, True)] * 3
