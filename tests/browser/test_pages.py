"""Every page, in light and dark, on a wide screen and on a phone: accessible, quiet, and nothing sticks out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Page, expect

from tests.architecture.routes import ALLAUTH_PERSON, ALLAUTH_PUBLIC, ROUTES
from tests.browser import appearance
from tests.browser.authenticators import plug_in_authenticator, security, turn_on_authenticator_app
from tests.devices import sending
from tests.live import acts, devices
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
NOBODY, SOFIA = "", "sofia@boreas.example"
# An MSP of these tests alone, and two companies that used Knox before it: it manages the second.
NILS, DORA, EVA = "nils@nimbus.example", "dora@dahlem.example", "eva@elster.example"
PETRA = "petra@phones.example"
JANA = "jana@jansen.example"
DAHLEM, ELSTER = "Dahlem Optik", "Elster Bau"
ASKS_AGAIN = "Enter your password"


@dataclass(frozen=True)
class Look:
    """A page as somebody sees it. `{words}` in the address are looked up in `Places`."""

    person: str
    address: str
    heading: str
    status: int = 200
    act: Callable[[Page], object] | None = None
    note: str = field(default="", kw_only=True)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.person.partition("@")[0] or "nobody", self.address, self.note)))


def _press(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("button", name=name).last.click()


def _check_models(page: Page) -> None:
    page.get_by_label("Or paste here").fill("SM-S999B;Galaxy S99;Europe;99000001\nSM-S998B;Galaxy S98;Moon;\n")
    page.get_by_role("button", name="Check file").click()


def _spoil_token(page: Page) -> None:
    page.locator("form [name=csrfmiddlewaretoken]").first.evaluate(
        "field => { field.value = 'x'; field.form.submit() }"
    )


def _try_too_often(page: Page) -> None:
    for _ in range(601):
        answer = page.request.get("/apply/confirm/no-such-link/")
    assert answer.status == 429
    page.reload()


def _to_second_step(page: Page) -> None:
    page.get_by_label("Email").fill(SOFIA)
    page.get_by_label("Password").fill(acts.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _reauthenticate(page: Page) -> None:
    page.get_by_label("Password").fill(acts.PASSWORD)
    page.get_by_role("button", name="Go on").click()


def _add_twin(page: Page) -> None:
    acts.fill_customer(page, "Fjordline Freight", City="Bergen")
    page.get_by_label("Country", exact=True).select_option("Norway")
    page.get_by_role("button", name="ADD CUSTOMER").click()


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
    _press("Reject upload")(page)


def _open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")


def _open_filters(page: Page) -> None:
    page.get_by_text("Filter", exact=True).click()


def _tick_two(page: Page) -> None:
    for at in (0, 1):
        box = page.locator("tbody").get_by_role("checkbox").nth(at)
        box.press("Space")  # a click would leave the pointer where a button appears


def _tags_of_two(page: Page) -> None:
    _tick_two(page)
    page.get_by_role("button", name="Tags").click()


def _assign_all(page: Page) -> None:
    page.get_by_role("button", name="Assign all").click()


def _rename_to_nothing(page: Page) -> None:
    page.get_by_label("License name").fill("")
    page.get_by_role("button", name="Save changes").click()


def _where_one_only_views(page: Page) -> None:
    page.get_by_role("region", name="Borealis").get_by_role("button", name="LAUNCH").click()
    page.goto("/customers/add/")


def _look_up_own(page: Page) -> None:
    """A customer that it manages: refused with its own sentence."""
    page.goto("/customers/")
    acts.look_up(page, page.get_by_label(f"Select {DAHLEM}").get_attribute("value") or "")


def _issue(page: Page) -> None:
    choices = {"License": "Knox E-FOTA"}
    acts.fill(page, {"Seats": "25", "Months": "12"}, choices, ())
    _press("Issue key")(page)
    page.get_by_text("You see it whole only now").wait_for()


def _find(page: Page) -> None:
    acts.look_up(page, page.url.partition("#")[2])


def _find_and_forget_services(page: Page) -> None:
    _find(page)
    _press("REQUEST TO ADD")(page)


def _approve(page: Page) -> None:
    acts.answer(page, page.url)
    _press("Approve")(page)


def _check_list(page: Page) -> None:
    page.get_by_label("Or paste here").fill("490154203237518\nhello")
    _press("Check list")(page)


def _open_auto_approve(page: Page) -> None:
    page.get_by_text("Approve by itself").click()


def _find_reseller(page: Page) -> None:
    page.get_by_label("Reseller ID", exact=True).fill(page.url.partition("#")[2])
    _press("LOOK UP")(page)


LOOKS = [
    # everybody
    Look(NOBODY, "/", "Run Samsung Knox for all your customers from one portal"),
    Look(NOBODY, "/apply/msp/", "Apply to the Knox MSP Program"),
    Look(NOBODY, "/apply/msp/", "Apply to the Knox MSP Program", act=_press("Send application"), note="with errors"),
    Look(NOBODY, "/apply/reseller/", "Apply to the Knox Deployment Program"),
    Look(NOBODY, "/apply/sent/", "Look in your mail"),
    Look(NOBODY, "{confirm}", "Confirm your email"),
    Look(NOBODY, "/apply/confirm/no-such-link/", "You cannot use this link", 404),
    Look(NOBODY, "{invitation}", "Make your account"),
    # a customer without an account, by the links in its mail
    Look(NOBODY, "{consent}", "Nimbus Mobile asks to manage Knox for Amsel Druck"),
    Look(
        NOBODY,
        "{consent}",
        "Nimbus Mobile asks to manage Knox for Amsel Druck",
        act=_press("Approve"),
        note="with errors",
    ),
    Look(NOBODY, "{to_approve}", "Nimbus Mobile now manages Knox for Buchen Logistik.", act=_approve, note="approved"),
    Look(
        NOBODY,
        "{to_refuse}",
        "You refused. Nothing changed at Cella Wein.",
        act=_press("Refuse"),
        note="refused",
    ),
    Look(NOBODY, "{consent_used}", "You cannot use this link", 410),
    Look(NOBODY, "/consent/no-such-link/", "You cannot use this link", 404),
    Look(NOBODY, "{delink}", "Nimbus Mobile wants to stop managing Knox for Falke Druck"),
    Look(
        NOBODY,
        "{delink_to_approve}",
        "Nimbus Mobile no longer manages Knox for Gerber Bau.",
        act=_press("Approve"),
        note="approved",
    ),
    Look(
        NOBODY,
        "{delink_to_refuse}",
        "You refused. Nimbus Mobile goes on managing Knox for Hase Medien.",
        act=_press("Refuse"),
        note="refused",
    ),
    Look(NOBODY, "{delink_used}", "You cannot use this link", 410),
    Look(NOBODY, "{receipt}", f"{DAHLEM} approved Nimbus Mobile"),
    Look(NOBODY, "{end}", f"End the management of {DAHLEM} by Nimbus Mobile?"),
    Look(NOBODY, "{ending}", "The management of Igel Sport by Nimbus Mobile ends", note="under way"),
    Look(NOBODY, "/terms/terms_of_use/", "Samsung Knox Terms of Use"),
    Look(NOBODY, "/api/", "There is no API yet", 404),
    Look(NOBODY, "/nowhere/", "There is nothing here", 404),
    Look(NOBODY, "/mailbox/", "Mailbox"),
    Look(NOBODY, "{mail}", ""),
    Look(NOBODY, "/accounts/login/", "Sign in"),
    Look(NOBODY, "/accounts/login/", "Send it once more", act=_spoil_token, note="from an old page"),
    Look(NOBODY, "/accounts/signup/", "You apply, Samsung approves"),
    Look(NOBODY, "/accounts/inactive/", "Your sign-in is stopped"),
    Look(NOBODY, "/accounts/confirm-email/", "Look in your mail"),
    Look(NOBODY, "/accounts/confirm-email/no-such-key/", "This link does not work"),
    Look(NOBODY, "/accounts/password/reset/", "Set a new password"),
    Look(NOBODY, "/accounts/password/reset/done/", "Look in your mail"),
    Look(NOBODY, "{reset}", "Set your password"),
    Look(NOBODY, "/accounts/password/reset/key/1-no-such-key/", "This link does not work"),
    Look(NOBODY, "/accounts/password/reset/key/done/", "You saved your password"),
    Look(NOBODY, "/accounts/login/", "Second step", act=_to_second_step),
    # a phone, by the code of its company
    Look(NOBODY, "{enroll}", "Add a device to Contoso GmbH"),
    Look(NOBODY, "{enroll}", "Add a device to Contoso GmbH", act=_press("Add device"), note="with errors"),
    Look(NOBODY, "/enroll/no-such-code/", "You cannot use this code", 404),
    # whoever is signed in
    Look(acts.ALICE, "/accounts/logout/", "Sign out"),
    Look(acts.ALICE, "/preferences/", "Preferences"),
    Look(acts.ALICE, "/accounts/email/", "Email address"),
    Look(acts.ALICE, "/accounts/password/change/", "Change password"),
    Look(acts.ALICE, "/accounts/reauthenticate/", "Enter your password"),
    Look(acts.ALICE, "/accounts/sessions/", "Where you are signed in"),
    Look(acts.ALICE, "/accounts/2fa/", "Security"),
    Look(SOFIA, "/accounts/2fa/", "Security", note="with an app and a passkey"),
    Look(acts.CARL, "/apply/confirm/no-such-link/", "Wait a little", 404, act=_try_too_often),
    # second steps, of somebody who has them
    Look(SOFIA, "/accounts/2fa/totp/deactivate/", "Turn off the authenticator app"),
    Look(SOFIA, "/accounts/2fa/recovery-codes/", "Recovery codes"),
    Look(SOFIA, "/accounts/2fa/recovery-codes/generate/", "Make recovery codes"),
    Look(SOFIA, "/accounts/2fa/webauthn/", "Passkeys and security keys"),
    Look(SOFIA, "/accounts/2fa/webauthn/add/", "Add a passkey or security key"),
    Look(SOFIA, "/accounts/2fa/webauthn/keys/{key}/edit/", "Name of the key"),
    Look(SOFIA, "/accounts/2fa/webauthn/keys/{key}/remove/", "Remove key"),
    Look(SOFIA, "/accounts/2fa/reauthenticate/", "Enter a code from your app"),
    Look(SOFIA, "/accounts/2fa/webauthn/reauthenticate/", "Use your passkey"),
    Look(
        acts.TOM,
        "/accounts/2fa/totp/activate/",
        "Turn on the authenticator app",
        act=_reauthenticate,
    ),
    # applicants
    Look(acts.HANNA, "/", "Hello Hanna"),
    Look(acts.HANNA, "{own_application}", "Knox MSP Program"),
    Look(acts.IVO, "/", "Hello Ivo", note="rejected"),
    # MSPs
    Look(acts.ALICE, "/", "Where would you like to work, Alice?"),
    Look(acts.MIRA, "/", "Where would you like to work, Mira?", note="two MSPs"),
    Look(acts.ALICE, "/devices/", "Devices"),
    Look(acts.ALICE, "/devices/?state=all&tag=shared", "Devices"),
    Look(SOFIA, "/devices/", "Devices", note="without customers"),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Devices"),
    Look(acts.ALICE, "/customers/{customer}/devices/?state=pending", "Devices"),
    Look(acts.ALICE, "/customers/{customer}/devices/?q=352143000000011", "Devices", note="with a wrong digit"),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Devices", act=_open_filters, note="with filters open"),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Devices", act=_tick_two, note="with ticks"),
    Look(NILS, "/customers/{managed}/devices/", "Devices", note="without one"),
    Look(acts.ALICE, "{device}", ""),
    Look(acts.ALICE, "/customers/{customer}/devices/", "Tags of 2 devices", act=_tags_of_two),
    Look(acts.ALICE, "/customers/{customer}/devices/tags/?all=1&tag=drivers", "Tags of 26 devices"),
    Look(
        acts.ALICE,
        "/customers/{customer}/devices/delete/?all=1&tag=terminal",
        "Delete 8 devices?",
        act=_press("Delete 8 devices"),
        note="with errors",
    ),
    Look(acts.ALICE, "/palette/?q=355614000000009", "Find a customer", note="with a device"),
    Look(acts.ALICE, "/customers/{uploads}/uploads/", "Uploads"),
    Look(acts.ALICE, "/customers/{uploads}/uploads/?q=nothing-is-called-so&status=partly", "Uploads"),
    Look(NILS, "/customers/{managed}/uploads/", "Uploads", note="without one"),
    Look(acts.ALICE, "/customers/{uploads}/uploads/add/", "Upload devices"),
    Look(
        acts.ALICE,
        "/customers/{uploads}/uploads/add/",
        "Upload devices",
        act=_press("Check file"),
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
    Look(acts.ALICE, "{approval}", "", act=_tick_two, note="with two ticked"),
    Look(acts.ALICE, "{approval}", "", act=_reject_without_reason, note="with errors"),
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
        act=_open_filters,
        note="with filters open",
    ),
    Look(acts.ALICE, "/customers/#nav", "Customers", note="with the menu"),
    Look(SOFIA, "/customers/", "Customers", note="without customers"),
    Look(acts.ALICE, "/palette/", "Find a customer"),
    Look(acts.ALICE, "/palette/?q=lumen", "Find a customer"),
    Look(acts.ALICE, "/customers/add/", "Add customer"),
    Look(SOFIA, "/customers/add/", "Add customer", note="without Knox Guard"),
    Look(acts.ALICE, "/customers/add/", "Add customer", act=_press("ADD CUSTOMER"), note="with errors"),
    Look(acts.ALICE, "/customers/add/", "Add customer", act=_add_twin, note="with a twin"),
    Look(acts.ALICE, "/customers/{customer}/", "Fjordline Freight"),
    Look(acts.ALICE, "/customers/{customer}/?added=1", "Fjordline Freight"),
    Look(acts.ALICE, "/customers/{full_customer}/", "Kestrel Field Services"),
    Look(acts.ALICE, "/customers/{customer}/account/", "Manage account"),
    Look(acts.ALICE, "/customers/{full_customer}/account/", "Manage account"),
    Look(acts.ALICE, "/exports/{export}/", "Export of customers"),
    Look(acts.ALICE, "/licenses/", "Licenses"),
    Look(acts.ALICE, "/licenses/", "Licenses", act=_open_filters, note="with filters open"),
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
        act=_press("Enter license key"),
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
    Look(acts.ALICE, "/orders/new/?customer={customer}", "Order seats", act=_press("Send order"), note="with errors"),
    Look(acts.ALICE, "{order}", ""),
    Look(acts.TOM, "/customers/", "Customers", note="three of twelve"),
    Look(acts.MIRA, "/", "You need another right", act=_where_one_only_views, note="a page beyond a right"),
    Look(acts.VIKTOR, "/customers/", "Your sign-in is stopped", 403),
    # an MSP and customers that used Knox before
    Look(NILS, "/customers/existing/", "Add existing customer"),
    Look(NILS, "/customers/existing/", "Add existing customer", act=_press("LOOK UP"), note="with errors"),
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
    Look(NILS, "/customers/{wanting}/delink/", "Delink", act=_press("Reject"), note="rejected without a reason"),
    Look(NILS, "/customers/{ending_customer}/", "Igel Sport", note="ending"),
    Look(acts.ALICE, "/customers/{customer}/delink/", "Delink"),
    Look(acts.ALICE, "/customers/{customer}/delink/", "Delink", act=_press("Delink"), note="with errors"),
    Look(acts.ALICE, "/customers/{customer}/access/", "Give Full access"),
    Look(acts.ALICE, "/customers/{customer}/access/", "Give Full access", act=_press("Give"), note="with errors"),
    Look(acts.ALICE, "/customers/{full_customer}/access/", "Give Full access", note="given already"),
    # the other portals
    Look(acts.RITA, "/customers/", "This portal is not open to you", 403),
    Look(acts.RITA, "/reseller/", "Nordic Device Partners"),
    Look(acts.RITA, "/reseller/customers/", "Customers"),
    Look(acts.RITA, "/reseller/customers/?q=nobody-is-called-so", "Customers"),
    Look(acts.RITA, "/reseller/customers/add/", "Add customer"),
    Look(acts.RITA, "/reseller/customers/add/", "Add customer", act=_press("ADD CUSTOMER"), note="with errors"),
    Look(acts.RITA, "/reseller/upload/", "Upload devices"),
    Look(acts.RITA, "/reseller/upload/", "Upload devices", act=_press("Check file"), note="with errors"),
    Look(acts.RITA, "/reseller/upload/bulk/", "Upload devices"),
    Look(acts.RITA, "/reseller/uploads/", "Uploads"),
    Look(acts.RITA, "/reseller/uploads/?q=nothing-is-called-so&status=error", "Uploads"),
    Look(acts.RITA, "{reseller_upload}", "Upload result"),
    Look(acts.RITA, "{reseller_upload}lines/?problem=model", ""),
    Look(acts.RITA, "{reseller_upload}delete/", "Delete devices"),
    Look(acts.RITA, "{reseller_upload}delete/", "Delete devices", act=_press("Delete 1 device"), note="with errors"),
    Look(acts.RITA, "/reseller/devices/", "Devices"),
    Look(acts.RITA, "/reseller/devices/", "Devices", act=_tick_two, note="with two ticked"),
    Look(acts.RITA, "/reseller/devices/?state=mpts", "Devices"),
    Look(acts.RITA, "/reseller/devices/?q=nothing", "Devices"),
    Look(acts.RITA, "/reseller/devices/delete-list/", "Delete by list"),
    Look(acts.RITA, "/reseller/devices/delete-list/", "Delete by list", act=_press("Check list"), note="with errors"),
    Look(acts.RITA, "/reseller/devices/delete-list/", "Delete devices", act=_check_list, note="checked"),
    Look(PETRA, "/reseller/", "Petra Phones", note="without customers"),
    Look(PETRA, "/reseller/customers/", "Customers", note="without one"),
    Look(PETRA, "/reseller/uploads/", "Uploads", note="without one"),
    Look(PETRA, "/reseller/devices/", "Devices", note="without one"),
    Look(acts.ALICE, "/customers/{customer}/resellers/", "Resellers"),
    Look(acts.ALICE, "/customers/{customer}/resellers/", "Resellers", act=_open_auto_approve, note="with the question"),
    Look(acts.ALICE, "/customers/{customer}/resellers/", "Resellers", act=_press("LOOK UP"), note="with errors"),
    Look(acts.ALICE, "/customers/{full_customer}/resellers/", "Resellers", note="without one"),
    Look(acts.ALICE, "/customers/{full_customer}/resellers/#{reseller_id}", "Resellers", act=_find_reseller),
    Look(acts.CARL, "/admin-portal/resellers/", "Resellers"),
    Look(acts.LENA, "/license-reseller/", "Nordkey Licensing"),
    Look(acts.LENA, "/license-reseller/orders/", "Orders"),
    Look(acts.LENA, "/license-reseller/orders/?q=aur&state=sent", "Orders"),
    Look(acts.LENA, "/license-reseller/orders/?q=nobody-is-called-so", "Orders"),
    Look(acts.LENA, "/license-reseller/orders/{to_quote}/", "Order {to_quote}"),
    Look(
        acts.LENA, "/license-reseller/orders/{to_quote}/", "Order {to_quote}", act=_press("Quote"), note="with errors"
    ),
    Look(acts.LENA, "/license-reseller/orders/{to_deliver}/", "Order {to_deliver}"),
    Look(acts.LENA, "/license-reseller/orders/{delivered}/", "Order {delivered}", note="delivered"),
    Look(acts.LENA, "/license-reseller/keys/", "License keys"),
    Look(acts.LENA, "/license-reseller/keys/?state=withdrawn", "License keys", note="without one"),
    Look(acts.LENA, "/license-reseller/keys/issue/", "Issue key"),
    Look(acts.LENA, "/license-reseller/keys/issue/", "Issue key", act=_press("Issue key"), note="with errors"),
    Look(acts.LENA, "/license-reseller/keys/issue/", "", act=_issue, note="issued"),
    Look(acts.LENA, "/license-reseller/keys/{sold_key}/", "License key {sold_signs}"),
    Look(acts.LENA, "/license-reseller/listings/{listing}/", "What MSPs of Europe see"),
    Look(EVA, "/admin-portal/", ELSTER),
    Look(acts.CARL, "/admin-portal/devices/", "Devices"),
    Look(EVA, "/admin-portal/devices/", "Devices", note="without one"),
    Look(acts.CARL, "{own_device}", ""),
    Look(acts.CARL, "/admin-portal/devices/tags/?all=1", "Tags of 15 devices"),
    Look(acts.CARL, "/admin-portal/devices/delete/?all=1", "Delete 15 devices?"),
    Look(acts.CARL, "/admin-portal/approvals/", "Waiting for approval"),
    Look(EVA, "/admin-portal/approvals/", "Waiting for approval", note="where nothing waits"),
    Look(acts.CARL, "{own_approval}", ""),
    Look(acts.CARL, "/admin-portal/deployment-app/", "Knox Deployment App"),
    Look(EVA, "/admin-portal/deployment-app/", "Knox Deployment App", note="without a code"),
    Look(JANA, "/admin-portal/deployment-app/", "Knox Deployment App", note="with an MSP"),
    Look(JANA, "/admin-portal/", "Jansen Werft", note="asked for the end"),
    Look(EVA, "/admin-portal/licenses/", "Licenses", note="without one"),
    Look(EVA, "/admin-portal/licenses/enter/", "Enter license key"),
    Look(
        EVA, "/admin-portal/licenses/enter/", "Enter license key", act=_press("Enter license key"), note="with errors"
    ),
    Look(acts.CARL, "/admin-portal/licenses/", "Licenses"),
    Look(acts.CARL, "/admin-portal/licenses/?service=KE", "Licenses", note="nothing matches"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/", "Knox Configure trial"),
    Look(DORA, "/admin-portal/", "No access", 403),
    Look(DORA, "/", "Where would you like to work, Karin?", note="with a closed panel"),
    Look(acts.SAM, "/", "Where would you like to work, Sam?"),
    Look(acts.SAM, "/samsung/applications/", "Applications"),
    Look(acts.SAM, "/samsung/applications/?view=rejected", "Applications"),
    Look(acts.SAM, "/samsung/applications/?q=nobody-is-called-so", "Applications"),
    Look(acts.SAM, "/samsung/applications/{waiting}/", "Polaris Workplace IT"),
    Look(
        acts.SAM,
        "/samsung/applications/{waiting}/",
        "Polaris Workplace IT",
        act=_press("Reject"),
        note="without a reason",
    ),
    Look(acts.SAM, "/samsung/applications/{rejected}/", "Quickfix Phones"),
    Look(acts.SAM, "/samsung/models/", "Device models"),
    Look(acts.SAM, "/samsung/models/?q=nothing-is-called-so", "Device models"),
    Look(acts.SAM, "/samsung/models/add/", "Add model"),
    Look(acts.SAM, "/samsung/models/add/", "Add model", act=_press("Add model"), note="with errors"),
    Look(acts.SAM, "/samsung/models/1/", "Galaxy S24"),
    Look(acts.SAM, "/samsung/models/import/", "Import models"),
    Look(acts.SAM, "/samsung/models/import/", "Import models", act=_press("Check file"), note="with errors"),
    Look(acts.SAM, "/samsung/models/import/", "This file changes the catalog", act=_check_models, note="checked"),
    Look(acts.SAM, "/samsung/products/", "License products"),
    Look(acts.SAM, "/samsung/keys/", "License keys"),
    Look(acts.SAM, "/samsung/keys/?q=nobody-is-called-so", "License keys"),
    Look(acts.SAM, "/samsung/keys/{sold_key}/", "License key {sold_signs}"),
    Look(acts.SAM, "/samsung/keys/{sold_key}/", "License key {sold_signs}", act=_press("Withdraw"), note="with errors"),
]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_is_right_for_everybody_on_every_screen(look: Look, visit: Visits, places: dict[str, str]) -> None:
    page = visit(look.person, at="about:blank")

    answer = page.goto(look.address.format(**places))
    asks_again = page.get_by_role("heading", name=ASKS_AGAIN).is_visible()
    if asks_again and look.heading != ASKS_AGAIN and look.act is not _reauthenticate:
        _reauthenticate(page)  # five minutes after the sign-in, pages of the account want to know again who it is
    if look.act:
        look.act(page)

    assert answer is None or answer.status == look.status
    if look.heading:
        expect(page.get_by_role("heading", level=1)).to_have_text(look.heading.format(**places))
    problems = appearance.problems(page)
    assert not problems, "\n".join(problems)


def test_every_page_is_among_them() -> None:
    looked_at = {resolve(re.split("[?#]", look.address.format(**SOME))[0]).url_name for look in LOOKS}

    pages = {name for name, route in ROUTES.items() if route.policy} | ALLAUTH_PUBLIC | ALLAUTH_PERSON

    assert pages - looked_at == NO_PAGES


_ID = "00000000-0000-0000-0000-000000000000"
SOME = {
    "confirm": "/apply/confirm/x/",
    "invitation": "/join/x/",
    "reset": "/accounts/password/reset/key/1-x/",
    "key": "1",
    "customer": "0",
    "full_customer": "0",
    "license": "/customers/0/licenses/1/",
    "order": "/orders/1/",
    "export": _ID,
    "own_application": f"/applications/{_ID}/",
    "waiting": _ID,
    "rejected": _ID,
    "mail": "/mailbox/1/",
    **dict.fromkeys(("consent", "to_approve", "to_refuse", "consent_used"), "/consent/x/"),
    **dict.fromkeys(("delink", "delink_to_approve", "delink_to_refuse", "delink_used"), "/delink/x/"),
    "receipt": "/receipt/x/",
    "reseller_upload": "/reseller/uploads/1/",
    "reseller_id": "8000000003",
    "enroll": "/enroll/x/",
    "device": "/customers/0/devices/1/",
    "own_device": "/admin-portal/devices/1/",
    "approval": "/customers/0/approvals/1/",
    "uploads": "0",
    **dict.fromkeys(("checked", "all_good", "added", "unread", "cancelled"), "/customers/0/uploads/1/"),
    "own_approval": "/admin-portal/approvals/1/",
    **dict.fromkeys(("end", "ending"), "/end/x/"),
    **dict.fromkeys(("direct", "managed", "leaving", "wanting", "ending_customer"), "0"),
    **dict.fromkeys(("to_quote", "to_deliver", "delivered", "listing", "sold_key", "own_license"), "1"),
    "sold_signs": "",
}
# Answers that are data or a file, and pages that the settings never show.
NO_PAGES = {
    "healthz",
    "reseller-customers-export",
    "reseller-uploads-export",
    "reseller-devices-export",
    "reseller-upload-template",
    "reseller-upload-report",
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
    "export-file",
    "license-reseller-orders-export",
    "license-reseller-keys-export",
    "company-licenses-export",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "account_set_password",
    "account_confirm_login_code",
    "mfa_authenticate",
}


@pytest.fixture(scope="session")
def places(browser: Browser, stack: Stack, sign_ins: dict[str, object]) -> dict[str, str]:
    """Addresses that only the portal knows, found as people find them: by following links and reading mail."""
    visits = Visits(browser, stack.url, sign_ins)
    found = {
        "confirm": _link_to_confirm(visits, stack),
        "invitation": stack.letter("camille@delacroix.example", "Full access").link,
        "key": _sofia(visits, stack),
        "reset": _link_to_reset(visits, stack),
        **_of_alice(visits, stack),
        **_of_nils(visits, stack),
        **_of_uploads(visits),
        **_of_own_uploads(visits),
        **_of_resellers(visits, stack),
        **_of_others(visits),
        **_of_licenses(visits),
    }
    visits.close()
    return found


def _link_to_confirm(visits: Visits, stack: Stack) -> str:
    acts.apply_as_msp(visits(), "olga@unsure.example", "Unsure IT")
    return stack.letter("olga@unsure.example", "Confirm your email").link


def _link_to_reset(visits: Visits, stack: Stack) -> str:
    """Of somebody who does not sign in after it: that would end the link."""
    page = visits()
    page.goto("/accounts/password/reset/")
    page.get_by_label("Email").fill(SOFIA)
    page.get_by_role("button", name="Email me a link").click()
    return stack.letter(SOFIA, "Set a new password").link


def _sofia(visits: Visits, stack: Stack) -> str:
    """An MSP without customers, whose super admin has an authenticator app and a passkey. Returns the key's number."""
    page = visits()
    acts.apply_as_msp(page, SOFIA, "Boreas Phones")
    acts.confirm_email(page, stack.letter(SOFIA, "Confirm your email").link)
    acts.approve(visits(acts.SAM), "Boreas Phones")
    turn_on_authenticator_app(page)
    plug_in_authenticator(page)
    security(page, "Add passkey or security key")
    page.get_by_label("Name").fill("Office laptop")
    page.get_by_role("button", name="Add key").click()
    page.get_by_text("You added the key.").wait_for(timeout=30_000)  # a new key takes long on a busy machine
    page.goto("/accounts/2fa/webauthn/")
    href = page.get_by_role("link", name="Edit Office laptop").get_attribute("href") or ""
    visits.sign_ins[SOFIA] = page.context.storage_state()
    return href.split("/")[-3]


