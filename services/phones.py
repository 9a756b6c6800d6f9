"""A phone as it speaks to the portal, and many of them: what `manage.py fleet` plays.

Knows the protocol (docs/agent-v1.md) and nothing of the portal's code or database, as a device would.
"""

import contextlib
import heapq
import http.client
import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

WIPES = {"reset", "wipe", "factory_reset"}
"""Commands after which a phone knows nothing any more, its secret included."""
FIRST_START = "started"
"""The event of a service by which it hears that a phone goes to work on its first command."""
FAILURES = ("No space left", "The battery is low", "The network was lost")
AGAIN = 4
"""A refused phone asks again after so many intervals."""
DOUBLED = 0.05
"""How often a report is sent twice, as if its answer was lost."""


@dataclass(frozen=True)
class Manner:
    """How phones behave: seconds between check-ins, and the parts of all commands that fail and of all phones that go
    silent after their first start."""

    interval: float = 2.0
    failures: float = 0.05
    silent: float = 0.02


class Portal:
    """The portal over HTTP, with one connection a thread that is kept open."""

    def __init__(self, url: str, *, host: str = "") -> None:
        """`host` is sent in place of that of the address, where the portal allows another one only."""
        self._at = urlsplit(url)
        self._head = {"Content-Type": "application/json"} | ({"Host": host} if host else {})
        self._own = threading.local()

    def ask(self, method: str, path: str, body: Any = None, secret: str = "") -> tuple[int, dict[str, Any]]:
        """Status and JSON. Raises OSError or HTTPException where nobody answers."""
        head = self._head | {"Authorization": f"Bearer {secret}"}
        connection = self._connection()
        try:
            connection.request(method, f"{self._at.path}/agent/v1/{path}", json.dumps(body or {}), head)
            answer = connection.getresponse()
            raw = answer.read()
            told: dict[str, Any] = json.loads(raw) if "json" in answer.headers.get("Content-Type", "") else {}
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        return answer.status, told

    def close(self) -> None:
        """End this thread's connection."""
        self._connection().close()

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._own, "connection"):
            kind = http.client.HTTPSConnection if self._at.scheme == "https" else http.client.HTTPConnection
            self._own.connection = kind(self._at.netloc, timeout=10)
        found: http.client.HTTPConnection = self._own.connection
        return found


@dataclass
class Phone:
    """One device. `step` is what it does at its next moment."""

    identifier: str
    code: str
    secret: str = ""
    is_enrolled: bool = False
    is_silent: bool = False
    todo: list[dict[str, Any]] = field(default_factory=list)
    """Commands that it does now and answers at the next moment."""

    def step(self, portal: Portal, manner: Manner, events: dict[str, list[str]], luck: random.Random) -> float:
        """Do the next thing. Returns after how many intervals comes the one after it."""
        if not self.is_enrolled:
            return self._start(portal, manner, luck)
        if self.todo:
            return self._answer(portal, manner, luck)
        return self._check_in(portal, events)

    def _start(self, portal: Portal, manner: Manner, luck: random.Random) -> float:
        """The first start, and each one after a factory reset."""
        self.secret = self.secret or secrets.token_urlsafe(32)
        told = {"code": self.code, "identifier": self.identifier, "secret": self.secret}
        status, _ = portal.ask("POST", "enroll", told | {"firmware": "S921BXXU4AXH2", "version": "1.0"})
        self.is_enrolled = status == HTTPStatus.OK
        self.is_silent = self.is_enrolled and luck.random() < manner.silent
        return 0 if self.is_enrolled else AGAIN

    def _check_in(self, portal: Portal, events: dict[str, list[str]]) -> float:
        status, told = portal.ask("POST", "checkin", {}, self.secret)
        self.is_enrolled = status != HTTPStatus.UNAUTHORIZED
        if status != HTTPStatus.OK:
            return AGAIN
        self.todo = told["commands"]
        if started := [_event(one, FIRST_START) for one in self.todo if FIRST_START in events.get(one["service"], ())]:
            portal.ask("POST", "report", {"events": started}, self.secret)
        return 1

    def _answer(self, portal: Portal, manner: Manner, luck: random.Random) -> float:
        answers = [_answered(one, luck.random() < manner.failures, luck) for one in self.todo]
        for _ in range(1 + (luck.random() < DOUBLED)):
            status, _ = portal.ask("POST", "report", {"answers": answers}, self.secret)
        if status != HTTPStatus.OK:
            return AGAIN
        done = {one["id"] for one in answers if one["state"] == "done"}
        if any(one["action"] in WIPES and one["id"] in done for one in self.todo):
            self.secret, self.is_enrolled = "", False
        self.todo = []
        return 1


def _event(command: dict[str, Any], code: str) -> dict[str, Any]:
    return {"id": str(uuid4()), "service": command["service"], "code": code, "at": datetime.now(UTC).isoformat()}


def _answered(command: dict[str, Any], fails: bool, luck: random.Random) -> dict[str, Any]:
    if fails:
        return {"id": command["id"], "state": "failed", "detail": luck.choice(FAILURES)}
    return {"id": command["id"], "state": "done"}


class Fleet:
    """Many phones, and threads that let one after the other do its next step when its time has come."""

    def __init__(self, portal: Portal, manner: Manner, *, keep: Callable[[dict[str, Phone]], None]) -> None:
        self.portal, self.manner, self.keep = portal, manner, keep
        self.phones: dict[str, Phone] = {}
        self._due: list[tuple[float, str]] = []
        self._lock = threading.Lock()
        self._events: dict[str, list[str]] = {}
        self._luck = random.Random()  # noqa: S311  (nothing here is a secret)

    def add(self, phones: Iterable[Phone]) -> None:
        """Those that are not there yet start within an interval."""
        for phone in phones:
            if phone.identifier not in self.phones:
                self.phones[phone.identifier] = phone
                self._later(phone, self._luck.random())

    def run(self, *, until: threading.Event, threads: int = 4) -> None:
        """Play until the event is set."""
        with ThreadPoolExecutor(threads) as pool:
            for _ in range(threads):
                pool.submit(self._play, until)

    def _later(self, phone: Phone, intervals: float) -> None:
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + intervals * self.manner.interval, phone.identifier))

    def _next(self) -> Phone | None:
        with self._lock:
            if self._due and self._due[0][0] <= time.monotonic():
                return self.phones[heapq.heappop(self._due)[1]]
        return None

    def _play(self, until: threading.Event) -> None:
        with contextlib.closing(self.portal):
            self._play_on(until)

    def _play_on(self, until: threading.Event) -> None:
        while not until.is_set():
            phone = self._next()
            if phone is None:
                until.wait(min(0.05, self.manner.interval / 4))
                continue
            intervals: float = AGAIN
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError, KeyError):  # nobody answers
                intervals = self._step(phone)
            if not phone.is_silent:
                self._later(phone, intervals)

    def _step(self, phone: Phone) -> float:
        if not self._events:
            self._events = self.portal.ask("GET", "schema")[1].get("events", {})
        before = phone.is_enrolled, phone.secret
        intervals = phone.step(self.portal, self.manner, self._events, self._luck)
        if before != (phone.is_enrolled, phone.secret):
            self.keep(self.phones)
        return intervals
