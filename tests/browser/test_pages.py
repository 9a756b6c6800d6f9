"""Every page, in light and dark, on a wide screen and on a phone: accessible, quiet, and nothing sticks out."""

import re

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Page, expect

from tests.architecture.routes import ALLAUTH_PERSON, ALLAUTH_PUBLIC, ROUTES
from tests.browser import appearance
from tests.browser import places as place
from tests.browser.looks import LOOKS
from tests.browser.looks.look import ASKS_AGAIN, Look, reauthenticate
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")

# Answers that are data or a file, and pages that the settings never show.
NO_PAGES = {
    "healthz",
    "agent-schema",
    "customer-claims-export",
    "admin-portal-claims-export",
    "reseller-customers-export",
    "reseller-uploads-export",
    "reseller-devices-export",
    "reseller-upload-template",
    "reseller-upload-report",
    "alert-export",
    "customer-export",
    "upload-export",
    "upload-report",
    "customer-devices-export",
    "all-devices-export",
    "admin-portal-devices-export",
    "model-export",
    "license-export",
    "customer-license-export",
    "order-export",
    "administrators-export",
    "reseller-administrators-export",
    "license-reseller-administrators-export",
    "company-administrators-export",
    "activity-export",
    "reseller-activity-export",
    "license-reseller-activity-export",
    "admin-portal-activity-export",
    "samsung-activity-export",
    "ticket-export",
    "ticket-file",
    "samsung-tickets-export",
    "samsung-ticket-file",
    "export-file",
    "license-reseller-orders-export",
    "license-reseller-keys-export",
    "admin-portal-licenses-export",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "account_set_password",
    "account_confirm_login_code",
    "mfa_authenticate",
}


@pytest.fixture(scope="session")
def places(browser: Browser, stack: Stack, sign_ins: dict[str, object]) -> dict[str, str]:
    return place.find(browser, stack, sign_ins)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_is_right_for_everybody_on_every_screen(look: Look, visit: Visits, places: dict[str, str]) -> None:
    page = visit(look.person, at="about:blank")

    answer = page.goto(look.address.format(**places))
    if _asks_again(page, look):
        reauthenticate(page)
    if look.act:
        look.act(page)

    assert answer is None or answer.status == look.status
    if look.heading:
        _wait_for_heading(page, look, look.heading.format(**places))
    problems = appearance.problems(page)
    assert not problems, "\n".join(problems)


def _asks_again(page: Page, look: Look) -> bool:
    """Five minutes after the sign-in, some pages want to know again who it is."""
    asks = page.get_by_role("heading", name=ASKS_AGAIN).is_visible()
    return asks and look.heading != ASKS_AGAIN and look.act is not reauthenticate


def _wait_for_heading(page: Page, look: Look, text: str) -> None:
    heading = page.get_by_role("heading", level=1)
    try:
        expect(heading).to_have_text(text)
    except AssertionError:
        if look.act is None or not _asks_again(page, look):
            raise
        reauthenticate(page)  # the five minutes were over between the page and what was pressed on it
        look.act(page)
        expect(heading).to_have_text(text)


def test_every_page_is_among_them() -> None:
    looked_at = {resolve(re.split("[?#]", look.address.format(**place.SOME))[0]).url_name for look in LOOKS}

    pages = {name for name, route in ROUTES.items() if route.policy} | ALLAUTH_PUBLIC | ALLAUTH_PERSON

    assert pages - looked_at == NO_PAGES
