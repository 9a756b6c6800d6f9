"""An MSP's own people: a technician who sees some customers, then all but some, is blocked at once and comes back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
PETRA, RUNE = "petra.sund@aurora.example", "rune.dahl@aurora.example"
OPEN = ("Kestrel Field Services", "Meridian Security")


def test_a_person_sees_only_the_customers_of_the_invitation(stack: Stack, visit: Visits) -> None:
    alice, petra = visit(acts.ALICE), visit()

    _invite(alice, "Petra", "Sund", PETRA)
    link = stack.letter(PETRA, "Aurora Managed Mobility").link
    petra.goto(link)
    petra.goto(link)  # looking, as a mail scanner does, uses nothing up
    _state_is(alice, "Petra Sund", "Pending")
    _join(petra)

    expect(petra.get_by_role("main")).to_contain_text("You joined Aurora Managed Mobility.")
    acts.launch(petra, "Knox MSP Portal")
    acts.to_customers(petra)
    expect(_names(petra)).to_have_text(OPEN)
    _state_is(alice, "Petra Sund", "Active")
    _change_to_all_but(alice)
    petra.reload()
    expect(_names(petra).filter(has_text="Fjordline Freight")).to_have_count(1)
    for closed in OPEN:
        expect(_names(petra).filter(has_text=closed)).to_have_count(0)


def test_a_blocked_person_is_out_at_the_next_click_and_comes_back_unblocked(stack: Stack, visit: Visits) -> None:
    alice, rune = visit(acts.ALICE), visit()
    _invite(alice, "Rune", "Dahl", RUNE)
    rune.goto(stack.letter(RUNE, "Aurora Managed Mobility").link)
    _join(rune)
    acts.launch(rune, "Knox MSP Portal")
    acts.to_customers(rune)

    _open(alice, "Rune Dahl")
    alice.get_by_role("button", name="Block Rune Dahl").click()
    _says(alice, "Rune Dahl cannot sign in.")
    rune.get_by_role("main").get_by_role("link", name=OPEN[0]).click()

    expect(rune.get_by_role("heading", level=1)).to_have_text("Sign in")
    acts.sign_in(rune, RUNE)
    rune.goto("/customers/")
    expect(rune.get_by_role("main")).to_contain_text("Your organization stopped your sign-in on")
    alice.get_by_role("button", name="Unblock Rune Dahl").click()
    _says(alice, "Rune Dahl can sign in again.")
    rune.reload()
    expect(_names(rune)).to_have_text(OPEN)


def _invite(alice: Page, first: str, last: str, email: str) -> None:
    """As a technician, for some customers only."""
    _to_administrators(alice)
    alice.get_by_role("link", name="Invite administrator").click()
    person = {"First name": first, "Last name": last, "Work email": email}
    acts.fill(alice, person, {"Role": "Technician"}, ("Only some customers",))
    alice.locator("summary", has_text="Which customers").click()
    acts.fill(alice, {}, {}, OPEN)
    alice.get_by_role("button", name="Invite administrator").click()
    expect(alice.get_by_role("main")).to_contain_text(f"We emailed {email}. The link works until")


def _to_administrators(alice: Page) -> None:
    alice.goto("/administrators/")
    expect(alice.get_by_role("heading", level=1)).to_have_text("Administrators")


def _join(page: Page) -> None:
    page.get_by_label("New password").fill(acts.PASSWORD)
    page.get_by_role("button", name="Join Aurora Managed Mobility").click()
    page.wait_for_url("/")


def _state_is(alice: Page, name: str, state: str) -> None:
    _to_administrators(alice)
    expect(alice.get_by_role("row").filter(has_text=name)).to_contain_text(state)


def _open(alice: Page, name: str) -> None:
    _to_administrators(alice)
    alice.get_by_role("main").get_by_role("link", name=name).click()
    expect(alice.get_by_role("heading", level=1)).to_have_text(name)


def _change_to_all_but(alice: Page) -> None:
    """The customers ticked stay; they are now the ones that are closed."""
    _open(alice, "Petra Sund")
    alice.get_by_label("All customers but some", exact=True).check()
    alice.get_by_role("button", name="Save changes").click()
    _says(alice, "You saved Petra Sund.")


def _says(alice: Page, sentence: str) -> None:
    """What was done. Who changes people is asked for the password first, unless that was minutes ago."""
    asks = alice.get_by_role("heading", name="Enter your password")
    expect(asks.or_(alice.get_by_text(sentence)).first).to_be_visible()
    if asks.is_visible():
        acts.enter_password_again(alice)
    expect(alice.get_by_role("main")).to_contain_text(sentence)


def _names(page: Page) -> Locator:
    """The customers in the list."""
    return page.get_by_role("region", name="Customers table").locator("a.who")
