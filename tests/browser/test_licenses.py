"""A trial as people use it (FAQ Q9): one click, five devices, no sixth, and the way to buy."""

import pytest
from playwright.sync_api import Page, expect

from tests.live import acts, devices
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
IMEIS = [f"35999900000000{number}" for number in range(6)]


def test_a_trial_takes_five_devices_and_sends_the_sixth_to_an_order(stack: Stack, visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    kcs_id = acts.add_customer(page, "Tannenhof", **{"Work email": "karin@tannenhof.example"})
    devices.put(stack, kcs_id, IMEIS)

    page.get_by_role("button", name="Start trial").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Knox Configure trial")
    expect(page.get_by_role("main")).to_contain_text("The trial runs until")
    expect(page.get_by_role("main")).to_contain_text("90 days left.")
    _assign(page, *IMEIS[:5])
    expect(page.get_by_role("main")).to_contain_text("5 devices enroll in Knox Configure.")
    expect(page.locator("tbody tr")).to_have_count(5)
    _assign(page, IMEIS[5])
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text(
        "A trial is for up to 5 devices, and Tannenhof uses all of them. Unenroll one or order a license."
    )
    refusal.get_by_role("link", name="Order a license").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order seats")
    expect(page.get_by_role("textbox", name="KCS Customer ID (optional)")).to_have_value(kcs_id)
    expect(page.get_by_role("radio", name="Nordkey Licensing")).to_be_visible()


def test_a_freed_seat_takes_the_next_device(stack: Stack, visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    kcs_id = acts.add_customer(page, "Ulmenhof", **{"Work email": "karin@ulmenhof.example"})
    imeis = [f"35999910000000{number}" for number in range(6)]
    devices.put(stack, kcs_id, imeis)
    page.get_by_role("button", name="Start trial").click()
    _assign(page, *imeis[:5])

    page.get_by_label(f"Select {imeis[0]}").check()
    page.get_by_role("button", name="Release these").click()
    expect(page.get_by_role("main")).to_contain_text("1 device leaves Knox Configure.")
    _assign(page, imeis[5])

    expect(page.get_by_role("main")).to_contain_text("1 device enrolls in Knox Configure.")


def test_a_button_that_is_pressed_twice_issues_one_key(visit: Visits) -> None:
    page = visit(acts.LENA, at="/license-reseller/keys/issue/")
    page.get_by_label("License", exact=True).select_option(index=1)
    page.get_by_label("Seats").fill("7331")
    page.get_by_label("Months").fill("12")

    twice = "button => { button.click(); setTimeout(() => button.click(), 30); }"
    page.get_by_role("main").get_by_role("button", name="Issue key").evaluate(twice)

    expect(page.get_by_role("heading", level=1)).not_to_have_text("Issue key")
    page.goto("/license-reseller/keys/")
    expect(page.get_by_role("main").locator("tbody tr").filter(has_text="7,331")).to_have_count(1)


def _assign(page: Page, *imeis: str) -> None:
    page.get_by_role("link", name="Assign devices").first.click()
    for imei in imeis:
        page.get_by_label(f"Select {imei}").check()
    page.get_by_role("button", name="Assign these").click()
