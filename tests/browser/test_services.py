"""What a person presses in a console reaches the phone, and the phone's answer the page, by itself."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import ASKS_AGAIN, reauthenticate
from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
SECONDS = 60_000
"""In milliseconds: so long a phone may take."""


def _console(page: Page, customer: str, service: str, state: str) -> str:
    """Open the console, show one state, tick its first device. Returns the device's number."""
    page.goto("/customers/")
    page.get_by_role("main").get_by_role("link", name=customer).click()
    page.get_by_role("link", name=f"Open console of {service}").click()
    page.get_by_role("navigation", name="States").get_by_role("link", name=state).first.click()
    box = page.get_by_role("region", name="Devices table").locator("tbody input[type=checkbox]").first
    number = (box.get_attribute("aria-label") or "").removeprefix("Select ")
    box.check()
    return number


def _act(page: Page, label: str) -> None:
    page.get_by_role("group", name="Selected devices").get_by_text("Actions").click()
    page.get_by_role("group", name="Selected devices").get_by_role("button", name=label, exact=True).click()


def _becomes(page: Page, address: str, number: str, state: str) -> None:
    """The console says so once the phone has answered."""
    for _ in range(20):
        page.goto(f"{address}?q={number}")
        row = page.get_by_role("region", name="Devices table").locator("tbody tr").first
        if state in row.inner_text():
            break
        page.wait_for_timeout(SECONDS / 20)
    expect(row).to_contain_text(state)


def _lock(page: Page, number: str, *, message: str = "") -> None:
    """The password is asked for unless another test of this sign-in gave it a moment ago."""
    if page.get_by_role("heading", name=ASKS_AGAIN).count():
        reauthenticate(page)
    if message:
        page.get_by_label("Message on the device").fill(message)
    page.get_by_label(f"Type {number} to go on").fill(number)
    page.get_by_role("main").get_by_role("button", name="Lock").click()


def test_a_phone_that_is_locked_in_knox_configure_says_so(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    number = _console(alice, "Fjordline Freight", "Knox Configure", "Configured")
    address = alice.url.partition("?")[0]

    with stack.fleet():
        _act(alice, "Lock")
        _lock(alice, number)
        _becomes(alice, address, number, "Locked")


def test_a_phone_that_gets_a_campaign_is_updated(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    number = _console(alice, "Fjordline Freight", "Knox E-FOTA", "Failed to install")
    address = alice.url.partition("?")[0]

    with stack.fleet():
        _act(alice, "Assign campaign")
        alice.get_by_label("Campaign", exact=True).select_option("Autumn update")
        alice.get_by_role("main").get_by_role("button", name="Assign campaign").click()
        _becomes(alice, address, number, "Updated")


def test_a_phone_that_is_locked_in_knox_guard_says_so(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    number = _console(alice, "Lumen Retail Group", "Knox Guard", "Active")
    address = alice.url.partition("?")[0]

    with stack.fleet():
        _act(alice, "Lock")
        _lock(alice, number, message="The rent is overdue.")
        _becomes(alice, address, number, "Locked")
