"""An MSP's administrators, roles and rights."""

from playwright.sync_api import Page

from tests.browser.looks.look import Look, press, reauthenticate
from tests.browser.places import NOBODY
from tests.live import acts


def _add_empty_role(page: Page) -> None:
    """The portal asks for the password before roles change, unless it was typed a moment ago."""
    page.get_by_role("button", name="Add role").last.click()
    page.wait_for_load_state()
    if page.get_by_label("Password").is_visible():
        reauthenticate(page)


LOOKS = [
    Look(acts.ALICE, "/administrators/", "Administrators"),
    Look(acts.ALICE, "/administrators/?q=nobody", "Administrators"),
    Look(acts.ALICE, "/administrators/invite/", "Invite administrator"),
    Look(
        acts.ALICE,
        "/administrators/invite/",
        "Invite administrator",
        act=press("Invite administrator"),
        note="with errors",
    ),
    Look(acts.ALICE, "{administrator}", "Tom Okafor"),
    Look(acts.ALICE, "{blocked}", "Viktor Hale"),
    Look(acts.ALICE, "/roles/", "Roles"),
    Look(acts.ALICE, "/roles/add/", "Add role"),
    Look(acts.ALICE, "/roles/add/", "Add role", act=_add_empty_role, note="with errors"),
    Look(acts.ALICE, "{role}", "Viewer"),
    Look(acts.ALICE, "/company/", "Aurora Managed Mobility"),
    Look(acts.ALICE, "/customers/{customer}/why/", "Why can I see this?"),
    Look(acts.ALICE, "/rights/", "My rights"),
    Look(acts.ALICE, "/switch/", "Switch organization"),
    Look(NOBODY, "/invitations/no-such-link/", "You cannot use this link", 404),
]
