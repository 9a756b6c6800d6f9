"""A refusal says the rule and the way out."""

import pytest
from playwright.sync_api import expect

from tests.live import acts
from tests.live.browsing import Visits

pytestmark = pytest.mark.xdist_group("live")


def test_a_missing_right_is_named_with_the_role_and_who_can_give_it(visit: Visits) -> None:
    mira = visit(acts.MIRA)
    mira.get_by_role("region", name="Borealis").get_by_role("button", name="LAUNCH").click()

    answer = mira.goto("/customers/add/")

    assert answer
    assert answer.status == 403
    expect(mira.get_by_role("main")).to_contain_text(
        "Your role Viewer does not include “Add customers”. Bob Keller can give it to you."
    )


def test_somebody_whose_sign_in_was_stopped_reads_so(visit: Visits) -> None:
    viktor = visit(acts.VIKTOR)

    viktor.goto("/customers/")

    expect(viktor.get_by_role("main")).to_contain_text("Your organization stopped your sign-in on")


def test_a_browser_that_does_not_let_the_portal_copy_is_named(visit: Visits) -> None:
    page = visit(acts.ALICE)
    page.add_init_script("delete Navigator.prototype.clipboard; document.execCommand = () => false")
    page.goto("/company/")
    copy = page.get_by_role("main").get_by_role("button", name="Copy").first

    copy.click()

    why = "Your browser does not let the portal copy. Select the text and copy it yourself."
    expect(page.locator("#say")).to_have_text(why)


def test_a_list_whose_search_is_refused_stays_and_says_why(visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")
    search, rows = page.get_by_role("main").get_by_role("searchbox"), page.locator("tbody a.who")
    shown = rows.all_inner_texts()
    page.route("**/customers/?q=*", lambda it: it.fulfill(status=429, body="<main><p class='lead'>Wait a little.</p>"))

    search.fill("Kest")

    expect(page.get_by_role("alert")).to_have_text("Wait a little.")
    expect(search).to_be_focused()
    assert rows.all_inner_texts() == shown
    page.unroute_all()
    search.fill("Kestrel")
    expect(rows).to_have_count(1)
    expect(page.get_by_role("alert")).to_be_hidden()
    visit.complaints.clear()  # the refusal, as the browser reports it
