"""The FAQ about devices: who adds them, to whom, and which."""

from playwright.sync_api import Page, expect

from tests.faq.steps import AMERICAN, EUROPEAN
from tests.live import acts
from tests.live.browsing import PHONE, Visits
from tests.live.stack import Stack


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
    msp.get_by_text(f"Approve delink of {name}").click()
    msp.get_by_role("button", name=f"Let {name} go").click()
    expect(msp.get_by_role("status").filter(has_text="You no longer manage")).to_contain_text(name)
    return kcs_id


def _enrolls(phone: Page, imei: str) -> None:
    phone.get_by_label("IMEI or serial number").fill(imei)
    phone.get_by_role("button", name="Add device").click()
