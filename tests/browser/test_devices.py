"""The inventory: find, tag, narrow, delete, take away. Brightwater's devices are used only here."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import keyboard
from tests.live import acts
from tests.live.browsing import PHONE, Visits

pytestmark = pytest.mark.xdist_group("live")
CUSTOMER = "Brightwater Care Homes"


@pytest.fixture
def devices(visit: Visits) -> Page:
    page = visit(acts.ALICE, at="/customers/")
    page.get_by_role("link", name=CUSTOMER).first.click()
    page.get_by_role("navigation", name=f"Pages of {CUSTOMER}").get_by_role("link", name="Devices").click()
    page.wait_for_url("**/devices/")  # and for its script: a key pressed before goes nowhere
    return page


def _numbers(page: Page) -> Locator:
    return page.locator("tbody .who")


def _tick(page: Page, *at: int) -> list[str]:
    """The numbers of the ticked devices."""
    for one in at:
        page.locator("tbody").get_by_role("checkbox").nth(one).check()
    return [_numbers(page).nth(one).inner_text() for one in at]


def _tag(page: Page, tags: str, *at: int) -> list[str]:
    ticked = _tick(page, *at)
    page.get_by_role("button", name="Tags").click()
    page.get_by_label("Tags", exact=True).fill(tags)
    page.get_by_role("button", name="Add tags").click()
    return ticked


def test_devices_are_ticked_tagged_and_found_by_the_tag(devices: Page) -> None:
    ticked = _tag(devices, "night shift, pilot", 0, 2)
    expect(devices.get_by_role("status").first).to_contain_text("You tagged 2 devices: night shift, pilot.")

    devices.get_by_text("Filter", exact=True).click()
    devices.get_by_label("Tag", exact=True).fill("night shift")
    devices.keyboard.press("Enter")

    expect(_numbers(devices)).to_have_text(ticked)
    expect(devices).to_have_url(re.compile(r"[?&]tag=night"))


def test_going_back_up_by_keyboard_the_bar_never_covers_where_one_is(devices: Page) -> None:
    devices.set_viewport_size({"width": 800, "height": PHONE})
    first, last = _numbers(devices).first, _numbers(devices).last
    last.focus()

    keyboard.go_to(devices, first, "Shift+Tab")


def test_devices_are_deleted_after_their_number_was_typed(devices: Page) -> None:
    ticked = _tick(devices, 1, 3)
    kept = _numbers(devices).nth(2).inner_text()
    devices.get_by_role("button", name="Delete").click()
    expect(devices.get_by_role("heading", level=1)).to_have_text("Delete 2 devices?")
    devices.get_by_role("button", name="Delete 2 devices").click()
    expect(devices.get_by_role("alert")).to_contain_text("1 field needs a correction")

    devices.get_by_label("Type 2 to go on").fill("2")
    devices.get_by_role("button", name="Delete 2 devices").click()

    expect(devices.get_by_role("status").first).to_contain_text(f"You deleted 2 devices of {CUSTOMER}.")
    expect(devices.get_by_role("link", name=ticked[0])).to_have_count(0)
    expect(devices.get_by_role("link", name=kept)).to_have_count(1)


def test_a_number_is_found_as_it_stands_on_the_box(devices: Page) -> None:
    number = _numbers(devices).nth(3).inner_text()

    devices.get_by_role("searchbox", name="IMEI, MEID or serial number").fill(
        f"{number[:2]} {number[2:8]} {number[8:]}"
    )
    devices.keyboard.press("Enter")

    expect(_numbers(devices)).to_have_text([number])
    _numbers(devices).click()
    expect(devices.get_by_role("heading", level=1)).to_have_text(number)
    expect(devices.get_by_role("region", name="Where it came from")).to_contain_text("Aurora Managed Mobility")


def test_control_k_jumps_to_a_device_by_its_number(devices: Page) -> None:
    number = _numbers(devices).nth(4).inner_text()
    devices.keyboard.press("Control+k")

    devices.keyboard.type(number)
    palette = devices.get_by_role("dialog", name="Find or switch customer")
    expect(palette.get_by_role("link", name=number)).to_be_visible()
    devices.keyboard.press("Enter")

    expect(devices.get_by_role("heading", level=1)).to_have_text(number)


def test_a_scanner_jumps_to_a_device_without_waiting(devices: Page) -> None:
    number = _numbers(devices).nth(2).inner_text()
    devices.keyboard.press("Control+k")

    devices.keyboard.type(number)
    devices.keyboard.press("Enter")

    expect(devices.get_by_role("heading", level=1)).to_have_text(number)


def test_columns_are_chosen_and_stay_chosen(devices: Page) -> None:
    devices.get_by_text("Columns", exact=True).click()
    devices.get_by_role("checkbox", name="Serial number").uncheck()
    devices.get_by_role("checkbox", name="Order").check()
    devices.get_by_role("button", name="Show").click()

    expect(devices.get_by_role("columnheader", name="Order")).to_be_visible()
    devices.goto("/devices/")
    expect(devices.get_by_role("columnheader", name="Order")).to_be_visible()
    expect(devices.get_by_role("columnheader", name="Serial number")).to_have_count(0)


def test_the_csv_of_ticked_devices_has_these_and_no_other(devices: Page) -> None:
    ticked = _tick(devices, 1, 2)

    with devices.expect_download() as download:
        devices.get_by_role("button", name="CSV of these").click()

    head, *lines = csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")))
    assert (head[0], [line[0] for line in lines]) == ("IMEI", ticked)


def test_ticks_and_their_buttons_fit_a_phone(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/", width=PHONE)
    page.get_by_role("link", name=CUSTOMER).first.click()
    page.get_by_role("navigation", name=f"Pages of {CUSTOMER}").get_by_role("link", name="Devices").click()

    _tick(page, 0)
    for name in ("Tags", "Delete", "CSV of these", "Clear"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert (box["x"] >= 0, box["x"] + box["width"] <= PHONE, box["height"] >= 44) == (True, True, True), name


def test_the_tabs_of_a_customer_are_all_seen_on_a_phone(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/", width=PHONE)
    page.get_by_role("link", name=CUSTOMER).first.click()

    tabs = page.get_by_role("navigation", name=f"Pages of {CUSTOMER}").get_by_role("link")
    for name in ("Overview", "Devices", "Uploads", "Waiting for approval", "Resellers", "Licenses"):
        box = tabs.filter(has_text=name).bounding_box()
        assert box
        assert (box["x"] >= 0, box["x"] + box["width"] <= PHONE, box["height"] >= 44) == (True, True, True), name
