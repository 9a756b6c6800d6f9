"""The customer list: find, narrow, sort, take away, and jump. Bob has four customers, and only here is he used."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
ALL = ["Cascadia Orchards", "Great Lakes Couriers", "Northern Light Clinics", "Prairie Wind Energy"]


@pytest.fixture
def customers(visit: Visits) -> Page:
    page = visit(acts.BOB)
    page.goto("/customers/")
    return page


def _names(page: Page) -> Locator:
    return page.locator("tbody a.who")


def _companies(download: Download) -> list[str]:
    head, *rows = csv.reader(io.StringIO(Path(download.path()).read_text("utf-8-sig")))
    assert head[0] == "Company name"
    return [row[0] for row in rows]


def test_typing_in_the_search_narrows_the_list_and_the_address_keeps_it(customers: Page) -> None:
    search = customers.get_by_role("searchbox", name="Name, KCS Customer ID or contact")

    search.press_sequentially("great")

    expect(_names(customers)).to_have_text(["Great Lakes Couriers"])
    expect(customers).to_have_url(re.compile(r"[?&]q=great"))
    customers.reload()
    expect(_names(customers)).to_have_text(["Great Lakes Couriers"])


def test_filters_narrow_the_list_and_each_can_be_taken_off(customers: Page) -> None:
    customers.get_by_text("Filter", exact=True).click()

    customers.get_by_label("Knox Manage").check()
    expect(_names(customers)).to_have_text(ALL[2:])
    customers.get_by_label("Access").select_option("Full access")
    expect(_names(customers)).to_have_text(ALL[3:])

    customers.keyboard.press("Escape")
    customers.get_by_role("link", name="Access").click()
    expect(_names(customers)).to_have_text(ALL[2:])


def test_a_column_head_sorts_and_turns_round(customers: Page) -> None:
    expect(_names(customers)).to_have_text(ALL)

    customers.get_by_role("columnheader", name="Name").get_by_role("link").click()

    expect(_names(customers)).to_have_text(ALL[::-1])
    expect(customers.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")


def test_the_csv_of_ticked_rows_has_these_and_no_other(customers: Page) -> None:
    customers.get_by_label("Select Cascadia Orchards").check()
    customers.get_by_label("Select Prairie Wind Energy").check()
    expect(customers.get_by_text("2 selected", exact=True)).to_be_visible()

    with customers.expect_download() as download:
        customers.get_by_role("button", name="CSV of these").click()

    assert _companies(download.value) == ["Cascadia Orchards", "Prairie Wind Energy"]


def test_a_long_csv_is_made_by_the_worker_and_mailed(stack: Stack, customers: Page) -> None:
    with stack.setting("export_limit", 3):
        customers.get_by_role("link", name="CSV of the list").click()
        expect(customers.get_by_role("heading", level=1)).to_have_text("Export of customers")
    with customers.expect_download() as download:
        customers.get_by_role("link", name="Download CSV").click()

    assert _companies(download.value) == ALL
    customers.goto(stack.letter(acts.BOB, "Your export of customers is ready").link)
    expect(customers.get_by_role("link", name="Download CSV")).to_be_visible()


def test_control_k_jumps_to_a_customer_by_its_first_letters(customers: Page) -> None:
    customers.keyboard.press("Control+k")
    palette = customers.get_by_role("dialog", name="Find or switch customer")
    expect(palette.get_by_role("searchbox")).to_be_focused()

    customers.keyboard.type("north")
    expect(palette.get_by_role("link", name="Northern Light Clinics")).to_be_visible()
    customers.keyboard.press("Enter")

    expect(customers.get_by_role("heading", level=1)).to_have_text("Northern Light Clinics")


def test_control_k_jumps_to_a_customer_by_its_id(customers: Page) -> None:
    kcs_id = customers.get_by_label("Select Great Lakes Couriers").get_attribute("value")
    assert kcs_id
    customers.keyboard.press("Control+k")

    customers.keyboard.type(f"{kcs_id[:4]} {kcs_id[4:7]} {kcs_id[7:]}")
    palette = customers.get_by_role("dialog", name="Find or switch customer")
    expect(palette.get_by_role("link", name="Great Lakes Couriers")).to_be_visible()
    customers.keyboard.press("ArrowDown")
    customers.keyboard.press("Enter")

    expect(customers.get_by_role("heading", level=1)).to_have_text("Great Lakes Couriers")
