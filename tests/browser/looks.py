"""Which pages are looked at: as whom, at which address, after which act. One line a look.

`{words}` in an address or heading are found by tests/browser/places.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.browser.places import DAHLEM, DORA, ELSTER, EVA, JANA, NILS, NOBODY, PETRA, SOFIA
from tests.devices import sending
from tests.live import acts

ASKS_AGAIN = "Enter your password"


@dataclass(frozen=True)
class Look:
    """A page as somebody sees it. `{words}` in the address are found by places.py."""

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


def _press_if_there(name: str) -> Callable[[Page], object]:
    """For what one Look turns on and another off, in whichever order they come."""

    def act(page: Page) -> None:
        button = page.get_by_role("button", name=name)
        if button.count():
            button.click()

    return act


def _add_empty_role(page: Page) -> None:
    """The portal asks for the password before roles change, unless it was typed a moment ago."""
    page.get_by_role("button", name="Add role").last.click()
    page.wait_for_load_state()
    if page.get_by_label("Password").is_visible():
        reauthenticate(page)


def _check_models(page: Page) -> None:
    page.get_by_label("Or paste here").fill("SM-S999B;Galaxy S99;Europe;99000001\nSM-S998B;Galaxy S98;Moon;\n")
    page.get_by_role("button", name="Check file").click()


def _to_another_portal(page: Page) -> None:
    """Into the MSP Portal, then to the reseller's page again: one portal at a time."""
    acts.launch_only(page, "Knox MSP Portal")
    page.goto("/reseller/")


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


def reauthenticate(page: Page) -> None:
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


def _open_snooze(page: Page) -> None:
    page.locator("details.pop > summary", has_text="Snooze").first.click()


def _open_tables(page: Page) -> None:
    for summary in page.locator("details.behind > summary").all():
        summary.click()


def _open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")


def _open_filters(page: Page) -> None:
    page.get_by_text("Filter", exact=True).click()


def _tick_two(page: Page) -> None:
    for at in (0, 1):
        box = page.locator("tbody").get_by_role("checkbox").nth(at)
        box.press("Space")  # a click would leave the pointer where a button appears


def _open_actions(page: Page) -> None:
    _tick_two(page)
    page.get_by_text("Actions", exact=True).click()


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


def _preview_copies(page: Page) -> None:
    for box in page.get_by_role("group", name="Customers").get_by_role("checkbox").all()[:3]:
        box.check()
    _press("Show what happens")(page)


