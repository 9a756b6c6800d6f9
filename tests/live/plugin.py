"""Fixtures for tests that act as people do: the running portal, and a browser to visit it with.

tests/faq and tests/browser load it. With pytest-xdist, mark such a module `xdist_group("live")`: one stack a run.
"""

import os
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import chromium
from tests.live.browsing import Visits
from tests.live.stack import Stack, running


def pytest_configure() -> None:
    # Playwright keeps an event loop in this thread, and Django would refuse all later tests that ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=10_000)  # a busy machine is not a broken page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a failure, what the browsers showed and what the portal's processes wrote last."""
    report = yield
    fixtures = getattr(item, "funcargs", {})
    if report.failed and "visit" in fixtures:
        report.sections += [("a browser", text) for text in fixtures["visit"].texts()]
    if report.failed and "stack" in fixtures:
        report.sections += [(f"the portal's {name}", text[-2000:]) for name, text in fixtures["stack"].logs().items()]
    return report


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running portal, with the demo in it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    with running(tmp_path_factory.mktemp("stack"), number=int(worker)) as portal:
        yield portal


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {"executable_path": chromium.find(), "chromium_sandbox": False, "args": chromium.launch_args()}


@pytest.fixture(scope="session")
def sign_ins() -> dict[str, object]:
    """The cookies of those who have signed in: it is done once a person, for the portal limits how often."""
    return {}


@pytest.fixture
def visit(browser: Browser, stack: Stack, sign_ins: dict[str, object]) -> Iterator[Visits]:
    """Open the portal as somebody. Whatever the browser complains of meanwhile fails the test."""
    visits = Visits(browser, stack.url, sign_ins)
    yield visits
    visits.close()
    assert not visits.complaints, visits.complaints


@pytest.fixture
def page(visit: Visits) -> Page:
    """A browser in which nobody has signed in."""
    return visit()
