"""The Samsung Admin Portal."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, press
from tests.live import acts


def _check_models(page: Page) -> None:
    page.get_by_label("Or paste here").fill("SM-S999B;Galaxy S99;Europe;99000001\nSM-S998B;Galaxy S98;Moon;\n")
    page.get_by_role("button", name="Check file").click()


LOOKS = [
    Look(acts.SAM, "/samsung/", "Dashboard"),
    Look(acts.SAM, "/samsung/activity/?range=all", "Activity log"),
    Look(acts.SAM, "/samsung/applications/", "Applications"),
    Look(acts.SAM, "/samsung/applications/?view=rejected", "Applications"),
    Look(acts.SAM, "/samsung/applications/?q=nobody-is-called-so", "Applications"),
    Look(acts.SAM, "/samsung/applications/{waiting}/", "Polaris Workplace IT"),
    Look(
        acts.SAM,
        "/samsung/applications/{waiting}/",
        "Polaris Workplace IT",
        act=press("Reject"),
        note="without a reason",
    ),
    Look(acts.SAM, "/samsung/applications/{rejected}/", "Quickfix Phones"),
    Look(acts.SAM, "/samsung/models/", "Device models"),
    Look(acts.SAM, "/samsung/models/?q=nothing-is-called-so", "Device models"),
    Look(acts.SAM, "/samsung/models/add/", "Add model"),
    Look(acts.SAM, "/samsung/models/add/", "Add model", act=press("Add model"), note="with errors"),
    Look(acts.SAM, "/samsung/models/1/", "Galaxy S24"),
    Look(acts.SAM, "/samsung/models/import/", "Import models"),
    Look(acts.SAM, "/samsung/models/import/", "Import models", act=press("Check file"), note="with errors"),
    Look(acts.SAM, "/samsung/models/import/", "This file changes the catalog", act=_check_models, note="checked"),
    Look(acts.SAM, "/samsung/customers/?view=direct", "Customers"),
    Look(acts.SAM, "/samsung/customers/?q=nobody-is-called-so", "Customers"),
    Look(acts.SAM, "/samsung/customers/register/", "Register customer"),
    Look(
        acts.SAM,
        "/samsung/customers/register/",
        "Register customer",
        act=press("Register customer"),
        note="with errors",
    ),
    Look(acts.SAM, "/samsung/msps/", "MSPs"),
    Look(acts.SAM, "/samsung/msps/?q=nobody-is-called-so", "MSPs"),
    Look(acts.SAM, "/samsung/msps/{aurora}/", "Aurora Managed Mobility"),
    Look(acts.SAM, "/samsung/products/", "License products"),
    Look(acts.SAM, "/samsung/keys/", "License keys"),
    Look(acts.SAM, "/samsung/keys/?q=nobody-is-called-so", "License keys"),
    Look(acts.SAM, "/samsung/keys/{sold_key}/", "License key {sold_signs}"),
    Look(acts.SAM, "/samsung/keys/{sold_key}/", "License key {sold_signs}", act=press("Withdraw"), note="with errors"),
    Look(acts.SAM, "/samsung/tickets/", "Tickets"),
    Look(acts.SAM, "/samsung/tickets/?q=4000000000", "Tickets", note="nothing matches"),
    Look(acts.SAM, "/samsung/tickets/1/", "A phone does not take its profile"),
    Look(acts.SAM, "/samsung/tickets/1/", "A phone does not take its profile", act=press("Send answer")),
    Look(acts.SAM, "/samsung/tickets/3/", "", note="a deletion"),
]