def _of_alice(visits: Visits, stack: Stack) -> dict[str, str]:
    page = visits(acts.ALICE)
    page.goto("/customers/")
    ids = {name: page.get_by_label(f"Select {name}").get_attribute("value") or "" for name in (FJORDLINE, KESTREL)}
    with stack.setting("export_limit", 1):
        page.goto("/customers/export/")
    page.get_by_role("link", name="Download CSV").wait_for()
    export = page.url.split("/")[-2]
    return {
        "customer": ids[FJORDLINE],
        "full_customer": ids[KESTREL],
        "export": export,
        "license": _trial(page, stack),
        "order": _order(page, ids[FJORDLINE]),
    }


FJORDLINE, KESTREL = "Fjordline Freight", "Kestrel Field Services"
NORRLAND = "Norrland Timber"


def _trial(page: Page, stack: Stack) -> str:
    """The address of a trial with two of ten devices, of a customer of its own."""
    page.goto("/customers/")
    kcs_id = acts.add_customer(page, "Heidehof", **{"Work email": "karin@heidehof.example"})
    imeis = [f"35999930000000{number}" for number in range(10)]
    devices.put(stack, kcs_id, imeis)
    page.goto(f"/customers/{kcs_id}/licenses/")
    page.get_by_role("button", name="Start trial").click()
    address = page.url
    page.get_by_role("link", name="Assign devices").click()
    for imei in imeis[:2]:
        page.get_by_label(f"Select {imei}").check()
    page.get_by_role("button", name="Assign these").click()
    page.get_by_text("2 devices enroll").wait_for()
    return address


