"""Samsung's FAQ for MSPs, question by question, asked of the running portal as people would.

Each test does what a person can do: pages in a browser, letters in a mailbox. None knows a model.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")


def test_q01_an_msp_adds_a_customer_with_one_form_and_nobody_else_is_asked(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    acts.launch(alice, "Knox MSP Portal")

    kcs_id = acts.add_customer(alice, "Havel Logistik", **{"Work email": "karin@havel.example"})

    expect(alice.get_by_role("status").filter(has_text="is Active")).to_contain_text("Havel Logistik is Active.")
    assert re.fullmatch(r"\d{10}", kcs_id)
    assert _luhn_sum(kcs_id) % 10 == 0
    stack.letter(acts.ALICE, "Havel Logistik is Active")
    assert stack.inbox.letters("karin@havel.example") == []
    assert not [letter for letter in stack.inbox.letters(acts.SAM) if "Havel" in letter.subject + letter.text]
    _one_click_to_another_customer(alice, here="Havel Logistik", there="Fjordline Freight")


def _one_click_to_another_customer(page: Page, *, here: str, there: str) -> None:
    """One sign-in serves all customers: the click leads there at once, and back."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers").click()
    page.get_by_role("main").get_by_role("link", name=there).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(there)
    page.get_by_role("list", name="Switch to").get_by_role("link", name=here).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(here)


def _luhn_sum(digits: str) -> int:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled)


def test_q03_the_two_programs_have_two_applications_and_open_different_portals(stack: Stack, visit: Visits) -> None:
    reseller = visit()
    msp_program, kdp = (reseller.get_by_role("region", name=name) for name in ("MSP", "KDP"))
    expect(msp_program.get_by_role("link", name="APPLY")).to_be_visible()
    assert _top(msp_program) == _top(kdp)

    _apply(stack, reseller, acts.apply_as_reseller, "nora@handset.example", "Handset Nord")
    acts.approve(visit(acts.SAM), "Handset Nord")
    stack.letter("nora@handset.example", "Samsung approved Handset Nord as a Knox reseller")
    reseller.goto("/")

    expect(reseller.get_by_role("button", name="LAUNCH")).to_have_count(1)
    acts.launch(reseller, "Knox Reseller Portal")
    expect(reseller).to_have_title(re.compile("Knox Reseller Portal"))
    refusal = reseller.goto("/customers/")
    assert refusal
    assert refusal.status == 403
    expect(reseller.get_by_role("main")).to_contain_text("companies that Samsung approved as MSPs")


def _top(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return box["y"]


def test_q04_samsung_decides_each_application_once_and_the_applicant_hears_either_way(
    stack: Stack, visit: Visits
) -> None:
    hopeful, other, sam, late = visit(), visit(), visit(acts.SAM), visit(acts.SAM)
    _apply(stack, hopeful, acts.apply_as_msp, "nora@polhem.example", "Polhem Mobility")
    _apply(stack, other, acts.apply_as_msp, "nora@kvist.example", "Kvist Mobil")
    expect(hopeful.get_by_role("main")).to_contain_text("Thank you for applying")
    expect(hopeful.get_by_role("button", name="LAUNCH")).to_have_count(0)
    acts.open_application(late, "Polhem Mobility")

    acts.approve(sam, "Polhem Mobility")
    acts.press_reject(late, "Too late.")
    acts.reject(sam, "Kvist Mobil", "The company register does not list this company.")

    expect(late.get_by_role("main")).to_contain_text("An application has one decision. Nothing changed.")
    _reads_yes_and_launches(stack, hopeful, "nora@polhem.example", "Polhem Mobility")
    _reads_no_and_may_apply_again(stack, other, "nora@kvist.example", "Kvist Mobil")


def _reads_yes_and_launches(stack: Stack, page: Page, email: str, company: str) -> None:
    letter = stack.letter(email, f"Samsung approved {company} as a Knox MSP")
    assert "In the panel Knox MSP Portal, select LAUNCH." in letter.text
    page.goto(letter.link)
    acts.launch(page, "Knox MSP Portal")
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")


def _reads_no_and_may_apply_again(stack: Stack, page: Page, email: str, company: str) -> None:
    letter = stack.letter(email, f"Samsung did not approve {company} as a Knox MSP")
    assert "The company register does not list this company." in letter.text
    page.goto("/")
    expect(page.get_by_role("button", name="LAUNCH")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Reason: The company register does not list this company.")
    expect(page.get_by_role("link", name="Apply again")).to_be_visible()


def test_q13_there_is_no_api_and_its_address_says_so(visit: Visits) -> None:
    for page in (visit(), visit(acts.ALICE)):
        for address in ("/api/", "/api/v1/customers"):
            answer = page.goto(address)

            assert answer
            assert answer.status == 404
            expect(page.get_by_role("main")).to_contain_text(
                "There is no API for MSPs yet. You can do all work in the MSP Portal."
            )


def _apply(stack: Stack, page: Page, send: Callable[[Page, str, str], None], email: str, company: str) -> None:
    """Send the application, and follow the link in the letter."""
    send(page, email, company)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    acts.confirm_email(page, stack.letter(email, "Confirm your email").link)
