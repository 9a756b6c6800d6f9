"""Lists on narrow screens: nothing is cut, and nothing stands there alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.places import Relations
from tests.live import acts
from tests.live.browsing import PHONE, WIDE, Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")

# How much wider the hint of a search is than its box.
CUT = """
search => {
  const style = getComputedStyle(search);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = search.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return Math.max(0, pen.measureText(search.placeholder).width - room);
}
"""

TABLET = 768
CELLS = "rows => rows.map(row => [...row.children].filter(cell => cell.checkVisibility()).length)"


@pytest.mark.parametrize(
    ("person", "at"),
    [
        (acts.SAM, "/samsung/tickets/"),
        (acts.SAM, "/samsung/customers/"),
        (acts.SAM, "/samsung/msps/"),
        (acts.ALICE, "/uploads/waiting/"),
        (acts.ALICE, "/customers/"),
        (acts.ALICE, "/devices/"),
        (acts.ALICE, "/licenses/"),
        (acts.ALICE, "/orders/"),
    ],
)
def test_the_hint_of_a_search_has_room_on_a_phone(visit: Visits, person: str, at: str) -> None:
    page = visit(person, at=at, width=PHONE)

    assert page.get_by_role("main").get_by_role("searchbox").evaluate(CUT) == 0


@pytest.mark.parametrize(
    ("person", "at"),
    [
        (acts.ALICE, "/activity/"),
        (acts.ALICE, "/orders/"),
        (acts.SAM, "/samsung/keys/"),
        (acts.RITA, "/reseller/customers/"),
    ],
)
def test_a_table_on_a_tablet_has_a_cell_under_each_head_and_is_not_cut(visit: Visits, person: str, at: str) -> None:
    page = visit(person, at=at, width=TABLET)

    cells = page.locator("tbody tr").evaluate_all(CELLS)

    assert set(cells) == {page.locator("thead th:visible").count()}
    assert page.get_by_role("region", name="table").evaluate("table => table.scrollWidth - table.clientWidth") <= 0


def test_a_ticket_without_a_customer_has_no_empty_line_on_a_phone(visit: Visits) -> None:
    rita = visit(acts.RITA, at="/tickets/open/")
    rita.get_by_label("Kind").select_option("Question")
    rita.get_by_label("Subject").fill("Where are the invoices?")
    rita.get_by_label("What happened").fill("We cannot find them.")
    rita.get_by_role("button", name="Open ticket").click()
    expect(rita.get_by_role("heading", level=1)).to_contain_text("Where are the invoices?")
    page = visit(acts.SAM, at="/samsung/tickets/?view=all", width=PHONE)

    row = page.get_by_role("row").filter(has_text="Where are the invoices?")

    expect(row).to_be_visible()
    expect(row.get_by_text("–")).to_be_hidden()


def test_the_longest_state_of_a_customer_cuts_no_column_off(stack: Stack, visit: Visits) -> None:
    page = visit(acts.ALICE)
    Relations(visit, stack, page).asks_for_end("Kranich Kaffee", "kira@kranich.example")

    page.goto("/customers/")

    expect(page.get_by_role("row", name="Kranich Kaffee")).to_contain_text("Delink requested by customer")
    table = page.get_by_role("region", name="Customers table")
    cut = {}
    for width in (WIDE, 1100, 1000, TABLET):
        page.set_viewport_size({"width": width, "height": 800})
        cut[width] = table.evaluate("table => table.scrollWidth - table.clientWidth")
    assert not any(cut.values()), cut