def _check_swap(page: Page) -> None:
    page.get_by_label("New device").fill(sending.imei(77))
    _press("Check device")(page)


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
    Look(acts.ALICE, "/preferences/email/", "Email settings"),
    Look(acts.SAM, "/preferences/email/", "Email settings"),
    Look(acts.RITA, "/preferences/email/", "Email settings"),
    Look(NOBODY, "{stop}", "Stop these emails?", act=_press_if_there("Send them again")),
    Look(NOBODY, "{stop}", "You stopped these emails", act=_press_if_there("Stop these emails"), note="pressed"),
    Look(NOBODY, "/email/stop/no-such-link/", "You cannot use this link", 404),
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
        act=reauthenticate,
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
    Look(acts.ALICE, "/customers/{customer}/knox-configure/", "Knox Configure"),
    Look(
        acts.ALICE,
        "/customers/{customer}/knox-configure/",
        "Knox Configure",
        act=_open_filters,
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
        act=_press("Lock"),
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
        act=_press("Add profile"),
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
        act=_press("Show what happens"),
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
        act=_press("Open claim"),
        note="with errors",
    ),
    Look(acts.ALICE, "{claim}", "Claim SC-1042"),
    Look(acts.ALICE, "{claim}", "Claim SC-1042", act=_press("Complete claim"), note="with errors"),
    Look(acts.ALICE, "/customers/{customer}/samsung-care-plus/swap/{covered}/", "Swap device"),
    Look(
        acts.ALICE,
        "/customers/{customer}/samsung-care-plus/swap/{covered}/",
        "Swap device",
        act=_check_swap,
        note="checked",
    ),
    Look(acts.ALICE, "/customers/{customer}/devices/{covered}/", "", note="with services"),
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
    Look(acts.ALICE, "/msp/", "MSP Dashboard"),
    Look(acts.ALICE, "/msp/", "MSP Dashboard", act=_open_snooze, note="with a menu open"),
    Look(acts.ALICE, "/msp/", "MSP Dashboard", act=_open_tables, note="with every table open"),
    Look(acts.ALICE, "/msp/?customer={customer}&licenses=seats", "MSP Dashboard", note="of one customer"),
    Look(acts.ALICE, "/msp/?state=snoozed", "MSP Dashboard", note="without snoozed alerts"),
    Look(acts.ALICE, "/msp/?state=closed", "MSP Dashboard", note="of what has gone"),
    Look(SOFIA, "/msp/", "MSP Dashboard", note="without customers"),
    Look(acts.ALICE, "{alert}", ""),
    Look(acts.ALICE, "{alert}", "", act=_press("Add comment"), note="with errors"),
    Look(acts.SAM, "/samsung/", "Dashboard"),
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
    Look(acts.ALICE, "/activity/", "Activity log"),
    Look(acts.ALICE, "/activity/?range=all&q=no-such-word", "Activity log", note="without a hit"),
    Look(acts.TOM, "/activity/", "Activity log", note="of the own acts"),
    Look(acts.RITA, "/reseller/activity/", "Activity log"),
    Look(acts.LENA, "/license-reseller/activity/", "Activity log"),
    Look(acts.CARL, "/admin-portal/activity/", "Activity log"),
    Look(acts.SAM, "/samsung/activity/?range=all", "Activity log"),
    # administrators and roles
    Look(acts.ALICE, "/administrators/", "Administrators"),
    Look(acts.ALICE, "/administrators/?q=nobody", "Administrators"),
    Look(acts.ALICE, "/administrators/invite/", "Invite administrator"),
    Look(
        acts.ALICE,
        "/administrators/invite/",
        "Invite administrator",
        act=_press("Invite administrator"),
        note="with errors",
    ),
    Look(acts.ALICE, "{administrator}", "Tom Okafor"),
    Look(acts.ALICE, "{blocked}", "Viktor Hale"),
    Look(acts.ALICE, "/roles/", "Roles"),
    Look(acts.ALICE, "/roles/add/", "Add role"),
    Look(acts.ALICE, "/roles/add/", "Add role", act=_add_empty_role, note="with errors"),
    Look(acts.ALICE, "{role}", "Viewer"),
    Look(acts.ALICE, "/customers/{customer}/why/", "Why can I see this?"),
    Look(acts.ALICE, "/rights/", "My rights"),
    Look(acts.ALICE, "/switch/", "Switch organization"),
    Look(NOBODY, "/invitations/no-such-link/", "You cannot use this link", 404),
    Look(acts.RITA, "/reseller/administrators/", "Administrators"),
    Look(acts.RITA, "/reseller/administrators/invite/", "Invite administrator"),
    Look(acts.RITA, "{reseller_person}", ""),
    Look(acts.LENA, "/license-reseller/administrators/", "Administrators"),
    Look(acts.LENA, "/license-reseller/administrators/invite/", "Invite administrator"),
    Look(acts.LENA, "{license_reseller_person}", ""),
    Look(acts.CARL, "/admin-portal/administrators/", "Administrators"),
    Look(acts.CARL, "/admin-portal/administrators/invite/", "Invite administrator"),
    Look(acts.CARL, "{own_person}", ""),
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
    Look(acts.CARL, "/admin-portal/knox-configure/", "Knox Configure"),
    Look(acts.CARL, "/admin-portal/knox-configure/history/", "History"),
    Look(acts.CARL, "/admin-portal/knox-configure/enroll/", "Enroll devices"),
    Look(acts.CARL, "/admin-portal/knox-configure/act/assign/?all=1", ""),
    Look(acts.CARL, "/admin-portal/knox-configure/things/profile/", "Profiles"),
    Look(acts.CARL, "/admin-portal/knox-configure/things/profile/add/", "Add profile"),
    Look(acts.CARL, "{own_profile}", "Office"),
    Look(acts.CARL, "{own_profile}edit/", "Change Office"),
    Look(acts.CARL, "{own_profile}delete/", "Delete profile Office?"),
    Look(acts.ALICE, "{bulk_act}", ""),
    Look(acts.CARL, "{own_bulk_act}", ""),
    Look(acts.CARL, "/admin-portal/samsung-care-plus/claims/", "Claims"),
    Look(acts.CARL, "/admin-portal/samsung-care-plus/claims/new/", "Open claim"),
    Look(acts.CARL, "{own_claim}", "Claim SC-77"),
    Look(acts.CARL, "/admin-portal/samsung-care-plus/swap/{own_covered}/", "Swap device"),
    Look(acts.CARL, "{own_campaign}end/", "Cancel campaign Winter update?"),
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
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/devices/", "Knox Configure trial"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/assign/", "Assign devices"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/name/", "Rename"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/extend/", "Extend"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/seats/", "Add seats"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/fewer/", "Give seats back"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/replace/", "Replace"),
    Look(acts.CARL, "/admin-portal/licenses/{own_license}/remove/", "Delete license"),
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
    Look(acts.SAM, "/samsung/msps/", "MSPs"),
    Look(acts.SAM, "/samsung/msps/?q=nobody-is-called-so", "MSPs"),
    Look(acts.SAM, "/samsung/msps/{aurora}/", "Aurora Managed Mobility"),
    Look(
        acts.IRIS,
        "/",
        "You are signed in to the Knox MSP Portal",
        act=_to_another_portal,
        note="signed in to another portal",
    ),
    Look(acts.SAM, "/samsung/products/", "License products"),
    Look(acts.SAM, "/samsung/keys/", "License keys"),
    Look(acts.SAM, "/samsung/keys/?q=nobody-is-called-so", "License keys"),
    Look(acts.SAM, "/samsung/keys/{sold_key}/", "License key {sold_signs}"),
    Look(acts.SAM, "/samsung/keys/{sold_key}/", "License key {sold_signs}", act=_press("Withdraw"), note="with errors"),
    Look(acts.ALICE, "/tickets/", "Support tickets"),
    Look(acts.ALICE, "/tickets/?state=closed", "Support tickets", note="where none is closed"),
    Look(acts.ALICE, "/tickets/open/?page=/customers/", "Open ticket"),
    Look(acts.ALICE, "/tickets/open/?category=service_removal", "Open ticket", act=_press("Open ticket")),
    Look(acts.ALICE, "/tickets/1/", "A phone does not take its profile"),
    Look(acts.ALICE, "/tickets/3/", "", note="a deletion"),
    Look(acts.ALICE, "/customers/{customer}/deletion/", "Ask for deletion"),
    Look(
        acts.ALICE,
        "/customers/{customer}/deletion/",
        "Ask for deletion",
        act=_press("Ask Samsung to delete"),
        note="with errors",
    ),
    Look(acts.RITA, "/tickets/", "Support tickets"),
    Look(acts.LENA, "/tickets/", "Support tickets", note="without one"),
    Look(acts.CARL, "/tickets/open/?category=super_admin", "Open ticket"),
    Look(SOFIA, "/tickets/", "Support tickets", note="without a portal"),
    Look(acts.SAM, "/samsung/tickets/", "Tickets"),
    Look(acts.SAM, "/samsung/tickets/?q=4000000000", "Tickets", note="nothing matches"),
    Look(acts.SAM, "/samsung/tickets/1/", "A phone does not take its profile"),
    Look(acts.SAM, "/samsung/tickets/1/", "A phone does not take its profile", act=_press("Send answer")),
    Look(acts.SAM, "/samsung/tickets/3/", "", note="a deletion"),
]
