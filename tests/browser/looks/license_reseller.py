"""The License Reseller Portal."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, press
from tests.live import acts


def _issue(page: Page) -> None:
    choices = {"License": "Knox E-FOTA"}
    acts.fill(page, {"Seats": "25", "Months": "12"}, choices, ())
    press("Issue key")(page)
    page.get_by_text("You see it whole only now").wait_for()


LOOKS = [
    Look(acts.LENA, "/license-reseller/activity/", "Activity log"),
    Look(acts.LENA, "/license-reseller/administrators/", "Administrators"),
    Look(acts.LENA, "/license-reseller/administrators/invite/", "Invite administrator"),
    Look(acts.LENA, "{license_reseller_person}", ""),
    Look(acts.LENA, "/license-reseller/", "Nordkey Licensing"),
    Look(acts.LENA, "/license-reseller/orders/", "Orders"),
    Look(acts.LENA, "/license-reseller/orders/?q=aur&state=sent", "Orders"),
    Look(acts.LENA, "/license-reseller/orders/?q=nobody-is-called-so", "Orders"),
    Look(acts.LENA, "/license-reseller/orders/{to_quote}/", "Order {to_quote}"),
    Look(acts.LENA, "/license-reseller/orders/{to_quote}/", "Order {to_quote}", act=press("Quote"), note="with errors"),
    Look(acts.LENA, "/license-reseller/orders/{to_deliver}/", "Order {to_deliver}"),
    Look(acts.LENA, "/license-reseller/orders/{delivered}/", "Order {delivered}", note="delivered"),
    Look(acts.LENA, "/license-reseller/keys/", "License keys"),
    Look(acts.LENA, "/license-reseller/keys/?state=withdrawn", "License keys", note="without one"),
    Look(acts.LENA, "/license-reseller/keys/issue/", "Issue key"),
    Look(acts.LENA, "/license-reseller/keys/issue/", "Issue key", act=press("Issue key"), note="with errors"),
    Look(acts.LENA, "/license-reseller/keys/issue/", "", act=_issue, note="issued"),
    Look(acts.LENA, "/license-reseller/keys/{sold_key}/", "License key {sold_signs}"),
    Look(acts.LENA, "/license-reseller/listings/{listing}/", "What MSPs of Europe see"),
    Look(acts.LENA, "/tickets/", "Support tickets", note="without one"),
]