def _order(page: Page, kcs_id: str) -> str:
    page.goto(f"/orders/new/?customer={kcs_id}&product=kc-dynamic")
    acts.fill(page, {"Seats": "25", "Months": "12"}, {}, ())
    page.get_by_role("button", name="Send order").click()
    page.get_by_text("It answers with a price.").first.wait_for()
    return page.url


def _of_nils(visits: Visits, stack: Stack) -> dict[str, str]:
    """An MSP that asked several companies, and wants to leave some."""
    page = visits()
    acts.apply_as_msp(page, NILS, "Nimbus Mobile")
    acts.confirm_email(page, stack.letter(NILS, "Confirm your email").link)
    acts.approve(visits(acts.SAM), "Nimbus Mobile")
    visits.sign_ins[NILS] = page.context.storage_state()
    nils = Relations(visits, stack, page)
    direct, managed = nils.direct(ELSTER, EVA, joins=True), nils.direct(DAHLEM, DORA, joins=True)
    used, receipt, end = nils.consented(managed, DORA)
    ending_customer = nils.direct("Igel Sport", "ida@igel.example")
    ending = nils.consented(ending_customer, "ida@igel.example")[2]
    visits(at=ending).get_by_role("button", name="End management").click()
    leaving = nils.added("Falke Druck", "fritz@falke.example")
    return {
        "direct": direct,
        "managed": managed,
        "leaving": leaving,
        "wanting": nils.asks_for_end("Jansen Werft", JANA),
        "ending_customer": ending_customer,
        "consent": nils.asked(nils.direct("Amsel Druck", "anna@amsel.example"), "anna@amsel.example"),
        "to_approve": nils.asked(nils.direct("Buchen Logistik", "bert@buchen.example"), "bert@buchen.example"),
        "to_refuse": nils.asked(nils.direct("Cella Wein", "cora@cella.example"), "cora@cella.example"),
        "consent_used": used,
        "receipt": receipt,
        "end": end,
        "ending": ending,
        "delink": nils.leaves(leaving, "fritz@falke.example"),
        "delink_to_approve": nils.leaves(nils.added("Gerber Bau", "gerd@gerber.example"), "gerd@gerber.example"),
        "delink_to_refuse": nils.leaves(nils.added("Hase Medien", "hedi@hase.example"), "hedi@hase.example"),
        "delink_used": stack.letter(EVA, "wants to stop managing").link,
    }


