"""The Knox Dashboard, and applicants."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look
from tests.browser.places import DORA
from tests.live import acts


def _to_another_portal(page: Page) -> None:
    """Into the MSP Portal, then to the reseller's page again: one portal at a time."""
    acts.launch_only(page, "Knox MSP Portal")
    page.goto("/reseller/")


def _where_one_only_views(page: Page) -> None:
    page.get_by_role("region", name="Borealis").get_by_role("button", name="LAUNCH").click()
    page.goto("/customers/add/")


LOOKS = [
    Look(acts.HANNA, "/", "Hello Hanna"),
    Look(acts.HANNA, "{own_application}", "Knox MSP Program"),
    Look(acts.IVO, "/", "Hello Ivo", note="rejected"),
    Look(acts.ALICE, "/", "Where would you like to work, Alice?"),
    Look(acts.MIRA, "/", "Where would you like to work, Mira?", note="two MSPs"),
    Look(acts.MIRA, "/", "You need another right", act=_where_one_only_views, note="a page beyond a right"),
    Look(DORA, "/", "Where would you like to work, Karin?", note="with a closed panel"),
    Look(acts.SAM, "/", "Where would you like to work, Sam?"),
    Look(
        acts.IRIS,
        "/",
        "You are signed in to the Knox MSP Portal",
        act=_to_another_portal,
        note="signed in to another portal",
    ),
]
