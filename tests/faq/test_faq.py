"""Samsung's FAQ for MSPs, question by question, asked of the running portal as people would.

Each test does what a person can do: pages in a browser, letters in a mailbox. None knows a model.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.live import acts, devices
from tests.live.browsing import PHONE, Visits
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


def test_q01_one_click_leads_from_a_console_to_the_same_console_of_another_customer(visit: Visits) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    _open_console(alice, "Fjordline Freight", "Knox Configure")

    alice.get_by_text("Switch customer").last.click()
    alice.get_by_role("navigation", name="Knox Configure of other customers").get_by_role("link").first.click()

    expect(alice.get_by_role("heading", level=1)).to_have_text("Knox Configure")
    expect(alice.get_by_role("main")).not_to_contain_text("Fjordline Freight, KCS")
    alice.get_by_role("link", name="Return to customer").click()
    expect(alice.get_by_role("link", name="Open console of Knox Configure")).to_be_visible()


@pytest.mark.parametrize(
    ("service", "customer", "kind"),
    [
        ("Knox Configure", "Fjordline Freight", "Profiles"),
        ("Knox Mobile Enrollment", "Fjordline Freight", "Profiles"),
        ("Knox E-FOTA", "Fjordline Freight", "Campaigns"),
        ("Knox Manage", "Fjordline Freight", "Groups"),
        ("Samsung Care+ for Business", "Fjordline Freight", "Plans"),
        ("Knox Guard", "Lumen Retail Group", ""),
    ],
)
def test_q02_each_of_the_six_services_is_used_in_the_browser(
    visit: Visits, service: str, customer: str, kind: str
) -> None:
    alice = visit(acts.ALICE, at="/customers/")

    _open_console(alice, customer, service)

    expect(alice.get_by_role("region", name="Devices table").get_by_role("row").nth(1)).to_be_visible()
    expect(alice.get_by_role("list", name="Needs attention").get_by_role("link").first).to_be_visible()
    if kind:
        alice.get_by_role("navigation", name=f"Pages of {service}").get_by_role("link", name=kind).click()
        alice.get_by_role("region", name=f"{kind} table").locator(".who").first.click()
        expect(alice.get_by_role("heading", name="Settings")).to_be_visible()


def _open_console(page: Page, customer: str, service: str) -> None:
    page.get_by_role("main").locator("a.who", has_text=customer).click()
    page.get_by_role("link", name=f"Open console of {service}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(service)


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
    expect(page.get_by_role("heading", level=1)).to_have_text("MSP Dashboard")


def _reads_no_and_may_apply_again(stack: Stack, page: Page, email: str, company: str) -> None:
    letter = stack.letter(email, f"Samsung did not approve {company} as a Knox MSP")
    assert "The company register does not list this company." in letter.text
    page.goto("/")
    expect(page.get_by_role("button", name="LAUNCH")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Reason: The company register does not list this company.")
    expect(page.get_by_role("link", name="Apply again")).to_be_visible()


@pytest.mark.late(2)
def test_q05_an_existing_customer_is_added_by_its_id_and_its_own_approval(stack: Stack, visit: Visits) -> None:
    alice, carl = visit(acts.ALICE, at="/customers/"), visit(acts.CARL)
    kcs_id = acts.own_kcs_id(carl)
    acts.ask(alice, kcs_id, "Knox Configure", "Knox Mobile Enrollment")
    letter = stack.letter(acts.CARL, "Aurora Managed Mobility asks to manage Knox for Contoso GmbH")
    assert kcs_id in letter.text
    phone = visit(at=letter.link, width=PHONE)

    _says_who_asks_and_what_changes(phone)
    _looking_changes_nothing(phone, letter.link, carl)
    acts.answer(phone, letter.link)
    phone.get_by_role("button", name="Approve Aurora Managed Mobility").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Aurora Managed Mobility now manages Knox for Contoso GmbH."
    )
    _is_out_at_the_next_click(carl)
    alice.goto("/customers/")
    expect(alice.get_by_role("row").filter(has_text="Contoso GmbH")).to_contain_text("Active")
    _both_sides_have_a_receipt(stack, phone, kcs_id)
    _works_once(phone, letter.link)


def _says_who_asks_and_what_changes(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Aurora Managed Mobility asks to manage Knox for Contoso GmbH"
    )
    expect(page.get_by_role("region", name="Who asks")).to_contain_text("Aurora Managed Mobility, Stockholm, Sweden.")
    expect(page.get_by_role("region", name="Who asks")).to_contain_text("help@aurora.example")
    about = page.get_by_role("region", name="What it is about")
    expect(about).to_contain_text("Services: Knox Configure and Knox Mobile Enrollment.")
    expect(about).to_contain_text("Your own access afterwards: No access.")
    expect(page.get_by_role("region", name="What changes")).to_contain_text("the management rights move to Aurora")
    expect(page.get_by_role("region", name="What you lose")).to_contain_text(
        "Your 1 administrator can no longer open Knox Configure"
    )
    expect(page.get_by_role("region", name="What stays")).to_contain_text("Your licenses stay yours.")


def _looking_changes_nothing(page: Page, link: str, customer: Page) -> None:
    """What a mail scanner does."""
    answers = [page.request.head(link), *(page.request.get(link) for _ in range(10))]
    assert {answer.status for answer in answers} == {200}
    customer.reload()
    expect(customer.get_by_role("region", name="MSP")).to_contain_text("Contoso GmbH has no MSP.")


def _is_out_at_the_next_click(customer: Page) -> None:
    """In a session that was open all the time."""
    customer.get_by_role("navigation", name="Main").get_by_role("link", name="Company").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("No access")
    expect(customer.get_by_role("main")).to_contain_text(
        "Aurora Managed Mobility manages Knox for Contoso GmbH, and Contoso GmbH has No access. The services stay "
        "closed for you. Ask Aurora Managed Mobility for Full access: "
    )
    customer.goto("/")
    expect(customer.get_by_role("button", name="LAUNCH Knox Admin Portal")).to_have_count(0)


def _both_sides_have_a_receipt(stack: Stack, page: Page, kcs_id: str) -> None:
    """The customer's names who approved and can end it all; the MSP's can do neither."""
    stack.letter(acts.ALICE, "Contoso GmbH approved your request")
    theirs, ours = (
        stack.letter(to, "Receipt: Aurora Managed Mobility manages Knox for Contoso GmbH")
        for to in (acts.CARL, acts.ALICE)
    )
    assert "Carl Bauer approved the request" in theirs.text
    assert "/end/" in theirs.text
    assert "Carl" not in ours.text
    assert "/end/" not in ours.text
    for letter in (theirs, ours):
        assert kcs_id in letter.text
        (kept,) = letter.message.iter_attachments()
        assert kept.get_content().startswith(b"%PDF")
    page.goto(theirs.link)
    expect(page.get_by_role("region", name="Receipt", exact=True)).to_contain_text("Carl Bauer")
    expect(page.get_by_role("link", name="End management")).to_be_visible()


def _works_once(page: Page, link: str) -> None:
    answer = page.goto(link)
    assert answer
    assert answer.status == 410
    expect(page.get_by_role("main")).to_contain_text("Contoso GmbH already answered this request on")
    expect(page.get_by_role("main")).to_contain_text("A link works once.")


def test_q06_a_reseller_uploads_to_a_kcs_customer_id_and_the_msp_approves(stack: Stack, visit: Visits) -> None:
    alice, rita = visit(acts.ALICE, at="/customers/"), visit(acts.RITA, at="/reseller/customers/add/")
    kcs_id, msp_id = acts.add_customer(alice, "Isar Kliniken"), acts.organization_id(alice, "MSP ID")
    _refuses_the_msp_id(rita, msp_id)

    rita.get_by_label("KCS Customer ID", exact=True).fill(kcs_id)
    rita.get_by_role("button", name="ADD CUSTOMER").click()
    expect(rita.get_by_role("main")).not_to_contain_text("Isar Kliniken")
    rita.goto("/reseller/upload/")
    acts.send_devices(rita, EUROPEAN[0], **{"KCS Customer ID": kcs_id})
    expect(rita.get_by_role("main")).to_contain_text("1 of 1 line added.")
    alice.goto(stack.letter(acts.ALICE, "Isar Kliniken: 1 device waits for your approval").link)
    alice.get_by_role("button", name="Approve upload").click()

    expect(alice.get_by_role("main")).to_contain_text("You approved 1 device for Isar Kliniken.")
    _is_in_the_inventory(alice, kcs_id, EUROPEAN[0])
    stack.letter(acts.RITA, f"{kcs_id}: upload")


# Devices for Europe and one for North America, by the first eight digits of their IMEI.
EUROPEAN = ["352143008000012", "352143008000020", "352143008000038", "352143008000046", "352143008000053"]
EUROPEAN += ["352143008000061"]
AMERICAN = "352143018000010"


def _refuses_the_msp_id(page: Page, msp_id: str) -> None:
    page.get_by_label("KCS Customer ID", exact=True).fill(msp_id)
    page.get_by_role("button", name="ADD CUSTOMER").click()
    expect(page.get_by_role("main")).to_contain_text(
        f"{msp_id} is an MSP ID. Devices go to a customer, never to an MSP. Ask the MSP for the KCS Customer ID of its "
        "customer."
    )


def _is_in_the_inventory(page: Page, kcs_id: str, imei: str) -> None:
    page.goto(f"/customers/{kcs_id}/devices/")
    expect(page.get_by_role("row").filter(has_text=imei)).to_contain_text("Verified")


def test_q07_a_customer_has_no_access_until_its_msp_gives_it_and_then_for_good(stack: Stack, visit: Visits) -> None:
    alice, vera = visit(acts.ALICE, at="/customers/"), visit()
    acts.add_customer(alice, "Vela Reederei", **{"Work email": VERA})
    expect(alice.get_by_role("region", name="Facts")).to_contain_text("No access")
    stack.letter(acts.ALICE, "Vela Reederei is Active")
    assert stack.inbox.letters(VERA) == []

    alice.get_by_role("link", name="Change access").click()
    expect(alice.get_by_role("main")).to_contain_text("You cannot take this back.")
    alice.get_by_label("Type Vela Reederei to go on").fill("Vela")
    alice.get_by_role("button", name="Give Full access").click()
    expect(alice.get_by_role("main")).to_contain_text("Type Vela Reederei exactly as shown")
    alice.get_by_label("Type Vela Reederei to go on").fill("Vela Reederei")
    alice.get_by_role("button", name="Give Full access").click()

    expect(alice.get_by_role("region", name="Facts")).to_contain_text("Full access")
    letter = stack.letter(VERA, "Vela Reederei has Full access now")
    assert "It cannot take this back and goes on managing too." in letter.text
    acts.join(vera, letter.link)
    acts.launch(vera, "Knox Admin Portal")
    expect(vera.get_by_role("heading", level=1)).to_have_text("Vela Reederei")
    _cannot_be_taken_back(alice)


VERA = "vera@vela.example"


def _cannot_be_taken_back(page: Page) -> None:
    """Neither by a link on the customer's page nor by the address of the page behind it."""
    expect(page.get_by_role("link", name="Change access")).to_have_count(0)
    page.goto(f"{page.url.partition('?')[0]}access/")
    expect(page.get_by_role("main")).to_contain_text(
        "Vela Reederei has Full access. You can give access but not take it back."
    )
    expect(page.get_by_role("button", name="Give Full access")).to_be_disabled()


