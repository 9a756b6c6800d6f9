"""What whoever is signed in sees of the own account, second steps included."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.looks.look import Look, reauthenticate
from tests.browser.places import NOBODY, SOFIA
from tests.live import acts


def _press_if_there(name: str) -> Callable[[Page], object]:
    """For what one Look turns on and another off, in whichever order they come."""

    def act(page: Page) -> None:
        button = page.get_by_role("button", name=name)
        if button.count():
            button.click()

    return act


def _try_too_often(page: Page) -> None:
    """600 an hour; where the hour turns meanwhile, they are counted anew."""
    answers = (page.request.get("/apply/confirm/no-such-link/").status for _ in range(1202))
    assert 429 in answers
    page.reload()


LOOKS = [
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
]
