"""An upload is decided on a phone: the letter leads to it, some devices are approved, then the rest is rejected."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import appearance
from tests.live import acts
from tests.live.browsing import PHONE, Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
PHONE_SCREEN = {"width": PHONE, "has_touch": True, "is_mobile": True}
FJORDLINE = "Fjordline Freight"


def send(visit: Visits, kcs_id: str, first: int) -> str:
    """Rita sends 30 devices for a customer. Returns the Upload ID."""
    rita = visit(acts.RITA, at="/reseller/upload/")
    rita.get_by_label("KCS Customer ID").fill(kcs_id)
    rita.get_by_label("Or paste here").fill("\n".join(imeis(first)))
    rita.get_by_role("main").locator("button[type=submit]").last.click()
    expect(rita.get_by_role("main")).to_contain_text("30 of 30 lines added", timeout=30_000)
    return rita.url.rstrip("/").split("/")[-1]


def imeis(first: int) -> list[str]:
    """Galaxy S24 of Europe, with the check digit of each."""
    return [body + check_digit(body) for body in (f"35214300{first + number}" for number in range(30))]


def check_digit(body: str) -> str:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(body))
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def above_the_fold(page: Page, name: str) -> bool:
    box = page.get_by_role("button", name=name).bounding_box()
    return bool(box and box["y"] + box["height"] <= 800 and box["height"] >= 44)


def test_an_upload_is_decided_on_a_phone(visit: Visits, stack: Stack) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    sent = send(visit, alice.get_by_label(f"Select {FJORDLINE}").get_attribute("value") or "", 900_000)
    phone = visit(acts.ALICE, at=stack.letter(acts.ALICE, "30 devices wait").link, **PHONE_SCREEN)
    main = phone.get_by_role("main")

    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Upload {sent}")
    expect(main).to_contain_text(f"Approve 30 devices for {FJORDLINE}?")
    assert above_the_fold(phone, "Approve upload")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE

    approve_two(main)
    expect(main).to_contain_text(f"Approve 28 devices for {FJORDLINE}?")

    reject(main, "")
    expect(main).to_contain_text("The other side reads the reason in an email. Write one or two sentences.")
    assert not appearance.problems(phone)
    reject(main, "We ordered two of these.")
    expect(main).to_contain_text(f"You rejected upload {sent}.")
    assert "We ordered two of these." in stack.letter(acts.RITA, f"upload {sent} approved").text


def approve_two(main: Locator) -> None:
    for number in (0, 1):
        main.get_by_label("Select 3521", exact=False).nth(number).check()
    main.get_by_role("button", name="Approve selected").tap()
    expect(main).to_contain_text(f"You approved 2 devices for {FJORDLINE}.")


def reject(main: Locator, reason: str) -> None:
    if not main.get_by_label("Reason").is_visible():
        main.get_by_text("Reject upload").first.tap()
    main.get_by_label("Reason").fill(reason)
    main.get_by_role("button", name="Reject upload").tap()


@pytest.mark.late(1)
def test_a_whole_upload_is_approved_with_one_tap(visit: Visits, stack: Stack) -> None:
    carl = visit(acts.CARL, at="/admin-portal/")
    kcs_id = carl.get_by_role("button", name="Copy KCS Customer ID").get_attribute("data-copy") or ""
    sent = send(visit, kcs_id, 910_000)
    phone = visit(acts.CARL, at=stack.letter(acts.CARL, "30 devices wait for your approval").link, **PHONE_SCREEN)

    phone.get_by_role("button", name="Approve upload").tap()

    expect(phone.get_by_role("main")).to_contain_text("You approved 30 devices for Contoso GmbH.")
    assert stack.letter(acts.RITA, f"upload {sent} approved")
