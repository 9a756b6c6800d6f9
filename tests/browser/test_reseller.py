"""A reseller's way: add a customer, upload, wait, and see what the customer's side said (FAQ Q6)."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from devices.identifiers import check_digit
from tests.live import acts
from tests.live.browsing import PHONE, Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
NORRLAND, OSTRAVA = "Norrland Timber", "Ostrava Steelworks"


def _imeis(first: int, count: int) -> list[str]:
    fourteen = [f"35214300{number:06d}" for number in range(first, first + count)]
    return [one + check_digit(one) for one in fourteen]


def _kcs_id(visit: Visits, name: str) -> str:
    page = visit(acts.ALICE, at="/customers/")
    return page.get_by_label(f"Select {name}").get_attribute("value") or ""


def _add(page: Page, kcs_id: str, reference: str) -> None:
    page.goto("/reseller/customers/")
    page.get_by_role("link", name="ADD CUSTOMER").click()
    page.get_by_label("KCS Customer ID", exact=True).fill(kcs_id)
    page.get_by_label("Internal reference").fill(reference)
    page.get_by_role("button", name="ADD CUSTOMER").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload devices")


def _upload(page: Page, lines: list[str]) -> None:
    page.get_by_label("Or paste here").fill("\n".join(lines))
    page.get_by_role("button", name="Upload devices").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload result")


def _row(page: Page, words: str) -> Locator:
    return page.get_by_role("row").filter(has_text=words)


def test_a_reseller_adds_a_customer_uploads_and_sees_that_it_waits_until_the_msp_approves(
    stack: Stack, visit: Visits
) -> None:
    kcs_id = _kcs_id(visit, NORRLAND)
    rita, alice = visit(acts.RITA), visit(acts.ALICE)

    _add(rita, kcs_id, "Timber, north")
    assert rita.get_by_label("KCS Customer ID", exact=True).input_value() == kcs_id
    _upload(rita, [*_imeis(500_000, 20), "hello"])

    says = rita.get_by_role("region", name="What the customers say")
    expect(says).to_contain_text("Pending")
    expect(rita.get_by_role("main")).to_contain_text("20 of 21 lines added")
    expect(rita.get_by_role("main")).not_to_contain_text(NORRLAND)

    alice.goto(stack.letter(acts.ALICE, f"{NORRLAND}: 20 devices wait for your approval").link)
    alice.get_by_role("button", name="Approve upload").click()
    expect(alice.get_by_role("main")).to_contain_text(f"You approved 20 devices for {NORRLAND}.")

    rita.reload()
    expect(says).to_contain_text("Approved")
    rita.goto("/reseller/customers/")
    expect(_row(rita, NORRLAND)).to_contain_text("Active")
    expect(_row(rita, NORRLAND)).to_contain_text("Sweden")
    rita.goto(f"/reseller/devices/?q={_imeis(500_003, 1)[0]}")
    expect(_row(rita, _imeis(500_003, 1)[0])).to_contain_text("Verified")


def test_an_msp_id_is_refused_and_says_which_id_to_ask_for(visit: Visits) -> None:
    alice, rita = visit(acts.ALICE, at="/customers/"), visit(acts.RITA, at="/reseller/upload/")
    msp_id = re.findall(r"\d{10}", alice.get_by_role("navigation", name="Main").inner_text())[-1]

    rita.get_by_label("KCS Customer ID", exact=True).fill(msp_id)
    rita.get_by_label("Or paste here").fill(_imeis(510_000, 1)[0])
    rita.get_by_role("button", name="Upload devices").click()

    expect(rita.get_by_role("main")).to_contain_text(
        f"{msp_id} is an MSP ID. Devices go to a customer, never to an MSP. Ask the MSP for the KCS Customer ID of its "
        "customer."
    )


def test_ticked_devices_are_deleted_after_their_number_was_typed(stack: Stack, visit: Visits) -> None:
    kcs_id = _kcs_id(visit, OSTRAVA)
    rita = visit(acts.RITA, width=PHONE)
    _add(rita, kcs_id, "Steel")
    _upload(rita, _imeis(520_000, 3))

    rita.goto(f"/reseller/devices/?customer={kcs_id}")
    for number in _imeis(520_000, 2):
        rita.get_by_label(f"Select {number}").check()
    rita.get_by_role("button", name="Delete devices").click()
    rita.get_by_label("Type 2 to go on").fill("2")
    rita.get_by_role("button", name="Delete 2 devices").click()

    expect(rita.get_by_role("main")).to_contain_text("You deleted 2 devices.")
    stack.letter(acts.ALICE, f"{OSTRAVA}: Nordic Device Partners deleted 2 devices")
    rita.goto(f"/reseller/devices/?customer={kcs_id}")
    expect(rita.get_by_role("main")).to_contain_text(_imeis(520_002, 1)[0])
    expect(rita.get_by_role("main")).not_to_contain_text(_imeis(520_000, 1)[0])


def test_an_msp_lets_the_portal_approve_and_takes_it_back_at_once(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    page.get_by_role("main").get_by_role("link", name="Fjordline Freight").click()
    page.goto(f"{page.url}resellers/")

    page.get_by_text("Approve by itself").click()
    page.get_by_role("button", name="Approve this reseller's uploads").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "The portal now approves uploads of Nordic Device Partners by itself."
    )
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("main")).to_contain_text("Its uploads wait for your approval.")
