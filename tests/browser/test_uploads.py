"""Uploads as people make them: drop a file, watch it, correct lines in the page, and add the good ones."""

import contextlib
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import appearance
from tests.devices.sending import AMERICA, imei, imeis
from tests.live import acts
from tests.live.browsing import PHONE, Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
OWN = 700_000
"""The devices of these tests begin here; each test takes a thousand or more of its own."""


def open_upload(page: Page, customer: str) -> None:
    page.goto("/customers/")
    page.goto(f"/customers/{page.get_by_label(f'Select {customer}').get_attribute('value')}/uploads/add/")


def choose(page: Page, path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))
    page.get_by_label("CSV or XLSX file").set_input_files(path)
    page.get_by_role("button", name="Check file").click()


def wrong(number: int) -> str:
    """An IMEI whose last digit does not fit."""
    right = imei(number)
    return right[:-1] + str((int(right[-1]) + 1) % 10)


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


@contextlib.contextmanager
def holding(stack: Stack, device: str) -> Iterator[None]:
    """Somebody else is at this device, in a transaction that is rolled back in the end: who adds it has to wait."""
    columns = "customer_id, approval_id, reseller_id, model_id, state, order_number, tags, added_at, modified_at"
    held = f"INSERT INTO devices_device (imei, {columns}) SELECT %s, {columns} FROM devices_device LIMIT 1"  # noqa: S608
    with psycopg.connect(stack.database) as connection:
        connection.execute(held, (device,))
        yield
        connection.rollback()


def test_ten_thousand_lines_are_checked_and_added_and_progress_is_seen_moving(
    stack: Stack, visit: Visits, tmp_path: Path
) -> None:
    page = visit(acts.ALICE)
    open_upload(page, "Norrland Timber")
    lines = [*imeis(9_800, first=OWN), *(wrong(OWN + number) for number in range(200))]

    with holding(stack, lines[9_500]):
        choose(page, tmp_path / "rollout.csv", lines)
        expect(heading(page)).to_have_text("Check result")
        expect(page.locator("#upload-sum")).to_contain_text("10,000 lines read, nothing added yet")
        page.get_by_role("button", name="Add 9,800 devices").click()
        bar = page.get_by_role("progressbar")
        expect(page.locator("#upload-now")).to_have_text(re.compile(r"^[1-9][\d,]* of 9,800 devices added$"))
        half_way = int(bar.get_attribute("value") or "0")
        page.reload()
        expect(bar).to_have_attribute("value", str(half_way))

    expect(heading(page)).to_have_text("Upload result")
    assert 0 < half_way < 100
    expect(page.locator("#upload-sum dd")).to_have_text(["9,800", "200", "10,000"])
    expect(page).to_have_title(re.compile("^Upload result"))


def test_a_page_that_waits_for_a_worker_is_right_on_every_screen_and_goes_on_by_itself(
    stack: Stack, visit: Visits, tmp_path: Path
) -> None:
    page = visit(acts.ALICE)
    open_upload(page, "Puerto Sol Hotels")

    with stack.without("worker"):
        choose(page, tmp_path / "waiting.csv", imeis(3, first=OWN + 10_000))
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "0")
        problems = appearance.problems(page)
        phone = visit(acts.ALICE, at=page.url, width=PHONE)
        problems += appearance.problems(phone)

    assert not problems, "\n".join(problems)
    expect(heading(page)).to_have_text("Check result", timeout=60_000)
    expect(heading(page)).to_be_focused()


