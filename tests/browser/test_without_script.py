"""With JavaScript off, the portal does the same work with a button more."""

import pytest
from playwright.sync_api import expect

from tests.live import acts
from tests.live.browsing import Visits

pytestmark = pytest.mark.xdist_group("live")


def test_signing_in_finding_and_adding_a_customer_need_no_script(visit: Visits) -> None:
    page = visit(java_script_enabled=False)
    acts.sign_in(page, acts.ALICE)
    acts.launch(page, "Knox MSP Portal")
    acts.to_customers(page)

    search = page.get_by_role("searchbox", name="Name, KCS Customer ID or contact")
    search.fill("lumen")
    search.press("Enter")
    expect(page.locator("tbody a.who")).to_have_text(["Lumen Retail Group"])
    kcs_id = acts.add_customer(page, "Papier Ehrlich", **{"Work email": "karin@ehrlich.example"})

    expect(page.get_by_role("heading", level=1)).to_have_text("Papier Ehrlich")
    page.goto(f"/customers/?q={kcs_id}")
    expect(page.locator("tbody a.who")).to_have_text(["Papier Ehrlich"])


def test_the_filters_have_a_button_without_script(visit: Visits) -> None:
    page = visit(acts.ALICE, java_script_enabled=False)
    page.goto("/customers/?q=k")

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Knox Guard").check()
    page.get_by_role("button", name="Show").click()

    expect(page.locator("tbody a.who")).to_have_text(["Kestrel Field Services"])
