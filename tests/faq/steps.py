"""What people do in several questions of the FAQ, and the devices that they have."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.live import acts
from tests.live.stack import Stack

# Devices for Europe and one for North America, by the first eight digits of their IMEI.
EUROPEAN = ["352143008000012", "352143008000020", "352143008000038", "352143008000046", "352143008000053"]
EUROPEAN += ["352143008000061"]
AMERICAN = "352143018000010"


def apply(stack: Stack, page: Page, send: Callable[[Page, str, str], None], email: str, company: str) -> None:
    """Send the application, and follow the link in the letter."""
    send(page, email, company)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    acts.confirm_email(page, stack.letter(email, "Confirm your email").link)


def open_console(page: Page, customer: str, service: str) -> None:
    page.get_by_role("main").locator("a.who", has_text=customer).click()
    page.get_by_role("link", name=f"Open console of {service}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(service)
