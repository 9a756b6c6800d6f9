"""An MSP and devices: inventory, uploads, approvals, resellers."""

from playwright.sync_api import Page, expect

from tests.browser.looks.look import Look, open_filters, press, tick_two
from tests.browser.places import NILS, SOFIA
from tests.live import acts


def _open_problems(page: Page) -> None:
    for problem in page.locator("details.group > summary").all()[1:]:  # the first is open
        problem.click()
    expect(page.get_by_role("link", name="Show the")).to_have_count(0)


def _correct_wrong(page: Page) -> None:
    page.get_by_label("IMEI, MEID or serial number, line").first.fill("35")
    page.get_by_role("button", name="Save line").first.click()
    page.get_by_text("This IMEI has 2 digits. It needs 15.").first.wait_for()


def _reject_without_reason(page: Page) -> None:
    page.locator("summary", has_text="Reject upload").click()
    press("Reject upload")(page)


def _tags_of_two(page: Page) -> None:
    tick_two(page)
    page.get_by_role("button", name="Tags").click()


def _open_auto_approve(page: Page) -> None:
    page.get_by_text("Approve by itself").click()


def _find_reseller(page: Page) -> None:
    page.get_by_label("Reseller ID", exact=True).fill(page.url.partition("#")[2])
    press("LOOK UP")(page)


LOOKS = [
    Look(acts.ALICE, "/devices/", "Devices"),
    Look(acts.ALICE, "/devices/?state=all&tag=shared", "Devices"),
    Look(SOFIA, "/devices/", "Devices", note="without customers"),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Devices"),
    Look(acts.ALICE, "/customers/{customer}/devices/?state=pending", "Devices"),
    Look(acts.ALICE, "/customers/{customer}/devices/?q=352143000000011", "Devices", note="with a wrong digit"),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Devices", act=open_filters, note="with filters open"),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Devices", act=tick_two, note="with ticks"),
    Look(NILS, "/customers/{managed}/devices/", "Devices", note="without one"),
    Look(acts.ALICE, "{device}", ""),
    Look(acts.ALICE, "/customers/{customer}/devices/{covered}/", "", note="with services"),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Tags of 2 devices", act=_tags_of_two),
    Look(acts.ALICE, "/customers/{customer}/devices/tags/?all=1&tag=drivers", "Tags of 26 devices"),
    Look(
        acts.ALICE,
        "/customers/{customer}/devices/delete/?all=1&tag=terminal",
        "Delete 8 devices?",
        act=press("Delete 8 devices"),
        note="with errors",
    ),
    Look(acts.ALICE, "/customers/{uploads}/uploads/", "Uploads"),
    Look(acts.ALICE, "/customers/{uploads}/uploads/?q=nothing-is-called-so&status=partly", "Uploads"),
    Look(NILS, "/customers/{managed}/uploads/", "Uploads", note="without one"),
    Look(acts.ALICE, "/customers/{uploads}/uploads/add/", "Upload devices"),
    Look(
        acts.ALICE,
        "/customers/{uploads}/uploads/add/",
        "Upload devices",
        act=press("Check file"),
        note="with errors",
    ),
    Look(acts.ALICE, "{checked}", "Check result"),
    Look(acts.ALICE, "{checked}", "Check result", act=_open_problems, note="with every problem open"),
    Look(acts.ALICE, "{checked}", "Check result", act=_correct_wrong, note="with a wrong correction"),
    Look(acts.ALICE, "{checked}lines/?problem=imei_digit", "IMEI with a wrong digit"),
    Look(acts.ALICE, "{all_good}", "Check result", note="without problems"),
    Look(acts.ALICE, "{added}", "Upload result"),
    Look(acts.ALICE, "{unread}", "We could not add this file"),
    Look(acts.ALICE, "{cancelled}", "Upload cancelled"),
    Look(acts.ALICE, "/uploads/waiting/", "Uploads"),
    Look(acts.ALICE, "/uploads/waiting/?view=rejected", "Uploads", note="of which there is none"),
    Look(acts.ALICE, "/uploads/waiting/?q=nobody-is-called-so", "Uploads"),
    Look(acts.ALICE, "/customers/{customer}/approvals/", "Waiting for approval"),
    Look(acts.ALICE, "/customers/{full_customer}/approvals/", "Waiting for approval", note="where nothing waits"),
    Look(acts.ALICE, "{approval}", ""),
    Look(acts.ALICE, "{approval}", "", act=tick_two, note="with two ticked"),
    Look(acts.ALICE, "{approval}", "", act=_reject_without_reason, note="with errors"),
    Look(acts.ALICE, "/customers/{customer}/resellers/", "Resellers"),
    Look(acts.ALICE, "/customers/{customer}/resellers/", "Resellers", act=_open_auto_approve, note="with the question"),
    Look(acts.ALICE, "/customers/{customer}/resellers/", "Resellers", act=press("LOOK UP"), note="with errors"),
    Look(acts.ALICE, "{preferences}", "Preferences"),
    Look(acts.ALICE, "/customers/{full_customer}/resellers/", "Resellers", note="without one"),
    Look(acts.ALICE, "/customers/{full_customer}/resellers/#{reseller_id}", "Resellers", act=_find_reseller),
    Look(acts.ALICE, "{bulk_act}", ""),
]
