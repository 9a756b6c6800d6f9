"""Two web processes behind one address: either may die, and people notice nothing. `make faults` does it at length."""

import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from faults import rolling
from faults.proxy import Proxy
from faults.rolling import Member
from tests.live.stack import Stack, free_port

pytestmark = pytest.mark.xdist_group("live")
PAGES = 8


@pytest.fixture
def second(stack: Stack, tmp_path: Path) -> Iterator[Member]:
    member = rolling.web(2, tmp_path, stack.environment)
    member.start()
    yield member
    member.end(signal.SIGKILL)


def answers(proxy: Proxy) -> list[int]:
    """The status of some pages, one after the other."""
    found = []
    for _ in range(PAGES):
        with urllib.request.urlopen(f"http://127.0.0.1:{proxy.port}/accounts/login/", timeout=30) as answer:
            found.append(answer.status)
    return found


def test_a_page_comes_whichever_web_process_is_killed(stack: Stack, second: Member) -> None:
    first = urlsplit(stack.url).port or 0

    with Proxy(free_port(), [first, second.port]) as proxy:
        both = answers(proxy)
        shares = list(proxy.passed)
        second.end(signal.SIGKILL)
        without_second = answers(proxy)
        second.start()
        with stack.without("web"):
            without_first = answers(proxy)

    assert both + without_second + without_first == [200] * 3 * PAGES
    assert shares == [PAGES // 2] * 2
    assert (proxy.cut, proxy.nobody) == (0, 0)
