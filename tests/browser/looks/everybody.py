"""What people without an account see: first pages, forms to apply, links in letters, a phone's page, sign-in."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, press
from tests.browser.places import DAHLEM, NOBODY, SOFIA
from tests.live import acts


def _spoil_token(page: Page) -> None:
    page.locator("form [name=csrfmiddlewaretoken]").first.evaluate(
        "field => { field.value = 'x'; field.form.submit() }"
    )


def _to_second_step(page: Page) -> None:
    page.get_by_label("Email").fill(SOFIA)
    page.get_by_label("Password").fill(acts.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _approve(page: Page) -> None:
    acts.answer(page, page.url)
    press("Approve")(page)


LOOKS = [
    Look(NOBODY, "/", "Run Samsung Knox for all your customers from one portal"),
    Look(NOBODY, "/apply/msp/", "Apply to the Knox MSP Program"),
    Look(NOBODY, "/apply/msp/", "Apply to the Knox MSP Program", act=press("Send application"), note="with errors"),
    Look(NOBODY, "/apply/reseller/", "Apply to the Knox Deployment Program"),
    Look(NOBODY, "/apply/sent/", "Look in your mail"),
    Look(NOBODY, "{confirm}", "Confirm your email"),
    Look(NOBODY, "/apply/confirm/no-such-link/", "You cannot use this link", 404),
    Look(NOBODY, "{invitation}", "Make your account"),
    Look(NOBODY, "{consent}", "Nimbus Mobile asks to manage Knox for Amsel Druck"),
    Look(
        NOBODY,
        "{consent}",
        "Nimbus Mobile asks to manage Knox for Amsel Druck",
        act=press("Approve"),
        note="with errors",
    ),
    Look(NOBODY, "{to_approve}", "Nimbus Mobile now manages Knox for Buchen Logistik.", act=_approve, note="approved"),
    Look(
        NOBODY,
        "{to_refuse}",
        "You refused. Nothing changed at Cella Wein.",
        act=press("Refuse"),
        note="refused",
    ),
    Look(NOBODY, "{consent_used}", "You cannot use this link", 410),
    Look(NOBODY, "/consent/no-such-link/", "You cannot use this link", 404),
    Look(NOBODY, "{delink}", "Nimbus Mobile wants to stop managing Knox for Falke Druck"),
    Look(
        NOBODY,
        "{delink_to_approve}",
        "Nimbus Mobile no longer manages Knox for Gerber Bau.",
        act=press("Approve"),
        note="approved",
    ),
    Look(
        NOBODY,
        "{delink_to_refuse}",
        "You refused. Nimbus Mobile goes on managing Knox for Hase Medien.",
        act=press("Refuse"),
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
    Look(NOBODY, "{enroll}", "Add a device to Contoso GmbH"),
    Look(NOBODY, "{enroll}", "Add a device to Contoso GmbH", act=press("Add device"), note="with errors"),
    Look(NOBODY, "/enroll/no-such-code/", "You cannot use this code", 404),
]
