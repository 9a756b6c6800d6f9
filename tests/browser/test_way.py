"""The main way through the portal, once with the mouse and once by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import keyboard
from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")


def test_from_the_first_page_to_a_customer_with_its_id(stack: Stack, visit: Visits) -> None:
    page, sam = visit(permissions=["clipboard-read", "clipboard-write"]), visit(acts.SAM)

    acts.apply_as_msp(page, "nora@mjolner.example", "Mjölner IT")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    acts.confirm_email(page, stack.letter("nora@mjolner.example", "Confirm your email").link)
    expect(page.get_by_role("heading", name="Thank you for applying")).to_be_visible()
    stack.letter("nora@mjolner.example", "Samsung has the application of Mjölner IT")
    sam.goto(stack.letter(acts.SAM, "New application: Mjölner IT").link)
    sam.get_by_role("button", name="Approve Mjölner IT").click()
    expect(sam.get_by_role("main")).to_contain_text("You approved Mjölner IT. MSP ID")
    page.goto(stack.letter("nora@mjolner.example", "Samsung approved Mjölner IT").link)
    acts.launch(page, "Knox MSP Portal")
    kcs_id = acts.add_customer(page, "Baumarkt Süd", **{"Work email": "karin@baumarkt.example"})

    shown = page.get_by_role("status").filter(has_text="KCS Customer ID")
    expect(shown).to_contain_text(kcs_id)
    assert _letter_height(page, kcs_id) >= 24
    shown.get_by_role("button", name="Copy").click()
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == kcs_id


def test_a_choice_reads_the_same_in_the_form_and_on_the_page(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/add/")
    sizes = page.get_by_label("Company size").locator("option").all_inner_texts()

    acts.fill_customer(page, "Elbe Kran", **{"Work email": "karin@elbekran.example"})
    page.get_by_role("button", name="ADD CUSTOMER").click()

    assert sizes == ["Choose", "0-19", "20-99", "100-249", "250-499", "500-999", "1,000+"]
    expect(page.get_by_role("region", name="Facts")).to_contain_text("100-249")


def _letter_height(page: Page, digits: str) -> float:
    """In pixels, of the ID in the note that says that the customer is Active."""
    number = page.get_by_role("status").get_by_text(digits[:4], exact=True)
    return number.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")


def test_the_same_way_by_keyboard_alone(stack: Stack, visit: Visits) -> None:
    page, sam = visit(), visit(acts.SAM)

    _apply(page)
    page.goto(stack.letter("nils@tangent.example", "Confirm your email").link)
    _set_password(page)
    _approve(sam)
    page.goto(stack.letter("nils@tangent.example", "Samsung approved Tangent Mobil").link)
    _add_customer(page)

    note = page.get_by_role("status").filter(has_text="KCS Customer ID")
    expect(note).to_contain_text("Gasthof Adler is Active.")
    keyboard.press(page, note.get_by_role("button", name="Copy"))
    expect(note.get_by_role("button", name="Copied")).to_be_focused()


def _apply(page: Page) -> None:
    keyboard.press(page, page.get_by_role("link", name="APPLY to the Knox MSP Program"))
    keyboard.fill(page, APPLICATION)
    keyboard.press(page, page.get_by_role("button", name="Send application"))
    page.wait_for_url("**/apply/sent/")


def _set_password(page: Page) -> None:
    keyboard.fill(page, [("New password", acts.PASSWORD)])
    keyboard.press(page, page.get_by_role("button", name="Confirm email"))
    expect(page.get_by_role("heading", name="Thank you for applying")).to_be_visible()


def _approve(sam: Page) -> None:
    keyboard.press(sam, sam.get_by_role("button", name="LAUNCH Samsung Admin Portal"))
    keyboard.press(sam, sam.get_by_role("link", name="Tangent Mobil"))
    keyboard.press(sam, sam.get_by_role("button", name="Approve Tangent Mobil"))


def _add_customer(page: Page) -> None:
    keyboard.press(page, page.get_by_role("button", name="LAUNCH Knox MSP Portal"))
    keyboard.press(page, page.get_by_role("main").get_by_role("link", name="ADD CUSTOMER"))
    keyboard.fill(page, CUSTOMER)
    keyboard.press(page, page.get_by_role("button", name="ADD CUSTOMER"))


APPLICATION: list[tuple[str, str]] = [
    ("First name", "Nils"),
    ("Last name", "Berg"),
    ("Work email", "nils@tangent.example"),
    ("Phone", "+46 8 123 45 67"),
    ("Company name", "Tangent Mobil"),
    ("Country", "Sweden"),
    ("Address 1", "Sveavägen 5"),
    ("City", "Stockholm"),
    ("Zip code", "111 57"),
    ("Region", "Europe"),
    ("Number of customers", "11-50"),
    ("Retail", ""),
    ("Knox Configure", ""),
    ("Support phone", "+46 8 765 43 21"),
    ("Support email", "help@tangent.example"),
    *((label, "") for label in acts.agreements()),
]
CUSTOMER: list[tuple[str, str]] = [
    ("Company name", "Gasthof Adler"),
    ("Country", "Germany"),
    ("Company size", "20-99"),
    ("Industry", "Hospitality"),
    ("Address 1", "Marktplatz 2"),
    ("City", "Freiburg"),
    ("Zip code", "79098"),
    ("First name", "Jutta"),
    ("Last name", "Adler"),
    ("Work email", "jutta@adler.example"),
    ("Phone", "+49 761 555 010"),
    ("Knox Configure", ""),
]
