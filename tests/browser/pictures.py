"""The pictures of the README, taken from the running portal with its demo.

python -m msp_portal.embedded with .venv/bin/python -m tests.browser.pictures
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests import chromium
from tests.live import acts
from tests.live.browsing import PHONE, WIDE, Visits
from tests.live.stack import ROOT, Stack, running

FOLDER = ROOT / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    """What somebody sees at an address, or after a few steps from there. `whole` goes on below the window."""

    name: str
    person: str
    at: str
    steps: Callable[[Page], object] | None = None
    width: int = WIDE
    theme: str = "light"
    whole: bool = False


def _to_customer(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="Fjordline Freight").click()


def _add(page: Page) -> None:
    acts.add_customer(page, "Werft Nord", City="Kiel", **{"Work email": "karin@werftnord.example"})


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("ke")
    page.get_by_role("dialog").get_by_role("link", name="Kestrel").wait_for()


def _to_application(page: Page) -> None:
    page.get_by_role("link", name="Polaris").click()


# The customer that one of them adds is in none of the others: it comes last.
PICTURES = [
    Picture("welcome", "", "/", whole=True),
    Picture("knox-dashboard", acts.ALICE, "/"),
    Picture("msp-dashboard", acts.ALICE, "/msp/"),
    Picture("customers", acts.ALICE, "/customers/"),
    Picture("customers-dark", acts.ALICE, "/customers/", theme="dark"),
    Picture("customers-phone", acts.ALICE, "/customers/", width=PHONE),
    Picture("palette", acts.ALICE, "/customers/", _palette),
    Picture("customer", acts.ALICE, "/customers/", _to_customer, whole=True),
    Picture("add-customer", acts.ALICE, "/customers/add/", whole=True),
    Picture("samsung-queue", acts.SAM, "/samsung/applications/"),
    Picture("samsung-application", acts.SAM, "/samsung/applications/", _to_application, whole=True),
    Picture("applicant", acts.HANNA, "/"),
    Picture("customer-added", acts.ALICE, "/customers/", _add),
]


def take_all() -> list[Path]:
    """Start the portal, take every picture, stop the portal."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = chromium.find()
    with tempfile.TemporaryDirectory() as logs, running(Path(logs)) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=False, args=chromium.launch_args()
        )
        visits = Visits(browser, stack.url, {})
        return [_take(picture, visits) for picture in (*PICTURES, *_of_consent(visits, stack))]


def _of_consent(visits: Visits, stack: Stack) -> list[Picture]:
    """What a customer reads that an MSP asked; its link stands in the mail only."""
    acts.ask(visits(acts.ALICE), acts.own_kcs_id(visits(acts.CARL)), "Knox Configure", "Knox Mobile Enrollment")
    link = stack.letter(acts.CARL, "asks to manage Knox").link
    return [
        Picture("consent", "", link, whole=True),
        Picture("consent-phone", "", link, width=PHONE, whole=True),
    ]


def _take(picture: Picture, visits: Visits) -> Path:
    page = visits(picture.person, at=picture.at, width=picture.width, color_scheme=picture.theme)
    if picture.steps:
        picture.steps(page)
    if picture.whole:  # a taller window and not a longer picture: what sticks to the window would end half-way
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": picture.width, "height": height})
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{picture.name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    page.context.close()
    return path


if __name__ == "__main__":
    for path in take_all():
        print(path.relative_to(ROOT))  # noqa: T201
