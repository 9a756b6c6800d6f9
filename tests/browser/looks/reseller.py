"""The Knox Reseller Portal."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, press, tick_two
from tests.browser.places import PETRA
from tests.live import acts


def _check_list(page: Page) -> None:
    page.get_by_label("Or paste here").fill("490154203237518\nhello")
    press("Check list")(page)


LOOKS = [
    Look(acts.RITA, "/reseller/activity/", "Activity log"),
    Look(acts.RITA, "/reseller/administrators/", "Administrators"),
    Look(acts.RITA, "/reseller/administrators/invite/", "Invite administrator"),
    Look(acts.RITA, "{reseller_person}", ""),
    Look(acts.RITA, "/customers/", "This portal is not open to you", 403),
    Look(acts.RITA, "/reseller/", "Nordic Device Partners"),
    Look(acts.RITA, "/reseller/customers/", "Customers"),
    Look(acts.RITA, "/reseller/customers/?q=nobody-is-called-so", "Customers"),
    Look(acts.RITA, "/reseller/customers/add/", "Add customer"),
    Look(acts.RITA, "/reseller/customers/add/", "Add customer", act=press("ADD CUSTOMER"), note="with errors"),
    Look(acts.RITA, "/reseller/upload/", "Upload devices"),
    Look(acts.RITA, "/reseller/upload/", "Upload devices", act=press("Upload devices"), note="with errors"),
    Look(acts.RITA, "/reseller/upload/bulk/", "Upload devices"),
    Look(acts.RITA, "/reseller/uploads/", "Uploads"),
    Look(acts.RITA, "/reseller/uploads/?q=nothing-is-called-so&status=error", "Uploads"),
    Look(acts.RITA, "{reseller_upload}", "Upload result"),
    Look(acts.RITA, "{reseller_upload}lines/?problem=model", ""),
    Look(acts.RITA, "{reseller_upload}delete/", "Delete devices"),
    Look(acts.RITA, "{reseller_upload}delete/", "Delete devices", act=press("Delete 1 device"), note="with errors"),
    Look(acts.RITA, "/reseller/devices/", "Devices"),
    Look(acts.RITA, "/reseller/devices/", "Devices", act=tick_two, note="with two ticked"),
    Look(acts.RITA, "/reseller/devices/?state=mpts", "Devices"),
    Look(acts.RITA, "/reseller/devices/?q=nothing", "Devices"),
    Look(acts.RITA, "/reseller/devices/delete-list/", "Delete by list"),
    Look(acts.RITA, "/reseller/devices/delete-list/", "Delete by list", act=press("Check list"), note="with errors"),
    Look(acts.RITA, "/reseller/devices/delete-list/", "Delete devices", act=_check_list, note="checked"),
    Look(PETRA, "/reseller/", "Petra Phones", note="without customers"),
    Look(PETRA, "/reseller/customers/", "Customers", note="without one"),
    Look(PETRA, "/reseller/uploads/", "Uploads", note="without one"),
    Look(PETRA, "/reseller/devices/", "Devices", note="without one"),
    Look(acts.RITA, "/tickets/", "Support tickets"),
]