def test_lines_are_corrected_in_the_page_one_after_the_other(visit: Visits, tmp_path: Path) -> None:
    page, first = visit(acts.ALICE), OWN + 11_000
    open_upload(page, "Ostrava Steelworks")
    choose(page, tmp_path / "few.csv", [imei(first), wrong(first + 1), wrong(first + 2), "3.5E+14", imei(9, AMERICA)])
    expect(page.get_by_role("button", name="Add 1 device")).to_be_visible()

    page.get_by_label("IMEI, MEID or serial number, line 2").fill(imei(first + 1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add 2 devices")).to_be_visible()
    expect(page.get_by_label("IMEI, MEID or serial number, line 3")).to_be_focused()
    page.keyboard.type("35")
    page.keyboard.press("Enter")
    expect(page.locator("#line-3 .err")).to_have_text("This IMEI has 2 digits. It needs 15.")
    expect(page.get_by_label("IMEI, MEID or serial number, line 3")).to_have_value("35")
    page.get_by_label("IMEI, MEID or serial number, line 3").fill(imei(first + 2))
    page.get_by_role("button", name="Save line 3").click()

    expect(page.locator("#upload-sum dd")).to_have_text(["3", "2", "5"])
    page.get_by_text("Rounded by a spreadsheet").click()
    expect(page.get_by_label("IMEI, MEID or serial number, line 4")).to_be_visible()
    page.get_by_role("button", name="Add 3 devices").click()
    expect(page.get_by_text("3 of 5 lines added. 2 need a correction.")).to_be_visible()


def test_bad_lines_are_downloaded_with_their_reason(visit: Visits, tmp_path: Path) -> None:
    page, first = visit(acts.ALICE), OWN + 12_000
    open_upload(page, "Ostrava Steelworks")
    choose(page, tmp_path / "report.csv", [imei(first), wrong(first + 1), "=1+1"])

    with page.expect_download() as download:
        page.get_by_role("link", name="All bad lines as CSV").click()

    head, *rows = csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")))
    assert (head[-2], [(row[0], row[2], row[-2]) for row in rows]) == (
        "Error",
        [("2", wrong(first + 1), "DEVICE_IMEI_INVALID"), ("3", "'=1+1", "RESOURCE_INVALID_PARAM")],
    )


def test_a_file_is_dropped_on_the_page(visit: Visits) -> None:
    page, first = visit(acts.ALICE), OWN + 13_000
    open_upload(page, "Meridian Security")
    transfer = page.evaluate_handle(
        "text => { const it = new DataTransfer(); it.items.add(new File([text], 'dropped.csv')); return it }",
        "\n".join(imeis(2, first=first)),
    )

    page.locator("form[data-upload]").dispatch_event("dragover", {"dataTransfer": transfer})
    expect(page.locator("[data-drop]")).to_have_class(re.compile("is-over"))
    page.locator("form[data-upload]").dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.get_by_text("File chosen:")).to_be_visible()
    page.get_by_role("button", name="Check file").click()

    expect(page.get_by_role("button", name="Add 2 devices")).to_be_visible()
    expect(page.get_by_text("dropped.csv").first).to_be_visible()


def test_more_pasted_lines_than_a_form_takes_travel_as_a_file(visit: Visits) -> None:
    page = visit(acts.ALICE)
    open_upload(page, "Meridian Security")
    page.get_by_label("Or paste here").evaluate(
        "(box, line) => { box.value = Array(150000).fill(line).join('\\n') }", imei(OWN + 13_100)
    )

    page.get_by_role("button", name="Check file").click(timeout=60_000)

    expect(heading(page)).to_have_text("Check result", timeout=60_000)
    expect(page.locator("#upload-sum dd")).to_have_text(["1", "149,999", "150,000"])


def test_everything_can_be_done_on_a_phone(visit: Visits, tmp_path: Path) -> None:
    page, first = visit(acts.ALICE, width=PHONE, has_touch=True), OWN + 14_000
    open_upload(page, "Hansel & Roth Bakeries")

    choose(page, tmp_path / "phone.csv", [imei(first), wrong(first + 1)])
    page.get_by_label("IMEI, MEID or serial number, line 2").fill(imei(first + 1))
    page.get_by_role("button", name="Save line 2").tap()
    page.get_by_role("button", name="Add 2 devices").tap()

    expect(page.get_by_text("2 of 2 lines added.")).to_be_visible()
    assert not appearance.problems(page)


def test_an_upload_is_cancelled_and_can_be_sent_again(visit: Visits, tmp_path: Path) -> None:
    page, first = visit(acts.ALICE), OWN + 15_000
    open_upload(page, "Zuiderzee Waterbeheer")
    form = page.url
    choose(page, tmp_path / "again.csv", imeis(2, first=first))
    page.goto(form)
    choose(page, tmp_path / "again.csv", imeis(2, first=first))
    page.get_by_role("link", name=re.compile(r"Open upload \d+")).click()

    page.get_by_role("button", name="Discard this file").click()
    expect(page.get_by_text("This upload was cancelled. Nothing was added.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Upload devices").click()
    choose(page, tmp_path / "again.csv", imeis(2, first=first))

    expect(page.get_by_role("button", name="Add 2 devices")).to_be_visible()


def test_without_script_a_file_is_sent_checked_corrected_and_added(visit: Visits, tmp_path: Path) -> None:
    page, first = visit(acts.ALICE, java_script_enabled=False), OWN + 16_000
    open_upload(page, "Alpenglühn Bergbahnen")
    choose(page, tmp_path / "plain.csv", [imei(first), wrong(first + 1), "3.5E+14"])
    until(page, "Check result")

    page.get_by_text("Rounded by a spreadsheet").click()
    page.get_by_role("link", name="Show the 1 line").click()
    page.get_by_label("IMEI, MEID or serial number, line 3").fill(imei(first + 3))
    page.get_by_role("button", name="Save line 3").click()
    expect(page.get_by_text("Line 3 is good now.")).to_be_visible()
    page.get_by_role("link", name="Back to the upload").click()
    page.get_by_role("button", name="Add 2 devices").click()

    until(page, "Upload result")
    expect(page.get_by_text("2 of 3 lines added. 1 needs a correction.")).to_be_visible()


def until(page: Page, title: str) -> None:
    """Look again, as the page offers, until the worker is through."""
    for _ in range(100):
        if heading(page).inner_text() == title:
            return
        page.get_by_role("link", name="Look again").click()
        page.wait_for_timeout(100)
    raise AssertionError(heading(page).inner_text())