def test_q07_a_customer_with_access_asks_its_msp_to_end_the_management(stack: Stack, visit: Visits) -> None:
    alice, wim = visit(acts.ALICE, at="/customers/"), visit()
    acts.add_customer(alice, "Witt Spedition", access="Full access", **{"Work email": WIM})
    acts.join(wim, stack.letter(WIM, "Witt Spedition has Full access").link)
    wim.goto("/admin-portal/")

    wim.get_by_role("button", name="Ask Aurora Managed Mobility to end it").click()
    alice.goto(stack.letter(acts.ALICE, "Witt Spedition asks for a delink").link)
    alice.get_by_label("Reason").fill("Your contract runs until May.")
    alice.get_by_role("button", name="Reject delink of Witt Spedition").click()

    assert "Your contract runs until May." in stack.letter(WIM, "Aurora Managed Mobility goes on managing").text
    wim.reload()
    expect(wim.get_by_role("main")).to_contain_text("Its reason: Your contract runs until May.")
    _asks_again_and_is_let_go(stack, wim, alice)


WIM = "wim@witt.example"


def _asks_again_and_is_let_go(stack: Stack, customer: Page, msp: Page) -> None:
    """The MSP sees nothing of it from that moment on; the customer goes on by itself."""
    customer.get_by_role("button", name="Ask Aurora Managed Mobility to end it").click()
    msp.goto("/customers/?q=Witt")
    expect(msp.get_by_role("row").filter(has_text="Witt Spedition")).to_contain_text("Delink requested by customer")
    msp.get_by_role("main").get_by_role("link", name="Witt Spedition").click()
    msp.get_by_role("link", name="Read the request").click()
    msp.get_by_role("button", name="Approve delink of Witt Spedition").click()

    expect(msp.get_by_role("status").filter(has_text="You no longer manage")).to_contain_text("Witt Spedition")
    expect(msp.get_by_role("main").get_by_role("link", name="Witt Spedition")).to_have_count(0)
    stack.letter(WIM, "Aurora Managed Mobility no longer manages Witt Spedition")
    customer.reload()
    expect(customer.get_by_role("region", name="MSP")).to_contain_text("Witt Spedition has no MSP.")


