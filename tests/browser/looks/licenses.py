"""An MSP and licenses and orders."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, open_filters, press
from tests.browser.places import NILS, SOFIA
from tests.live import acts


def _assign_all(page: Page) -> None:
    page.get_by_role("button", name="Assign all").click()


def _rename_to_nothing(page: Page) -> None:
    page.get_by_label("License name").fill("")
    page.get_by_role("button", name="Save changes").click()


LOOKS = [
    Look(acts.ALICE, "/licenses/", "Licenses"),
    Look(acts.ALICE, "/licenses/", "Licenses", act=open_filters, note="with filters open"),
    Look(acts.ALICE, "/licenses/?tab=joint", "Licenses"),
    Look(acts.ALICE, "/licenses/?q=nobody-is-called-so&service=KC&status=expired", "Licenses"),
    Look(acts.ALICE, "/customers/{customer}/licenses/", "Licenses"),
    Look(NILS, "/customers/{managed}/licenses/", "Licenses", note="without one"),
    Look(acts.ALICE, "/customers/{full_customer}/licenses/", "Licenses", note="jointly managed"),
    Look(acts.ALICE, "/customers/{customer}/licenses/enter/", "Enter license key"),
    Look(
        acts.ALICE,
        "/customers/{customer}/licenses/enter/",
        "Enter license key",
        act=press("Enter license key"),
        note="with errors",
    ),
    Look(acts.ALICE, "/customers/{full_customer}/licenses/enter/", "Enter license key", note="jointly managed"),
    Look(acts.ALICE, "{license}", "Knox Configure trial"),
    Look(acts.ALICE, "{license}devices/", "Knox Configure trial"),
    Look(acts.ALICE, "{license}assign/", "Assign devices"),
    Look(acts.ALICE, "{license}assign/", "Assign devices", act=_assign_all, note="refused"),
    Look(acts.ALICE, "{license}name/", "Rename"),
    Look(acts.ALICE, "{license}name/", "Rename", act=_rename_to_nothing, note="with errors"),
    Look(acts.ALICE, "{license}extend/", "Extend"),
    Look(acts.ALICE, "{license}seats/", "Add seats"),
    Look(acts.ALICE, "{license}fewer/", "Give seats back"),
    Look(acts.ALICE, "{license}replace/", "Replace"),
    Look(acts.ALICE, "{license}remove/", "Delete license"),
    Look(acts.ALICE, "/orders/", "Orders"),
    Look(acts.ALICE, "/orders/?state=rejected", "Orders"),
    Look(SOFIA, "/orders/", "Orders", note="without one"),
    Look(SOFIA, "/licenses/", "Licenses", note="without one"),
    Look(acts.ALICE, "/orders/new/", "Order seats"),
    Look(acts.ALICE, "/orders/new/?customer={customer}", "Order seats", act=press("Send order"), note="with errors"),
    Look(acts.ALICE, "{order}", ""),
]
