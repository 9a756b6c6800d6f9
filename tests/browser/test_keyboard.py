"""Whoever works by keyboard keeps their place: menus close behind them, and what they pressed does not lose them."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import go_to, press
from tests.live import acts
from tests.live.browsing import PHONE, Visits

pytestmark = pytest.mark.xdist_group("live")


def test_the_palette_keeps_the_focus_and_gives_it_back(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    before = page.get_by_role("link", name="Skip to content")
    go_to(page, before)

    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()
    went = [_tab(page) for _ in range(30)]
    page.keyboard.press("Control+k")
    page.keyboard.press("Control+k")
    page.keyboard.type("a filled search box")
    page.keyboard.press("Escape")

    assert all(at.startswith("in the palette") or at == "the browser's own" for at in went), went
    assert went.count("in the palette: All customers") > 1, "Tab does not come round"
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(before).to_be_focused()


def test_after_the_palette_the_page_begins_where_nothing_had_the_focus(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()

    page.keyboard.press("Escape")
    page.keyboard.press("Tab")

    expect(page.locator("#nav").get_by_role("link", name="Knox MSP Portal")).to_be_focused()


def _tab(page: Page) -> str:
    page.keyboard.press("Tab")
    return str(
        page.evaluate("""() => {
          const at = document.activeElement;
          if (at === document.body) return "the browser's own";
          return (at.closest("#palette") ? "in the palette: " : "behind it: ") + at.textContent.trim();
        }""")
    )


@pytest.mark.parametrize("menu", ["Account menu", "Help", "Filter"])
def test_a_menu_closes_when_the_focus_leaves_it(visit: Visits, menu: str) -> None:
    page = visit(acts.ALICE, at="/customers/")
    summary = page.locator("summary").filter(has_text=menu)
    press(page, summary)
    within = page.locator("details.pop[open] .pop-in")
    expect(within).to_be_visible()

    page.keyboard.press("Tab")
    expect(within).to_be_visible()
    page.evaluate(
        "document.querySelector('details.pop[open]').querySelectorAll('a, button, input').forEach("
        "(one) => one.checkVisibility() && one.focus())"
    )
    page.keyboard.press("Tab")

    expect(within).to_be_hidden()


@pytest.mark.parametrize("way", ["Escape", "Close menu", "the last entry"])
def test_the_side_menu_of_a_phone_closes_and_the_focus_is_where_it_was_opened(visit: Visits, way: str) -> None:
    page = visit(acts.ALICE, at="/customers/", width=PHONE)
    press(page, page.get_by_role("link", name="Open menu"))
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_visible()

    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "Close menu":
        press(page, menu.get_by_role("link", name="Close menu"))
    else:
        go_to(page, menu.get_by_role("link").last)
        page.keyboard.press("Tab")

    expect(menu).to_be_hidden()
    expect(page.get_by_role("link", name="Open menu")).to_be_focused()


def test_the_palette_opened_from_the_side_menu_of_a_phone_leads_back_to_it(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/", width=PHONE)
    press(page, page.get_by_role("link", name="Open menu"))
    switch = page.locator("#scope-button")
    press(page, switch)
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()

    page.keyboard.press("Escape")

    expect(switch).to_be_focused()


def test_the_palette_opens_without_script(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/", java_script_enabled=False)

    page.locator("#scope-button").click()

    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_visible()


def _open_alert(page: Page) -> Locator:
    """The newest alert that nobody is on. Alerts are counted soon after the start."""
    acts.count_alerts(page)
    row = page.locator("#feed > li").filter(has=page.get_by_role("button", name="Acknowledge")).first
    expect(row).to_be_visible(timeout=60_000)
    return page.locator(f"#{row.get_attribute('id')}")


def test_after_an_act_on_an_alert_the_focus_is_on_what_came_in_its_place(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/msp/")
    row = _open_alert(page)

    for choice in ("Acknowledge", "For 7 days"):
        button = row.get_by_role("button", name=choice)
        if choice != "Acknowledge":
            press(page, row.locator("summary"))
        press(page, button)
        undo = row.get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        page.keyboard.press("Enter")
        expect(row.get_by_role("button", name="Acknowledge")).to_be_focused()


def test_two_answers_at_once_do_not_lose_the_focus(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/msp/")
    row = _open_alert(page)
    page.evaluate("htmx.config.defaultSettleDelay = 3000")

    press(page, row.get_by_role("button", name="Acknowledge"))
    undo = row.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.evaluate("htmx.ajax('GET', location.href, {swap: 'none'})")

    expect(undo).to_be_focused()
    undo.click()
    expect(row.get_by_role("button", name="Acknowledge")).to_be_visible()


def test_a_swap_elsewhere_leaves_the_focus_alone(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    search = page.get_by_role("searchbox", name="Name, KCS Customer ID or contact")
    go_to(page, search)

    page.keyboard.type("kestrel")
    expect(page.locator("tbody a.who")).to_have_text(["Kestrel Field Services"])

    expect(search).to_be_focused()


def test_a_list_that_is_sorted_keeps_the_focus_on_the_head(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")

    for direction in ("descending", "ascending"):
        page.get_by_role("columnheader", name="Name").get_by_role("link").focus()
        page.keyboard.press("Enter")
        head = page.locator(f"th[aria-sort={direction}] a")
        expect(head).to_be_focused()

    page.reload()
    expect(head).not_to_be_focused()


def test_a_filter_taken_off_leads_to_the_next_and_the_last_one_to_the_list(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/?service=KC&access=none")
    first, second = (page.locator("a.chip-on b").nth(place).inner_text() for place in (0, 1))

    press(page, page.get_by_role("link", name=f"{first} Remove filter"))
    expect(page.get_by_role("link", name=f"{second} Remove filter")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Customers table")).to_be_focused()


def test_a_severity_of_the_dashboard_keeps_the_focus(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/msp/")

    press(page, page.get_by_role("link", name="Warning").first)
    page.wait_for_url("**severity=warning*")

    expect(page.locator("#chip-warning")).to_be_focused()


@pytest.mark.parametrize("at", ["/customers/", "/devices/"])
def test_a_ticked_row_leads_to_the_actions(visit: Visits, at: str) -> None:
    page = visit(acts.ALICE, at=at)
    box = page.locator("tbody input[type=checkbox]").first
    go_to(page, box)

    page.keyboard.press("Space")
    expect(page.locator("#say")).to_have_text("1 selected. Next is the button “Go to actions”.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    bar = page.get_by_role("group", name="Selected")
    expect(bar.get_by_role("button").first).to_be_focused()
    press(page, bar.get_by_role("button", name="Clear"))

    expect(box).to_be_focused()
    expect(page.get_by_role("button", name="Go to actions")).to_have_count(0)
