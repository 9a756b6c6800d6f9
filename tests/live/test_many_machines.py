"""The address in front of several web processes that `make faults ARGS=rolling` counts with: it must count right.

Small servers in place of the portal, so that it takes a second; the portal itself is ended and killed by that command.
"""

import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from faults.proxy import Proxy
from tests.live.stack import free_port

PAGES = 6


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked(proxy: Proxy) -> list[int]:
    """The status of some pages, one after the other."""
    found = []
    for _ in range(PAGES):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{proxy.port}/", timeout=5) as answer:
                found.append(answer.status)
        except urllib.error.HTTPError as no:
            found.append(no.code)
            no.close()
    return found


def test_a_page_comes_whichever_of_two_is_gone() -> None:
    first, second = free_port(), free_port()

    with Proxy(free_port(), [first, second]) as proxy:
        with serving(first):
            with serving(second):
                both = asked(proxy)
            only_first = asked(proxy)
        with serving(second):
            only_second = asked(proxy)
        none = asked(proxy)

    assert (both + only_first + only_second, none) == ([200] * 3 * PAGES, [503] * PAGES)
    assert (sum(proxy.passed), proxy.cut, proxy.nobody) == (3 * PAGES, 0, PAGES)


def test_a_request_that_was_with_a_process_when_it_died_is_counted_as_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as dying, Proxy(free_port(), [dying.getsockname()[1]]) as proxy:
        threading.Thread(target=lambda: (taken := dying.accept()[0], time.sleep(0.1), taken.close())).start()
        with pytest.raises((http.client.HTTPException, OSError)):
            urllib.request.urlopen(f"http://127.0.0.1:{proxy.port}/", timeout=5)
        time.sleep(0.1)

    assert (proxy.cut, proxy.nobody) == (1, 0)
