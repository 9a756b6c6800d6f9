"""Second steps of sign-in: an app that shows codes, a fingerprint reader, and the page that turns them on."""

import base64
import hashlib
import hmac
import struct
import time

from playwright.sync_api import Page

from tests.live import acts


def turn_on_authenticator_app(page: Page) -> None:
    """As somebody who types the secret into an app and the app's code into the page."""
    security(page, "Turn on authenticator app")
    secret = page.get_by_role("button", name="Copy secret").get_attribute("data-copy") or ""
    page.get_by_label("Code").fill(_app_code(secret))
    page.get_by_role("button", name="Turn on").click()
    page.get_by_role("heading", name="Recovery codes").first.wait_for()


def security(page: Page, link: str) -> None:
    """Open one part of the security page, with the password where the portal asks whether it is still you."""
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name=link).click()
    if page.get_by_role("heading", level=1).inner_text() == "Enter your password":
        page.get_by_label("Password").fill(acts.PASSWORD)
        page.get_by_role("button", name="Go on").click()


def _app_code(secret: str) -> str:
    """What an authenticator app shows for the secret now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06d}"


def plug_in_authenticator(page: Page) -> None:
    """A fingerprint reader that says yes."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    reader = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": reader})