def test_q10_no_way_gives_an_msp_a_device(stack: Stack, visit: Visits) -> None:
    alice, rita = visit(acts.ALICE, at="/customers/"), visit(acts.RITA, at="/reseller/customers/add/")
    kcs_id, msp_id = acts.add_customer(alice, "Jade Hafen"), acts.organization_id(alice, "MSP ID")

    _refuses_the_msp_id(rita, msp_id)
    rita.goto("/reseller/upload/")
    acts.send_devices(rita, EUROPEAN[1], **{"KCS Customer ID": msp_id})
    expect(rita.get_by_role("main")).to_contain_text(f"{msp_id} is an MSP ID.")
    rita.goto("/reseller/upload/bulk/")
    acts.send_devices(rita, f"{msp_id},{EUROPEAN[1]}")
    expect(rita.get_by_role("main")).to_contain_text(f"{msp_id} is an MSP ID.")
    for address in (f"/customers/{msp_id}/uploads/add/", f"/customers/{msp_id}/devices/"):
        answer = alice.goto(address)
        assert answer
        assert answer.status == 404

    alice.goto("/devices/?q=" + EUROPEAN[1])
    expect(alice.get_by_role("row").filter(has_text=EUROPEAN[1])).to_have_count(0)
    alice.goto(f"/customers/{kcs_id}/devices/")
    expect(alice.get_by_role("main")).to_contain_text("Jade Hafen has no devices yet")


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

    _apply(stack, visit(), send, email, company)
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
    letter = stack.letter(acts.ALICE, "license key for Knox Configure Dynamic", says=f"for order {order}.")
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


