"""An MSP and its customers: dashboard, list, account, activity, tickets."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, open_filters, press
from tests.browser.places import SOFIA
from tests.live import acts


def _add_twin(page: Page) -> None:
    acts.fill_customer(page, "Fjordline Freight", City="Bergen")
    page.get_by_label("Country", exact=True).select_option("Norway")
    page.get_by_role("button", name="ADD CUSTOMER").click()


def _open_snooze(page: Page) -> None:
    page.locator("details.pop > summary", has_text="Snooze").first.click()


def _open_tables(page: Page) -> None:
    for summary in page.locator("details.behind > summary").all():
        summary.click()


def _open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")


LOOKS = [
    Look(acts.ALICE, "/palette/?q=355614000000009", "Find a customer", note="with a device"),
    Look(acts.ALICE, "/msp/", "MSP Dashboard"),
    Look(acts.ALICE, "/msp/", "MSP Dashboard", act=_open_snooze, note="with a menu open"),
    Look(acts.ALICE, "/msp/", "MSP Dashboard", act=_open_tables, note="with every table open"),
    Look(acts.ALICE, "/msp/?customer={customer}&licenses=seats", "MSP Dashboard", note="of one customer"),
    Look(acts.ALICE, "/msp/?state=snoozed", "MSP Dashboard", note="without snoozed alerts"),
    Look(acts.ALICE, "/msp/?state=closed", "MSP Dashboard", note="of what has gone"),
    Look(SOFIA, "/msp/", "MSP Dashboard", note="without customers"),
    Look(acts.ALICE, "{alert}", ""),
    Look(acts.ALICE, "{alert}", "", act=press("Add comment"), note="with errors"),
    Look(acts.ALICE, "/customers/", "Customers"),
    Look(acts.ALICE, "/customers/?q=k&service=KC&service=KG&access=full", "Customers"),
    Look(acts.ALICE, "/customers/?q=nobody-is-called-so", "Customers"),
    Look(
        acts.ALICE,
        "/customers/",
        "Customers",
        act=_open_palette,
        note="with the palette",
    ),
    Look(
        acts.ALICE,
        "/customers/",
        "Customers",
        act=open_filters,
        note="with filters open",
    ),
    Look(acts.ALICE, "/customers/#nav", "Customers", note="with the menu"),
    Look(SOFIA, "/customers/", "Customers", note="without customers"),
    Look(acts.ALICE, "/palette/", "Find a customer"),
    Look(acts.ALICE, "/palette/?q=lumen", "Find a customer"),
    Look(acts.ALICE, "/customers/add/", "Add customer"),
    Look(SOFIA, "/customers/add/", "Add customer", note="without Knox Guard"),
    Look(acts.ALICE, "/customers/add/", "Add customer", act=press("ADD CUSTOMER"), note="with errors"),
    Look(acts.ALICE, "/customers/add/", "Add customer", act=_add_twin, note="with a twin"),
    Look(acts.ALICE, "/customers/{customer}/", "Fjordline Freight"),
    Look(acts.ALICE, "/customers/{customer}/?added=1", "Fjordline Freight"),
    Look(acts.ALICE, "/customers/{full_customer}/", "Kestrel Field Services"),
    Look(acts.ALICE, "/customers/{customer}/account/", "Manage account"),
    Look(acts.ALICE, "/customers/{full_customer}/account/", "Manage account"),
    Look(acts.ALICE, "/customers/{guarded}/account/", "Manage account", note="with Knox Guard"),
    Look(acts.ALICE, "/customers/{customer}/services/knox-guard/", "Add Knox Guard"),
    Look(
        acts.ALICE,
        "/customers/{customer}/services/knox-guard/",
        "Add Knox Guard",
        act=press("Add service"),
        note="with errors",
    ),
    Look(acts.ALICE, "/exports/{export}/", "Export of customers"),
    Look(acts.ALICE, "/activity/", "Activity log"),
    Look(acts.ALICE, "/activity/?range=all&q=no-such-word", "Activity log", note="without a hit"),
    Look(acts.TOM, "/activity/", "Activity log", note="of the own acts"),
    Look(acts.TOM, "/customers/", "Customers", note="three of twelve"),
    Look(acts.VIKTOR, "/customers/", "Your sign-in is stopped", 403),
    Look(acts.ALICE, "/tickets/", "Support tickets"),
    Look(acts.ALICE, "/tickets/?state=closed", "Support tickets", note="where none is closed"),
    Look(acts.ALICE, "/tickets/?q=phone&sort=ticket", "Support tickets", note="searched"),
    Look(acts.ALICE, "/tickets/?q=no-such-word&kind=device", "Support tickets", note="nothing matches"),
    Look(acts.ALICE, "/tickets/open/?page=/customers/", "Open ticket"),
    Look(acts.ALICE, "/tickets/open/?category=service_removal", "Open ticket", act=press("Open ticket")),
    Look(acts.ALICE, "/tickets/1/", "A phone does not take its profile"),
    Look(acts.ALICE, "/tickets/3/", "", note="a deletion"),
    Look(acts.ALICE, "/customers/{customer}/deletion/", "Ask for deletion"),
    Look(
        acts.ALICE,
        "/customers/{customer}/deletion/",
        "Ask for deletion",
        act=press("Ask Samsung to delete"),
        note="with errors",
    ),
    Look(SOFIA, "/tickets/", "Support tickets", note="without a portal"),
]
