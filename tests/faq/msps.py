"""The FAQ about being an MSP: its program, its services, its dashboard, and one portal at a time."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.faq.steps import EUROPEAN, apply, open_console
from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack


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

    open_console(alice, customer, service)

    expect(alice.get_by_role("region", name="Devices table").get_by_role("row").nth(1)).to_be_visible()
    expect(alice.get_by_role("list", name="Needs attention").get_by_role("link").first).to_be_visible()
    if kind:
        alice.get_by_role("navigation", name=f"Pages of {service}").get_by_role("link", name=kind).click()
        alice.get_by_role("region", name=f"{kind} table").locator(".who").first.click()
        expect(alice.get_by_role("heading", name="Settings")).to_be_visible()


def test_q03_the_two_programs_have_two_applications_and_open_different_portals(stack: Stack, visit: Visits) -> None:
    reseller = visit()
    msp_program, kdp = (reseller.get_by_role("region", name=name) for name in ("MSP", "KDP"))
    expect(msp_program.get_by_role("link", name="APPLY")).to_be_visible()
    assert _top(msp_program) == _top(kdp)

    apply(stack, reseller, acts.apply_as_reseller, "nora@handset.example", "Handset Nord")
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
    apply(stack, hopeful, acts.apply_as_msp, "nora@polhem.example", "Polhem Mobility")
    apply(stack, other, acts.apply_as_msp, "nora@kvist.example", "Kvist Mobil")
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


def test_q12_the_msp_dashboard_shows_the_alerts_of_one_customer_or_of_all(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE, at="/customers/")
    kcs_id = acts.add_customer(alice, "Naab Druckerei")
    acts.send_as_reseller(visit(acts.RITA), kcs_id, EUROPEAN[5])

    alice.goto("/")
    acts.launch(alice, "Knox MSP Portal")
    expect(alice.get_by_role("heading", level=1)).to_have_text("MSP Dashboard")
    acts.count_alerts(alice)
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
    acts.count_alerts(alice)
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