@dataclass(frozen=True)
class Relations:
    """What an MSP and its customers do with each other; customers are named by their KCS Customer ID and email."""

    visits: Visits
    stack: Stack
    msp: Page

    def added(self, name: str, email: str) -> str:
        self.msp.goto("/customers/")
        return acts.add_customer(self.msp, name, **{"Work email": email})

    def leaves(self, kcs_id: str, email: str) -> str:
        """Returns the link in the letter about the delink."""
        self.msp.goto(f"/customers/{kcs_id}/delink/")
        self.msp.get_by_label(f"Type {kcs_id} to go on").fill(kcs_id)
        self.msp.get_by_role("main").get_by_role("button", name="Delink").click()
        return self.stack.letter(email, "wants to stop managing Knox").link

    def direct(self, name: str, email: str, *, joins: bool = False) -> str:
        """A company that uses Knox without an MSP: this one managed it, and left."""
        kcs_id = self.added(name, email)
        page = self.visits(at=self.leaves(kcs_id, email))
        page.get_by_role("button", name="Approve").click()
        page.get_by_text("no longer manages Knox").wait_for()
        if joins:
            acts.join(page, self.stack.letter(email, "Full access").link)
            self.visits.sign_ins[email] = page.context.storage_state()
        return kcs_id

    def asks_for_end(self, name: str, email: str) -> str:
        """A customer with Full access, whose own person asks the MSP to let it go."""
        self.msp.goto("/customers/")
        kcs_id = acts.add_customer(self.msp, name, access="Full access", **{"Work email": email})
        page = self.visits()
        acts.join(page, self.stack.letter(email, "Full access").link)
        page.goto("/admin-portal/")
        page.get_by_role("button", name="Ask Nimbus Mobile to end it").click()
        self.visits.sign_ins[email] = page.context.storage_state()
        return kcs_id

    def asked(self, kcs_id: str, email: str) -> str:
        """Returns the link in the letter about the request."""
        acts.ask(self.msp, kcs_id, "Knox Configure")
        return self.stack.letter(email, "asks to manage Knox").link

    def consented(self, kcs_id: str, email: str) -> tuple[str, str, str]:
        """Returns the links of the request, of the receipt and to end management."""
        page, link = self.visits(), self.asked(kcs_id, email)
        acts.answer(page, link)
        page.get_by_role("button", name="Approve").click()
        receipt = self.stack.letter(email, "Receipt: ").link
        return link, receipt, receipt.replace("/receipt/", "/end/")


