"""The FAQ about licenses: bought, and tried."""

import re

from playwright.sync_api import Page, expect

from tests.faq.steps import apply
from tests.live import acts, devices
from tests.live.browsing import Visits
from tests.live.stack import Stack


def test_q08_an_msp_buys_from_license_resellers_of_its_region_and_a_key_serves_one_customer(
    stack: Stack, visit: Visits
) -> None:
    alice, bob, lena = visit(acts.ALICE, at="/customers/"), visit(acts.BOB, at="/orders/new/"), visit(acts.LENA)
    _opens_in_north_america(stack, visit, "nora@pacific.example", "Pacific Keys")
    quelle, rapsfeld = (_customer(alice, name) for name in ("Quelle Wasserwerk", "Rapsfeld Mühle"))

    order = _order(alice, "Nordkey Licensing", not_offered="Pacific Keys")
    bob.reload()
    expect(bob.get_by_role("radio", name="Pacific Keys")).to_be_visible()
    expect(bob.get_by_role("radio", name="Nordkey Licensing")).to_have_count(0)
    code = _is_quoted_accepted_and_delivered(stack, alice, lena, order)

    _enter(alice, quelle, code)
    expect(alice.get_by_role("status").filter(has_text="serves")).to_contain_text(
        "serves Quelle Wasserwerk: 25 seats until"
    )
    _enter(alice, rapsfeld, code)
    expect(alice.get_by_role("main")).to_contain_text(
        f"KLM05-•••••-•••••-•••••-•••••-{code[-5:]} already serves Quelle Wasserwerk. One key serves one customer, for "
        "ever. Order a key for Rapsfeld Mühle."
    )
    _enter(bob, _first_customer(bob), code)
    expect(bob.get_by_role("main")).to_contain_text(
        re.compile("This key cannot serve .*. One key serves one customer. Ask the license reseller who sold it.")
    )
    expect(bob.get_by_role("main")).not_to_contain_text("Quelle")


def _opens_in_north_america(stack: Stack, visit: Visits, email: str, company: str) -> None:
    """A license reseller that Samsung authorizes for another region."""

    def send(page: Page, email: str, company: str) -> None:
        acts.apply_as_reseller(page, email, company, sells="License keys", region="North America")

    apply(stack, visit(), send, email, company)
    acts.approve(visit(acts.SAM), company)
    stack.letter(email, f"Samsung approved {company}")


def _customer(page: Page, name: str) -> str:
    page.goto("/customers/")
    return acts.add_customer(page, name, **{"Work email": f"it@{name.partition(' ')[0].lower()}.example"})


def _order(page: Page, seller: str, *, not_offered: str) -> str:
    """Order seats for a customer that is chosen later. Returns the number of the order."""
    page.goto("/orders/new/")
    expect(page.get_by_role("radio", name=not_offered)).to_have_count(0)
    page.get_by_role("radio", name=seller).check()
    acts.fill(page, {"Seats": "25", "Months": "12"}, {"License": "Knox Configure Dynamic"}, ())
    page.get_by_role("button", name="Send order").click()
    expect(page.get_by_role("main")).to_contain_text("Nordkey Licensing has your order")
    return page.url.split("/")[-2]


def _is_quoted_accepted_and_delivered(stack: Stack, msp: Page, seller: Page, order: str) -> str:
    """Each step starts from the letter about the one before. Returns the key, as the MSP reads it."""
    seller.goto(stack.letter(acts.LENA, "New order from Aurora Managed Mobility: 25 seats").link)
    acts.fill(seller, {"Price": "1250.00"}, {"Tax": "without tax"}, ())
    seller.get_by_role("button", name="Send quote").click()
    msp.goto(stack.letter(acts.ALICE, f"Nordkey Licensing quoted order {order}").link)
    expect(msp.get_by_role("main")).to_contain_text("EUR 1,250.00 without tax")
    msp.get_by_role("button", name="Accept quote").click()
    seller.goto(stack.letter(acts.LENA, f"accepted your quote for order {order}").link)
    seller.get_by_role("button", name="Issue key").click()
    (issued,) = CODE.findall(seller.get_by_role("region", name="The license key").inner_text())
    seller.reload()
    expect(seller.get_by_role("main")).not_to_contain_text(issued)
    letter = stack.letter(acts.ALICE, "License key for Knox Configure Dynamic", says=f"for order {order}.")
    assert issued not in letter.text + letter.html
    msp.goto(letter.link)
    msp.get_by_role("button", name="Show key").click()
    expect(msp.get_by_role("status").filter(has_text="KLM")).to_have_text(issued)
    return str(issued)


CODE = re.compile(r"KLM\d\d(?:-[A-Z2-9]{5}){5}")


def _enter(page: Page, kcs_id: str, code: str) -> None:
    page.goto(f"/customers/{kcs_id}/licenses/enter/")
    page.get_by_label("License key", exact=True).fill(code)
    page.get_by_role("button", name="Enter license key").click()


def _first_customer(page: Page) -> str:
    page.goto("/customers/")
    return page.get_by_label("Select Great Lakes Couriers").get_attribute("value") or ""


def test_q09_a_customer_tries_knox_configure_with_five_devices_for_ninety_days(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    kcs_id = _customer(alice, "Sonnenfeld Gärtnerei")
    imeis = [f"35999940000000{number}" for number in range(6)]
    devices.put(stack, kcs_id, imeis)

    alice.goto(f"/customers/{kcs_id}/licenses/")
    expect(alice.get_by_role("main")).to_contain_text("5 devices for 90 days, once.")
    alice.get_by_role("button", name="Start trial").click()

    expect(alice.get_by_role("main")).to_contain_text("90 days left.")
    expect(alice.get_by_role("main")).to_contain_text("0 of 5 seats")
    _assign(alice, *imeis[:5])
    expect(alice.get_by_role("main")).to_contain_text("5 devices enroll in Knox Configure.")
    _assign(alice, imeis[5])
    refusal = alice.get_by_role("alert")
    expect(refusal).to_contain_text(
        "A trial is for up to 5 devices, and Sonnenfeld Gärtnerei uses all of them. Unenroll one or order a license."
    )
    refusal.get_by_role("link", name="Order a license").click()
    expect(alice.get_by_role("radio", name="Nordkey Licensing")).to_be_visible()
    alice.goto(f"/customers/{kcs_id}/licenses/")
    expect(alice.get_by_role("button", name="Start trial")).to_have_count(0)


def _assign(page: Page, *imeis: str) -> None:
    page.get_by_role("link", name="Assign devices").first.click()
    for imei in imeis:
        page.get_by_label(f"Select {imei}").check()
    page.get_by_role("button", name="Assign these").click()
