"""An MSP and the consoles of services."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, open_filters, press, tick_two
from tests.devices import sending
from tests.live import acts


def _open_actions(page: Page) -> None:
    tick_two(page)
    page.get_by_text("Actions", exact=True).click()


def _preview_copies(page: Page) -> None:
    for box in page.get_by_role("group", name="Customers").get_by_role("checkbox").all()[:3]:
        box.check()
    press("Show what happens")(page)


def _check_swap(page: Page) -> None:
    page.get_by_label("New device").fill(sending.imei(77))
    press("Check device")(page)


LOOKS = [
    Look(acts.ALICE, "/customers/{customer}/knox-configure/", "Knox Configure"),
    Look(
        acts.ALICE,
        "/customers/{customer}/knox-configure/",
        "Knox Configure",
        act=open_filters,
        note="with filters open",
    ),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/", "Knox Configure", act=_open_actions, note="with actions"),
    Look(
        acts.ALICE,
        "/customers/{customer}/knox-configure/?q=352143000000011",
        "Knox Configure",
        note="with a wrong digit",
    ),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/act/assign/?all=1", ""),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/history/", "History"),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/history/?show=commands", "History", note="of commands"),
    Look(acts.ALICE, "/customers/{guarded}/knox-guard/", "Knox Guard"),
    Look(acts.ALICE, "/customers/{guarded}/knox-guard/act/lock/?device={locked}", "Lock: 1 device"),
    Look(
        acts.ALICE,
        "/customers/{guarded}/knox-guard/act/lock/?device={locked}",
        "Lock: 1 device",
        act=press("Lock"),
        note="with errors",
    ),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/act/push/?all=1", ""),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/enroll/", "Enroll devices"),
    Look(acts.ALICE, "/customers/{uploads}/knox-configure/enroll/", "Enroll devices", note="without a code"),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/things/profile/", "Profiles"),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/things/profile/?q=nothing", "Profiles"),
    Look(acts.ALICE, "/customers/{uploads}/knox-configure/things/profile/", "Profiles", note="without one"),
    Look(acts.ALICE, "/customers/{customer}/knox-configure/things/profile/add/", "Add profile"),
    Look(
        acts.ALICE,
        "/customers/{customer}/knox-configure/things/profile/add/",
        "Add profile",
        act=press("Add profile"),
        note="with errors",
    ),
    Look(acts.ALICE, "{profile}", "Driver phones"),
    Look(acts.ALICE, "{profile}edit/", "Change Driver phones"),
    Look(acts.ALICE, "{profile}copy/", "Copy Driver phones to customers"),
    Look(acts.ALICE, "{profile}copy/", "Copy Driver phones to customers", act=_preview_copies, note="with the results"),
    Look(
        acts.ALICE,
        "{profile}copy/",
        "Copy Driver phones to customers",
        act=press("Show what happens"),
        note="without a customer",
    ),
    Look(acts.ALICE, "{profile}delete/", "Delete profile Driver phones?"),
    Look(acts.ALICE, "{campaign}", "Autumn update"),
    Look(acts.ALICE, "{campaign}edit/", "Change Autumn update"),
    Look(acts.ALICE, "{campaign}end/", "Cancel campaign Autumn update?"),
    Look(acts.ALICE, "/customers/{customer}/knox-e-fota/things/campaign/add/", "Add campaign"),
    Look(acts.ALICE, "/customers/{customer}/samsung-care-plus/", "Samsung Care+ for Business"),
    Look(acts.ALICE, "/customers/{customer}/samsung-care-plus/claims/", "Claims"),
    Look(acts.ALICE, "/customers/{customer}/samsung-care-plus/claims/?q=nothing", "Claims"),
    Look(acts.ALICE, "/customers/{customer}/samsung-care-plus/claims/new/", "Open claim"),
    Look(
        acts.ALICE,
        "/customers/{customer}/samsung-care-plus/claims/new/",
        "Open claim",
        act=press("Open claim"),
        note="with errors",
    ),
    Look(acts.ALICE, "{claim}", "Claim SC-1042"),
    Look(acts.ALICE, "{claim}", "Claim SC-1042", act=press("Complete claim"), note="with errors"),
    Look(acts.ALICE, "/customers/{customer}/samsung-care-plus/swap/{covered}/", "Swap device"),
    Look(
        acts.ALICE,
        "/customers/{customer}/samsung-care-plus/swap/{covered}/",
        "Swap device",
        act=_check_swap,
        note="checked",
    ),
]
