"""A look, and the acts that pages of several portals need before it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.live import acts

ASKS_AGAIN = "Enter your password"


@dataclass(frozen=True)
class Look:
    """A page as somebody sees it. `{words}` in the address are found by places.py."""

    person: str
    address: str
    heading: str
    status: int = 200
    act: Callable[[Page], object] | None = None
    note: str = field(default="", kw_only=True)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.person.partition("@")[0] or "nobody", self.address, self.note)))


def press(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("button", name=name).last.click()


def reauthenticate(page: Page) -> None:
    page.get_by_label("Password").fill(acts.PASSWORD)
    page.get_by_role("button", name="Go on").click()


def open_filters(page: Page) -> None:
    page.get_by_text("Filter", exact=True).click()


def tick_two(page: Page) -> None:
    for at in (0, 1):
        box = page.locator("tbody").get_by_role("checkbox").nth(at)
        box.press("Space")  # a click would leave the pointer where a button appears
