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
