"""The parts of the running portal, and what happens when one is gone."""

import json
import urllib.error
import urllib.request
from http import HTTPStatus

import pytest
from playwright.sync_api import expect

from tests.live import acts
from tests.live.browsing import Visits
from tests.live.stack import Stack

pytestmark = pytest.mark.xdist_group("live")
PARTS = {"database", "broker", "worker", "beat"}


def _health(stack: Stack) -> tuple[int, set[str]]:
    """The status, and the parts that are up."""
    try:
        with urllib.request.urlopen(f"{stack.url}/healthz") as answer:  # noqa: S310
            status, lines = answer.status, answer.read().splitlines()
    except urllib.error.HTTPError as answer:
        with answer:
            status, lines = answer.code, answer.read().splitlines()
    return status, {part["component"] for part in map(json.loads, lines) if part["ok"]}


def test_every_part_of_the_portal_is_up(stack: Stack) -> None:
    assert _health(stack) == (HTTPStatus.OK, PARTS)


def test_while_the_worker_is_gone_work_goes_on_and_its_mail_goes_out_later_once(stack: Stack, visit: Visits) -> None:
    page = visit(acts.ALICE, at="/customers/")

    with stack.without("worker"):
        acts.add_customer(page, "Dresden Optik", **{"Work email": "karin@optik.example"})
        expect(page.get_by_role("status").filter(has_text="Dresden Optik is Active.")).to_be_visible()
        assert _health(stack) == (HTTPStatus.SERVICE_UNAVAILABLE, PARTS - {"worker"})

    letter = stack.letter(acts.ALICE, "Dresden Optik is Active")
    same = [one for one in stack.inbox.letters(acts.ALICE) if one.subject == letter.subject]
    assert len(same) == 1
