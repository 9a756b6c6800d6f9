"""kill -9 of worker, web and database at random moments of uploads: the counts add up each time.

The real processes, beside a PostgreSQL and a Valkey of their own. Whatever was killed is started again, as who
supervises them does; a person whose request failed sends the file again. No upload waits for the end of the one
before: what a kill left standing is found by the clock.
"""

import contextlib
import http.client
import random
import re
import secrets
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg
import pytest

from msp_portal.servers import Postgres, Valkey
from tests.devices.sending import imeis
from tests.live import acts
from tests.live.stack import Stack, running

# Valkey outlives who started it, on purpose; the fixture stops it.
pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
KILLS, GOOD, TWICE, BAD = 20, 10_000, 30, 30
LINES = GOOD + TWICE + BAD
FIRST = 300_000
"""Numbers that no device of the demo has."""
VICTIMS = ("worker", "web", "database")
SECONDS_OF_AN_UPLOAD, SECONDS_TO_END = 1.2, 150
_STATES = "SELECT order_number, id, state FROM devices_upload WHERE order_number LIKE 'KILL%'"
_FOUND = """
SELECT upload.state, upload.lines, upload.added, upload.errors,
       (SELECT count(*) FROM devices_uploadline line WHERE line.upload_id = upload.id AND line.problem <> ''),
       (SELECT count(*) FROM devices_device device JOIN devices_approval approval ON approval.id = device.approval_id
         WHERE approval.upload_id = upload.id),
       (SELECT sum(devices) FROM devices_approval approval WHERE approval.upload_id = upload.id)
  FROM devices_upload upload WHERE upload.order_number LIKE 'KILL%' ORDER BY upload.id
"""
NO_ANSWER = (OSError, http.client.HTTPException, psycopg.Error)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """One that may die, and whose commits outlive that."""
    server = Postgres(tmp_path / "postgres", durable=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def portal(tmp_path: Path, postgres: Postgres) -> Iterator[Stack]:
    valkey = Valkey(tmp_path / "valkey", durable=True)
    valkey.start()
    services = {"DATABASE_URL": postgres.url("portal_owner"), "REDIS_URL": valkey.url()}
    try:
        with running(tmp_path, services=services) as stack:
            yield stack
    finally:
        valkey.stop()


class Person:
    """Somebody of an MSP with a browser, who sends files for one customer and adds the good lines."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.post("/accounts/login/", login=acts.ALICE, password=acts.PASSWORD)
        self.page = "/customers/" + re.findall(r"/customers/(\d{10})/", self.get("/customers/"))[0] + "/uploads/"

    def get(self, path: str) -> str:
        with self.browser.open(self.stack.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def post(self, path: str, at: str = "", **fields: str) -> None:
        """The form on one page, sent to itself or to another address."""
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))[0]
        body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        self.browser.open(self.stack.url + (at or path), body, timeout=10).close()

    @contextlib.contextmanager
    def at_work(self, number: int) -> Iterator[None]:
        """Sends a file meanwhile and adds what has been checked; the file is there afterwards."""
        over = threading.Event()

        def work() -> None:
            self.send(number)
            while not over.wait(0.05):
                self.add()

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield
        finally:
            over.set()
            worker.join()

    def send(self, number: int) -> None:
        """One file; again, as long as it is not there."""
        good = imeis(GOOD, first=FIRST + number * GOOD)
        lines = "\n".join([*good, *good[:TWICE], *(["bad"] * BAD)])
        name = f"KILL{number}"
        while name not in self.uploads():
            with contextlib.suppress(*NO_ANSWER):
                self.post(f"{self.page}add/", lines=lines, order_number=name)
            time.sleep(0.1)

    def add(self) -> None:
        """The good lines of what has been checked."""
        for pk, state in self.uploads().values():
            if state == "checked":
                with contextlib.suppress(*NO_ANSWER):
                    self.post(f"{self.page}{pk}/", at=f"{self.page}{pk}/apply/")

    def uploads(self) -> dict[str, tuple[int, str]]:
        return {name: (pk, state) for name, pk, state in asked(self.stack, _STATES)}


def asked(stack: Stack, question: str) -> list[tuple[object, ...]]:
    """Of the database, as soon as it is up again."""
    while True:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(stack.database) as connection:
            connection.execute("SET LOCAL ROLE portal_operator")
            return connection.execute(question).fetchall()
        time.sleep(0.1)


def kill_database(postgres: Postgres) -> None:
    server = postgres._server()
    assert server
    server.kill()
    postgres.start()


def test_counts_add_up_whatever_is_killed(portal: Stack, postgres: Postgres) -> None:
    seed = secrets.randbelow(10**6)
    chance, person = random.Random(seed), Person(portal)  # noqa: S311  (moments, no secrets)

    for number in range(KILLS):
        with person.at_work(number):
            time.sleep(chance.uniform(0, SECONDS_OF_AN_UPLOAD))
            victim = VICTIMS[number % len(VICTIMS)]
            kill_database(postgres) if victim == "database" else portal.kill(victim)
            portal.restart_ended()
    _until_all_have_ended(portal, person)

    right = ("done", LINES, GOOD, TWICE + BAD, TWICE + BAD, GOOD, GOOD)
    found = asked(portal, _FOUND)
    assert [one for one in found if one != right] == [], f"seed {seed}"
    assert len(found) == KILLS, f"seed {seed}"


def _until_all_have_ended(portal: Stack, person: Person) -> None:
    deadline = time.monotonic() + SECONDS_TO_END
    while {state for _, state in person.uploads().values()} != {"done"} and time.monotonic() < deadline:
        portal.restart_ended()
        person.add()
        time.sleep(0.3)
