"""Whoever works by keyboard keeps their place: menus close behind them, and what they pressed does not lose them."""

import pytest
from playwright.sync_api import Page, expect

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