def test_q11_samsung_deletes_a_customer_after_a_ticket_and_no_msp_does(stack: Stack, visit: Visits) -> None:
    alice, tom = visit(acts.ALICE, at="/customers/"), visit(acts.TOM)
    kcs_id = acts.add_customer(alice, "Ebbe Rederi", **{"Work email": "sven@ebbe.example"})
    _finds_no_way_to_delete(alice, kcs_id)

    ticket = acts.ask_for_deletion(alice, "Ebbe Rederi", reason="It closed down.")
    _works_on(alice, kcs_id)
    with stack.setting("deletion_undo_days", 0):
        _two_admins_agree(visit, ticket, kcs_id)

    stack.letter(acts.ALICE, "Ebbe Rederi is deleted")
    stack.letter("sven@ebbe.example", "Ebbe Rederi is deleted")
    gone = alice.goto(f"/customers/{kcs_id}/")
    assert gone
    assert gone.status == 404
    alice.goto(f"/tickets/{ticket}/")
    expect(alice.get_by_role("region", name="Customer deletion")).to_contain_text("Samsung deleted the customer")
    expect(alice.get_by_role("main")).not_to_contain_text("Ebbe Rederi")
    hidden = tom.goto(f"/tickets/{ticket}/")
    assert hidden
    assert hidden.status == 404


