"""An MSP and customers that used Knox before: requests, consent, delinks, access."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, press
from tests.browser.places import DAHLEM, NILS, SOFIA
from tests.live import acts


def _look_up_own(page: Page) -> None:
    """A customer that it manages: refused with its own sentence."""
    page.goto("/customers/")
    acts.look_up(page, page.get_by_label(f"Select {DAHLEM}").get_attribute("value") or "")


def _find(page: Page) -> None:
    acts.look_up(page, page.url.partition("#")[2])


def _find_and_forget_services(page: Page) -> None:
    _find(page)
    press("REQUEST TO ADD")(page)


LOOKS = [
    Look(NILS, "/customers/existing/", "Add existing customer"),
    Look(NILS, "/customers/existing/", "Add existing customer", act=press("LOOK UP"), note="with errors"),
    Look(NILS, "/customers/existing/#{direct}", "Add existing customer", act=_find, note="found"),
    Look(
        NILS,
        "/customers/existing/#{direct}",
        "Add existing customer",
        act=_find_and_forget_services,
        note="found, with errors",
    ),
    Look(NILS, "/customers/existing/", "Add existing customer", act=_look_up_own, note="refused"),
    Look(NILS, "/customers/requests/", "Requests"),
    Look(NILS, "/customers/requests/?state=expired", "Requests"),
    Look(SOFIA, "/customers/requests/", "Requests", note="without one"),
    Look(NILS, "/customers/{managed}/", DAHLEM, note="added by consent"),
    Look(NILS, "/customers/{managed}/receipt/", f"{DAHLEM} approved your request"),
    Look(NILS, "/customers/{leaving}/", "Falke Druck", note="with a delink"),
    Look(NILS, "/customers/{leaving}/delink/", "Delink", note="open"),
    Look(NILS, "/customers/{wanting}/", "Jansen Werft", note="that asks for a delink"),
    Look(NILS, "/customers/{wanting}/delink/", "Delink", note="that the customer asked for"),
    Look(NILS, "/customers/{wanting}/delink/", "Delink", act=press("Reject"), note="rejected without a reason"),
    Look(NILS, "/customers/{ending_customer}/", "Igel Sport", note="ending"),
    Look(acts.ALICE, "/customers/{customer}/delink/", "Delink"),
    Look(acts.ALICE, "/customers/{customer}/delink/", "Delink", act=press("Delink"), note="with errors"),
    Look(acts.ALICE, "/customers/{customer}/access/", "Give Full access"),
    Look(acts.ALICE, "/customers/{customer}/access/", "Give Full access", act=press("Give"), note="with errors"),
    Look(acts.ALICE, "/customers/{full_customer}/access/", "Give Full access", note="given already"),
]