def _of_own_uploads(visits: Visits) -> dict[str, str]:
    """Uploads of Alice for one customer, one for each end."""
    page = visits(acts.ALICE, at="/customers/")
    kcs_id = page.get_by_label(f"Select {NORRLAND}").get_attribute("value")
    good = [sending.imei(990_000 + number) for number in range(6)]
    bad = [
        good[5],
        good[5][:-1] + "xx",
        sending.imei(1)[:-1] + "9",
        "3.5E+14",
        sending.MEID,
        sending.imei(2, "35214301"),
    ]

    def send(*lines: str) -> str:
        page.goto(f"/customers/{kcs_id}/uploads/add/")
        acts.send_devices(page, *lines)
        page.get_by_role("complementary").get_by_text("Upload ID").wait_for()
        return page.url

    def press(name: str, then: str) -> None:
        page.get_by_role("button", name=name).click()
        page.get_by_role("heading", name=then).wait_for()

    found = {"uploads": kcs_id or "", "added": send(good[0], good[1], *bad)}
    press("Add 3 devices", "Upload result")
    found["cancelled"] = send(good[2])
    press("Discard this file", "Upload cancelled")
    unread = send(*[good[3]] * 400, "\x07")
    page.get_by_role("heading", name="We could not add this file").wait_for()
    return found | {"unread": unread, "all_good": send(good[3]), "checked": send(good[4], *bad)}


