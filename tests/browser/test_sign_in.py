"""Ways to sign in beside the password, each tried by somebody with a new account: what is turned on stays."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.authenticators import plug_in_authenticator, security, turn_on_authenticator_app
from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")


def test_a_passkey_signs_in_without_a_password(stack: Stack, visit: Visits) -> None:
    page = visit()
    _name_a_key(stack, page, "mai@passkey.example")

    page.get_by_role("button", name="Add key").click()
    expect(page.get_by_role("main")).to_contain_text("You added the key.")
    stack.letter("mai@passkey.example", "Your passkeys changed")
    acts.sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Nora")


def test_a_recovery_code_stands_in_for_the_authenticator_app_once(stack: Stack, visit: Visits) -> None:
    page = visit()
    _new_account(stack, page, "theo@app.example")

    turn_on_authenticator_app(page)
    security(page, "Open recovery codes")
    code = page.get_by_role("region", name="Codes").get_by_role("listitem").first.inner_text()
    acts.sign_out(page)
    _second_step(page, code)
    page.wait_for_url("/")
    acts.sign_out(page)
    _second_step(page, code)

    expect(page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    page.goto("/preferences/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")


def test_enter_in_the_name_of_a_key_adds_the_key(stack: Stack, visit: Visits) -> None:
    page = visit()
    _name_a_key(stack, page, "enno@passkey.example")

    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("You added the key.", timeout=30_000)


def test_where_no_key_answers_the_page_says_what_to_do(stack: Stack, visit: Visits) -> None:
    page = visit()
    page.add_init_script(
        "for (const act of ['get', 'create']) navigator.credentials[act] ="
        " async () => { throw new DOMException('nobody', 'NotAllowedError'); };"
    )
    page.goto("/accounts/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("or enter your email and password.").first).to_be_visible()
    expect(page.locator("#say")).to_contain_text("No key answered.")
    _new_account(stack, page, "nele@passkey.example")
    security(page, "Add passkey or security key")
    page.get_by_role("button", name="Add key").click()

    expect(page.get_by_text("then press Add key again.").first).to_be_visible()


def test_the_first_field_has_the_focus_on_arrival(stack: Stack, visit: Visits) -> None:
    page = visit(at="/accounts/login/")

    expect(page.get_by_label("Email")).to_be_focused()
    _new_account(stack, page, "arne@app.example")
    page.goto("/accounts/reauthenticate/")
    expect(page.get_by_label("Password")).to_be_focused()
    turn_on_authenticator_app(page)
    page.goto("/accounts/2fa/reauthenticate/")
    expect(page.get_by_label("Code")).to_be_focused()
    acts.sign_out(page)
    _first_step(page, "arne@app.example")

    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()  # what is wrong comes before what to type


def test_the_session_list_signs_out_the_other_browsers(visit: Visits) -> None:
    here, there = visit(), visit()
    for page in (here, there):
        acts.sign_in(page, acts.PEDRO)

    security(here, "Open where you are signed in")
    expect(here.get_by_role("listitem").filter(has_text="Chrome")).to_have_count(2)
    here.get_by_role("button", name="Sign out of all others").click()

    expect(here.get_by_role("main")).to_contain_text("You signed out everywhere else.")
    there.goto("/preferences/")
    expect(there.get_by_role("heading", level=1)).to_have_text("Sign in")
    here.goto("/preferences/")
    expect(here.get_by_role("heading", level=1)).to_have_text("Preferences")


def _new_account(stack: Stack, page: Page, email: str) -> None:
    """Whoever applies gets an account, and is signed in."""
    acts.apply_as_msp(page, email, f"Company of {email}")
    acts.confirm_email(page, stack.letter(email, "Confirm your email").link)


def _name_a_key(stack: Stack, page: Page, email: str) -> None:
    """Somebody new, with an authenticator, on the page that adds a passkey."""
    _new_account(stack, page, email)
    plug_in_authenticator(page)
    security(page, "Add passkey or security key")
    page.get_by_label("Name").fill("Office laptop")
    expect(page.get_by_role("button", name="Add key")).to_be_enabled()  # Enter before that does nothing


def _second_step(page: Page, code: str) -> None:
    _first_step(page, "theo@app.example")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def _first_step(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(acts.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
