"""Requests a second through the real server: gunicorn with two processes, as `make run` starts it.

Whoever asks is one process with four threads, each with a connection that stays open, on the same machine: it costs
something, too, and the same for each page.
"""

import http.client
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus

from bench.database import ROOT, Database
from msp_portal.run import COMMANDS
from msp_portal.servers import free_port

THREADS, TRIES = 4, 300


@contextmanager
def serving(database: Database) -> Iterator[int]:
    """The port at which the portal answers meanwhile."""
    port = free_port()
    command = COMMANDS["web"].replace("msp_portal.wsgi", "bench.wsgi").format(python=sys.executable, port=port)
    with subprocess.Popen(shlex.split(command), cwd=ROOT, env=database.environment) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def rate(port: int, addresses: Sequence[str], *, cookie: str, times: int) -> float:
    """Requests a second, each address so many times."""
    asked = [*addresses] * times
    start = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda one: _ask(port, asked[one::THREADS], cookie), range(THREADS)))
    return len(asked) / (time.perf_counter() - start)


def _ask(port: int, addresses: Sequence[str], cookie: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for address in addresses:
        connection.request("GET", address, headers={"Cookie": cookie, "Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != HTTPStatus.OK:
            sys.exit(f"{address}: {answer.status}")
    connection.close()


def _wait(port: int) -> None:
    for _ in range(TRIES):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The server does not start.")