def test_q11_a_planned_deletion_is_undone_and_nothing_is_lost(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    kcs_id = acts.add_customer(alice, "Fiskeby Papir", **{"Work email": "sven@fiskeby.example"})
    ticket = acts.ask_for_deletion(alice, "Fiskeby Papir", reason="It closed down.")

    sam = _two_admins_agree(visit, ticket, kcs_id)
    stack.letter(acts.ALICE, "Fiskeby Papir: Samsung plans the deletion for")
    sam.get_by_role("button", name="Undo the deletion").click()

    stack.letter(acts.ALICE, "Fiskeby Papir stays")
    _works_on(alice, kcs_id)


def _finds_no_way_to_delete(page: Page, kcs_id: str) -> None:
    """The customer's page says who deletes, and its address takes no such act."""
    page.goto(f"/customers/{kcs_id}/")
    expect(page.get_by_role("main")).to_contain_text("An MSP cannot delete a customer.")
    expect(page.get_by_role("button", name=re.compile("delete", re.IGNORECASE))).to_have_count(0)
    assert page.request.delete(f"/customers/{kcs_id}/").status in (403, 405)
    assert page.request.get(f"/customers/{kcs_id}/delete/").status == 404


def _works_on(page: Page, kcs_id: str) -> None:
    """Until Samsung decides, and after it changed its mind, all is as before."""
    page.goto(f"/customers/{kcs_id}/")
    expect(page.get_by_role("link", name="Upload devices")).to_be_visible()


def _two_admins_agree(visit: Visits, ticket: int, kcs_id: str) -> Page:
    """Sam starts it and may not approve it; Kim does. Returns Kim's page."""
    sam, kim = visit(), visit()
    for page, person in ((sam, acts.SAM), (kim, acts.KIM)):
        acts.sign_in(page, person)
        page.goto(f"/samsung/tickets/{ticket}/")
    sam.get_by_role("button", name="Start deletion").click()
    acts.enter_password_again(sam)
    expect(sam.get_by_role("main")).to_contain_text(
        "You started this deletion. A second Samsung admin must approve it."
    )
    expect(sam.get_by_role("button", name="Approve deletion")).to_be_disabled()
    kim.reload()
    kim.get_by_label(f"Type {kcs_id} to go on").fill(kcs_id)
    kim.get_by_role("button", name="Approve deletion").click()
    acts.enter_password_again(kim)
    expect(kim.get_by_role("region", name="Customer deletion")).to_contain_text("Planned for")
    return kim


def test_q12_the_msp_dashboard_shows_the_alerts_of_one_customer_or_of_all(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    kcs_id = acts.add_customer(alice, "Naab Druckerei")
    acts.send_as_reseller(visit(acts.RITA), kcs_id, EUROPEAN[5])

    alice.goto("/")
    acts.launch(alice, "Knox MSP Portal")
    expect(alice.get_by_role("heading", level=1)).to_have_text("MSP Dashboard")
    alice.get_by_role("button", name="Refresh").click()
    waits = _alerts(alice, has_text="Naab Druckerei")
    expect(waits).to_contain_text("1 upload waits for approval", timeout=SECONDS)
    expect(_alerts(alice, has_not_text="Naab Druckerei").first).to_be_visible()
    alice.get_by_label("Show").select_option("Naab Druckerei")
    expect(_alerts(alice, has_not_text="Naab Druckerei")).to_have_count(0)
    expect(waits).to_have_count(1)
    _sees_nothing_of_it(visit(acts.BOB, at="/msp/"), "Naab Druckerei")

    waits.get_by_role("link", name="Review").click()
    _approves(alice, "Naab Druckerei")
    alice.goto("/msp/")
    alice.get_by_role("button", name="Refresh").click()
    expect(_alerts(alice, has_text="Naab Druckerei")).to_have_count(0, timeout=SECONDS)


SECONDS = 90_000
"""Milliseconds. Without Refresh, the clock counts each minute."""


def _alerts(page: Page, **which: str) -> Locator:
    return page.get_by_role("region", name="Alerts", exact=True).locator("#feed > li").filter(**which)


def _sees_nothing_of_it(page: Page, customer: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("MSP Dashboard")
    expect(page.get_by_role("main")).not_to_contain_text(customer)


def _approves(page: Page, customer: str) -> None:
    page.get_by_role("main").locator("a.who").first.click()
    page.get_by_role("button", name="Approve upload").click()
    expect(page.get_by_role("main")).to_contain_text(f"You approved 1 device for {customer}.")


def test_q13_there_is_no_api_and_its_address_says_so(visit: Visits) -> None:
    for page in (visit(), visit(acts.ALICE)):
        for address in ("/api/", "/api/v1/customers"):
            answer = page.goto(address)

            assert answer
            assert answer.status == 404
            expect(page.get_by_role("main")).to_contain_text(
                "There is no API for MSPs yet. You can do all work in the MSP Portal."
            )


def test_q14_whoever_is_in_another_portal_is_told_which_and_signs_out_there_in_one_click(visit: Visits) -> None:
    office, home = visit(), visit()
    for browser in (office, home):
        acts.sign_in(browser, acts.IRIS)
    acts.launch_only(office, "Knox Reseller Portal")
    expect(office).to_have_title(re.compile("Knox Reseller Portal"))

    acts.launch(home, "Knox MSP Portal")

    expect(home).to_have_title(re.compile("Not authorized"))
    main = home.get_by_role("main")
    expect(main).to_contain_text(f"You are signed in to the Knox Reseller Portal as {acts.IRIS}.")
    expect(main).to_contain_text(re.compile(r"Open in Chrome on Linux\s+since today"))
    main.get_by_role("button", name="Sign out there and continue").click()
    expect(home.get_by_role("heading", level=1)).to_have_text("MSP Dashboard")
    office.goto("/reseller/")
    expect(office.get_by_label("Password")).to_be_visible()


def test_q14_the_refusal_leads_to_a_ticket_that_says_what_happened(visit: Visits) -> None:
    iris = visit()
    acts.sign_in(iris, acts.IRIS)
    acts.launch_only(iris, "Knox MSP Portal")
    answer = iris.goto("/reseller/uploads/")

    iris.get_by_role("link", name="Submit a support ticket").click()

    assert answer
    assert answer.status == 403
    expect(iris.get_by_label("Kind")).to_have_value("not_authorized")
    expect(iris.get_by_label("Subject")).to_have_value("Not authorized")
    expect(iris.locator("[name=page]")).to_have_value("/reseller/uploads/")


def test_q15_a_european_msps_north_american_device_is_refused_by_its_line(visit: Visits) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    kcs_id = acts.add_customer(alice, "Kocher Werke")
    alice.get_by_role("link", name="Upload devices").first.click()

    acts.send_devices(alice, EUROPEAN[2], AMERICAN)

    problem = alice.get_by_role("group").filter(has_text="Device of another region")
    expect(problem).to_contain_text(
        "(SM-S921U) is a device for North America. Samsung approved your MSP for Europe. Use the model for Europe."
    )
    expect(problem).to_contain_text(AMERICAN)
    alice.get_by_role("button", name="Add 1 device").click()
    expect(alice.get_by_role("main")).to_contain_text("1 of 2 lines added. 1 needs a correction.")
    _is_in_the_inventory(alice, kcs_id, EUROPEAN[2])
    expect(alice.get_by_role("row").filter(has_text=AMERICAN)).to_have_count(0)


def test_q16_the_deployment_app_adds_a_direct_customers_phone_until_it_has_an_msp(stack: Stack, visit: Visits) -> None:
    alice, lea = visit(acts.ALICE, at="/customers/"), visit()
    kcs_id = _becomes_direct(stack, alice, lea, "Leine Papier", LEA)
    lea.goto("/admin-portal/deployment-app/")
    lea.get_by_role("button", name="Make code").click()
    address = lea.get_by_text("/enroll/").inner_text()
    phone = visit(at=address, width=PHONE)

    _enrolls(phone, EUROPEAN[3])
    expect(phone.get_by_role("main")).to_contain_text(f"{EUROPEAN[3]} belongs to Leine Papier now.")
    lea.goto("/admin-portal/devices/")
    expect(lea.get_by_role("row").filter(has_text=EUROPEAN[3])).to_contain_text("Verified")

    phone.goto(address)
    _is_managed_again(stack, alice, visit(), kcs_id)
    _enrolls(phone, EUROPEAN[4])
    _says_why_the_app_is_closed(phone)
    answer = phone.goto(address)
    assert answer
    assert answer.status == 422
    _says_why_the_app_is_closed(phone)
    _is_in_the_inventory(alice, kcs_id, EUROPEAN[3])


LEA = "lea@leine.example"


def _is_managed_again(stack: Stack, msp: Page, customer: Page, kcs_id: str) -> None:
    """The consent counts the phone."""
    acts.ask(msp, kcs_id, "Knox Configure")
    link = stack.letter(LEA, "Aurora Managed Mobility asks to manage Knox for Leine Papier").link
    customer.goto(link)
    about = customer.get_by_role("region", name="What it is about")
    expect(about).to_contain_text("Today: 1 device, 1 administrator, no licenses.")
    acts.answer(customer, link)
    customer.get_by_role("button", name="Approve Aurora Managed Mobility").click()
    expect(customer.get_by_role("heading", level=1)).to_contain_text("now manages Knox for Leine Papier")


def _says_why_the_app_is_closed(phone: Page) -> None:
    expect(phone.get_by_role("main")).to_contain_text(
        "The Knox Deployment App is for direct customers only. Leine Papier has an MSP. Its reseller or its MSP "
        "uploads the devices."
    )


def _becomes_direct(stack: Stack, msp: Page, customer: Page, name: str, email: str) -> str:
    """A customer that its MSP let go, and whose own person signs in. Returns its KCS Customer ID."""
    kcs_id = acts.add_customer(msp, name, access="Full access", **{"Work email": email})
    acts.join(customer, stack.letter(email, f"{name} has Full access").link)
    customer.goto("/admin-portal/")
    customer.get_by_role("button", name="Ask Aurora Managed Mobility to end it").click()
    msp.goto(stack.letter(acts.ALICE, f"{name} asks for a delink").link)
    msp.get_by_role("button", name=f"Approve delink of {name}").click()
    expect(msp.get_by_role("status").filter(has_text="You no longer manage")).to_contain_text(name)
    return kcs_id


def _enrolls(phone: Page, imei: str) -> None:
    phone.get_by_label("IMEI or serial number").fill(imei)
    phone.get_by_role("button", name="Add device").click()


def _apply(stack: Stack, page: Page, send: Callable[[Page, str, str], None], email: str, company: str) -> None:
    """Send the application, and follow the link in the letter."""
    send(page, email, company)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    acts.confirm_email(page, stack.letter(email, "Confirm your email").link)