def _of_uploads(visits: Visits) -> dict[str, str]:
    """What waits in the demo, and the code that Carl makes for phones."""
    alice, carl = visits(acts.ALICE, at="/uploads/waiting/"), visits(acts.CARL, at="/admin-portal/approvals/")
    for page, name in ((alice, FJORDLINE), (carl, "Nordic Device Partners")):
        page.get_by_role("main").get_by_role("link", name=name).click()
        page.get_by_role("button", name="Approve upload").wait_for()
    own = carl.url
    devices = {}
    for page, name, address in ((alice, "device", "/devices/"), (carl, "own_device", "/admin-portal/devices/")):
        waiting, _ = page.url, page.goto(address)
        devices[name] = page.locator("tbody .who").first.get_attribute("href") or ""
        page.goto(waiting)
    carl.goto("/admin-portal/deployment-app/")
    carl.get_by_role("button", name="Make code").click()
    enroll = carl.get_by_role("button", name="Copy address").get_attribute("data-copy") or ""
    return {"approval": alice.url, "own_approval": own, "enroll": enroll, **devices}


def _of_resellers(visits: Visits, stack: Stack) -> dict[str, str]:
    """A new reseller that has nothing yet, and an upload of Rita's with a line that is no Samsung device."""
    petra, rita = visits(), visits(acts.RITA, at="/reseller/customers/")
    acts.apply_as_reseller(petra, PETRA, "Petra Phones")
    acts.confirm_email(petra, stack.letter(PETRA, "Confirm your email").link)
    acts.approve(visits(acts.SAM), "Petra Phones")
    visits.sign_ins[PETRA] = petra.context.storage_state()
    rita.get_by_role("row", name="Fjordline Freight").get_by_role("link", name="Upload").click()
    rita.get_by_label("Or paste here").fill("352143000099996\n999999990000016")
    rita.get_by_role("button", name="Check file").click()
    rita.get_by_role("heading", name="Upload result").wait_for()
    upload = rita.url
    rita.goto("/reseller/")
    reseller_id = re.findall(r"\d{10}", rita.get_by_role("region", name="Company").inner_text())[0]
    return {"reseller_upload": upload, "reseller_id": reseller_id}


