"""A fault shows on the dashboard by itself, and goes when its cause goes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_services import SECONDS, _act, _becomes, _console, _lock
from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
LUMEN = "Lumen Retail Group"


def _alert(page: Page, words: str) -> Locator:
    return page.locator("#feed > li").filter(has_text=re.compile(words))


def _show(page: Page, customer: str) -> None:
    """One customer instead of all, without another page."""
    page.get_by_label("Show").select_option(customer)
    page.wait_for_url("**/msp/?customer=*")
    expect(page.locator("#feed > li").filter(has_not_text=customer)).to_have_count(0)  # Refresh keeps what is shown


@pytest.mark.late(3)  # it unlocks what the demo locked
def test_a_fault_of_a_phone_is_on_the_dashboard_until_it_is_mended(stack: Stack, visit: Visits) -> None:
    alice, dashboard = visit(acts.ALICE), visit(acts.ALICE, at="/msp/")
    _show(dashboard, LUMEN)
    acts.count_alerts(dashboard)
    title = _alert(dashboard, "Locked").get_by_role("heading")
    expect(title).to_be_visible(timeout=SECONDS)
    before = int(title.inner_text().split()[0])

    with stack.fleet():
        number = _lock_one(alice)
        acts.count_alerts(dashboard)
        expect(title).to_have_text(f"{before + 1} devices: Locked", timeout=SECONDS)  # nobody loads the page anew
        _unlock_all(dashboard)
        _becomes(alice, alice.url.partition("?")[0], number, "Active")

    dashboard.goto("/msp/")
    _show(dashboard, LUMEN)
    acts.count_alerts(dashboard)
    expect(_alert(dashboard, "Locked")).to_have_count(0, timeout=SECONDS)


def _lock_one(page: Page) -> str:
    number = _console(page, LUMEN, "Knox Guard", "Active")
    console = page.url.partition("?")[0]
    _act(page, "Lock")
    _lock(page, number, message="The rent is overdue.")
    _becomes(page, console, number, "Locked")
    return number


def _unlock_all(page: Page) -> None:
    """The alert leads to the devices that it counts."""
    _alert(page, "Locked").get_by_role("link", name="See devices").click()
    page.get_by_label(re.compile("^Select the")).check()
    _act(page, "Unlock")
    page.get_by_role("main").get_by_role("button", name="Unlock").click()


def test_who_acknowledges_leaves_the_red_numbers_and_comes_back_by_undo(stack: Stack, visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    acts.send_as_reseller(visit(acts.RITA), acts.add_customer(page, "Rurtal Papier"), "352143008000079")
    page.goto("/msp/")
    _show(page, "Rurtal Papier")  # of its own: other alerts are counted anew meanwhile
    acts.count_alerts(page)
    row, tile = _alert(page, "waits for approval"), page.locator("#tiles .huge").first
    expect(row).to_be_visible(timeout=SECONDS)
    expect(tile).to_have_text("1", timeout=SECONDS)  # counted a moment before the list, it may say so at the next look

    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_contain_text("You acknowledged the alert.")
    expect(tile).to_have_text("0")
    row.get_by_role("button", name="Undo").click()

    expect(row.get_by_role("button", name="Acknowledge")).to_be_visible()
    expect(tile).to_have_text("1")


def test_a_snoozed_alert_waits_among_the_snoozed(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/msp/")
    row = _alert(page, "license ends").first
    if not row.count():
        page.goto("/msp/?kind=license_ending")
    title = row.get_by_role("heading").inner_text()

    row.get_by_text("Snooze").click()
    row.get_by_role("button", name="For 7 days").click()
    expect(page.locator("#say")).to_contain_text("It comes back earlier if it gets worse.")
    page.goto("/msp/?state=snoozed")

    snoozed = _alert(page, title)
    expect(snoozed.get_by_text("Until ")).to_be_visible()
    snoozed.get_by_role("button", name="Undo").click()
    expect(page.locator("#say")).to_have_text("The alert is open again.")
