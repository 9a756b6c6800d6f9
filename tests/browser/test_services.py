"""What a person presses in a console reaches the phone, and the phone's answer the page, by itself."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks.look import ASKS_AGAIN, reauthenticate
from tests.browser.test_uploads import heading, open_upload
from tests.devices.sending import imei
from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
SECONDS = 60_000
"""In milliseconds: so long a phone may take."""
NEW = 760_000
"""The devices that these tests upload begin here."""


def _console(page: Page, customer: str, service: str, state: str) -> str:
    """Open the console, show one state, tick its first device. Returns the device's number."""
    page.goto("/customers/")
    page.get_by_role("main").get_by_role("link", name=customer).click()
    page.get_by_role("link", name=f"Open console of {service}").click()
    page.get_by_role("navigation", name="States").get_by_role("link", name=state).first.click()
    box = page.get_by_role("region", name="Devices table").locator("tbody input[type=checkbox]").first
    number = (box.get_attribute("aria-label") or "").removeprefix("Select ")
    box.check()
    return number


def _act(page: Page, label: str) -> None:
    page.get_by_role("group", name="Selected devices").get_by_text("Actions").click()
    page.get_by_role("group", name="Selected devices").get_by_role(
        "button", name=label, exact=True, disabled=False
    ).click()


def _becomes(page: Page, address: str, number: str, state: str) -> None:
    """The console says so once the phone has answered."""
    for _ in range(60):
        page.goto(f"{address}?q={number}")
        row = page.get_by_role("region", name="Devices table").locator("tbody tr").first
        said = row.get_by_text(state, exact=True).first
        if said.count():
            break
        page.wait_for_timeout(SECONDS / 60)
    expect(said).to_be_visible()


def _lock(page: Page, number: str, *, message: str = "") -> None:
    """The password is asked for unless another test of this sign-in gave it a moment ago."""
    if page.get_by_role("heading", name=ASKS_AGAIN).count():
        reauthenticate(page)
    if message:
        page.get_by_label("Message on the device").fill(message)
    page.get_by_label(f"Type {number} to go on").fill(number)
    page.get_by_role("main").get_by_role("button", name="Lock").click()


def test_a_phone_that_is_locked_in_knox_configure_says_so(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    number = _console(alice, "Fjordline Freight", "Knox Configure", "Configured")
    address = alice.url.partition("?")[0]

    with stack.fleet():
        _act(alice, "Lock")
        _lock(alice, number)
        _becomes(alice, address, number, "Locked")


def test_a_phone_that_gets_a_campaign_is_updated(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    number = _console(alice, "Fjordline Freight", "Knox E-FOTA", "Failed to install")
    address = alice.url.partition("?")[0]

    with stack.fleet():
        _act(alice, "Assign campaign")
        alice.get_by_label("Campaign", exact=True).select_option("Autumn update")
        alice.get_by_role("main").get_by_role("button", name="Assign campaign").click()
        _becomes(alice, address, number, "Updated")


def test_a_phone_that_is_locked_in_knox_guard_says_so(stack: Stack, visit: Visits) -> None:
    alice = visit(acts.ALICE)
    number = _console(alice, "Lumen Retail Group", "Knox Guard", "Active")
    address = alice.url.partition("?")[0]

    with stack.fleet():
        _act(alice, "Lock")
        _lock(alice, number, message="The rent is overdue.")
        _becomes(alice, address, number, "Locked")


@dataclass
class Desk:
    """One person at the consoles of one customer, with one device that was uploaded a moment ago."""

    page: Page
    customer: str
    number: str
    consoles: dict[str, str] = field(default_factory=dict)
    """Addresses by service."""

    def upload(self) -> None:
        open_upload(self.page, self.customer)
        acts.send_devices(self.page, self.number)
        self.page.get_by_role("button", name="Add 1 device").click()
        expect(heading(self.page)).to_have_text("Upload result")
        expect(self.page.get_by_text("We added every line.")).to_be_visible()

    def open(self, service: str) -> None:
        """The console with the one device in it, ticked."""
        if service not in self.consoles:
            self.page.goto("/customers/")
            self.page.get_by_role("main").get_by_role("link", name=self.customer).click()
            self.page.get_by_role("link", name=f"Open console of {service}").click()
            expect(heading(self.page)).to_have_text(service)
            self.consoles[service] = self.page.url.partition("?")[0]
        self.page.goto(f"{self.consoles[service]}?q={self.number}")
        self.page.get_by_role("region", name="Devices table").get_by_label(f"Select {self.number}").check()

    def act(self, service: str, label: str, **choices: str) -> None:
        self.open(service)
        _act(self.page, label)
        acts.fill(self.page, {}, choices, ())
        self.page.get_by_role("main").get_by_role("button", name=f"{label}: 1 device").click()

    def lock(self, service: str, *, message: str = "") -> None:
        self.open(service)
        _act(self.page, "Lock")
        _lock(self.page, self.number, message=message)

    def sees(self, service: str, state: str) -> None:
        _becomes(self.page, self.consoles[service], self.number, state)


def test_an_uploaded_device_comes_into_five_services_and_reports_each(stack: Stack, visit: Visits) -> None:
    desk = Desk(visit(acts.ALICE), "Fjordline Freight", imei(NEW))
    desk.upload()

    with stack.fleet():
        desk.act("Knox Configure", "Assign profile", Profile="Driver phones")
        desk.act("Knox Mobile Enrollment", "Assign profile", Profile="Intune for drivers")
        desk.act("Knox E-FOTA", "Enroll")
        desk.act("Knox Manage", "Invite to enroll", User="Kari Nordmann")
        desk.act("Samsung Care+ for Business", "Approve")
        desk.act("Samsung Care+ for Business", "Assign plan", Plan="Drivers, two years")
        desk.sees("Knox E-FOTA", "Enrolled")
        desk.act("Knox E-FOTA", "Assign campaign", Campaign="Autumn update")
        desk.sees("Knox Configure", "Configured")
        desk.lock("Knox Configure")
        desk.sees("Knox Mobile Enrollment", "Provisioned")
        desk.sees("Knox Manage", "Enrolled")
        desk.sees("Samsung Care+ for Business", "Active")
        desk.sees("Knox E-FOTA", "Updated")
        desk.sees("Knox Configure", "Locked")


def test_an_uploaded_device_comes_into_knox_guard_and_is_locked(stack: Stack, visit: Visits) -> None:
    desk = Desk(visit(acts.ALICE), "Lumen Retail Group", imei(NEW + 1))
    desk.upload()

    with stack.fleet():
        desk.act("Knox Guard", "Accept")
        desk.sees("Knox Guard", "Active")
        desk.lock("Knox Guard", message="The rent is overdue.")
        desk.sees("Knox Guard", "Locked")


def test_the_code_to_enroll_is_alone_on_paper(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    kcs_id = page.get_by_label("Select Lumen Retail Group").get_attribute("value")
    page.goto(f"/customers/{kcs_id}/knox-mobile-enrollment/enroll/")
    if (first := page.get_by_role("button", name="Make code")).is_visible():  # unless another test did
        first.click()

    page.emulate_media(media="print")

    expect(page.locator(".qr svg")).to_be_visible()
    expect(page.get_by_role("heading", name="How it works")).to_be_visible()
    for left_out in ("Make a new code", "Copy", "History", "You made a"):
        expect(page.get_by_text(left_out).first).to_be_hidden()