def _of_others(visits: Visits) -> dict[str, str]:
    hanna, sam, reader = visits(acts.HANNA), visits(acts.SAM), visits()
    hanna.get_by_role("link", name="See what you sent").click()
    sam.goto("/samsung/applications/?view=all")
    waiting, rejected = (
        (sam.get_by_role("link", name=company).get_attribute("href") or "").split("/")[-2]
        for company in ("Polaris Workplace IT", "Quickfix Phones")
    )
    reader.goto("/mailbox/")
    mail = reader.get_by_role("link", name="is Active").first.get_attribute("href") or ""
    return {"own_application": hanna.url, "waiting": waiting, "rejected": rejected, "mail": mail}


def _of_licenses(visits: Visits) -> dict[str, str]:
    """Orders in three states, a key that serves nobody, and what companies hold themselves."""
    lena, carl = visits(acts.LENA, at="/license-reseller/"), visits(acts.CARL, at="/admin-portal/licenses/")
    listing = _last(lena, "/license-reseller/", "Change")
    orders = {
        name: _last(lena, f"/license-reseller/orders/?state={state}", "", table="Orders table")
        for name, state in (("to_quote", "sent"), ("to_deliver", "accepted"), ("delivered", "delivered"))
    }
    sold_key = _last(lena, "/license-reseller/keys/?state=unused", "", table="Keys table")
    signs = lena.get_by_role("region", name="Keys table").get_by_role("link", name="license key that ends in").first
    carl.get_by_role("button", name="Start trial").click()
    carl.get_by_text("The trial runs until").wait_for()
    return {
        **orders,
        "listing": listing,
        "sold_key": sold_key,
        "sold_signs": signs.inner_text().split()[-1],
        "own_license": carl.url.split("/")[-2],
    }


def _last(page: Page, address: str, name: str, *, table: str = "") -> str:
    """The number in the address of the first such link, in this table or on the page."""
    page.goto(address)
    rows = page.get_by_role("region", name=table).locator("tbody") if table else page.get_by_role("main")
    return (rows.get_by_role("link", name=name).first.get_attribute("href") or "").split("/")[-2]
