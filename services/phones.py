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
STEPS = (FIRST_START, "downloaded", "installing")
"""Events of the way to what was assigned, in this order, where a service has them; one at a moment."""
STUMBLES = {"downloaded": "download_failed"}
"""What comes in place of a step now and then. The phone tries again from the first step on."""
BY_ITSELF = (("screen_lock_weak", "screen_lock_set"), ("reset_done", "reset_done"))
"""What happens to a phone that has nothing to do, and what comes after it."""
SELDOM = 0.1
"""How often something happens by itself, as a part of what fails."""
REFUSED = 0.3
"""Part of the failures in which the person at the phone said no, where the service hears of that."""
SAID_NO = "cancelled"
FAILURES = ("No space left", "The battery is low", "The network was lost")
type Events = dict[str, list[str]]
"""By service, the codes that it knows."""
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
    ahead: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    """Steps before the answer: the command, and the event that tells of it."""
    services: set[str] = field(default_factory=set)
    """In which it was told something."""
    after: dict[str, str] = field(default_factory=dict)
    """By service: what comes after that which happened by itself."""

    def step(self, portal: Portal, manner: Manner, events: Events, luck: random.Random) -> float:
        """Do the next thing. Returns after how many intervals comes the one after it."""
        if not self.is_enrolled:
            return self._start(portal, manner, luck)
        if self.ahead:
            return self._go_on(portal, manner, events, luck)
        if self.todo:
            return self._answer(portal, manner, events, luck)
        return self._check_in(portal, manner, events, luck)

    def _start(self, portal: Portal, manner: Manner, luck: random.Random) -> float:
        """The first start, and each one after a factory reset."""
        self.secret = self.secret or secrets.token_urlsafe(32)
        told = {"code": self.code, "identifier": self.identifier, "secret": self.secret}
        status, _ = portal.ask("POST", "enroll", told | {"firmware": "S921BXXU4AXH2", "version": "1.0"})
        self.is_enrolled = status == HTTPStatus.OK
        self.is_silent = self.is_enrolled and luck.random() < manner.silent
        return 0 if self.is_enrolled else AGAIN

    def _check_in(self, portal: Portal, manner: Manner, events: Events, luck: random.Random) -> float:
        status, told = portal.ask("POST", "checkin", {}, self.secret)
        self.is_enrolled = status != HTTPStatus.UNAUTHORIZED
        if status != HTTPStatus.OK:
            return AGAIN
        self.todo = told["commands"]
        self.services |= {one["service"] for one in self.todo}
        self.ahead = [(one, code) for one in self.todo for code in _steps(one, events)]
        if self.ahead:
            return self._go_on(portal, manner, events, luck)
        if not self.todo and luck.random() < manner.failures * SELDOM:
            self._happens(portal, events)
        return 1

    def _go_on(self, portal: Portal, manner: Manner, events: Events, luck: random.Random) -> float:
        """The next step; or it stumbles, and begins anew a while later."""
        command, code = self.ahead.pop(0)
        stumble = STUMBLES.get(code, "")
        stumbles = stumble in events.get(command["service"], ()) and luck.random() < manner.failures
        portal.ask(
            "POST", "report", {"events": [_event(command["service"], stumble if stumbles else code)]}, self.secret
        )
        if stumbles:
            self.ahead = [(command, one) for one in _steps(command, events)] + [
                (other, one) for other, one in self.ahead if other is not command
            ]
        return AGAIN if stumbles else 1

    def _happens(self, portal: Portal, events: Events) -> None:
        """A person takes the screen lock away, and later sets it again; a phone has reset itself."""
        for service in sorted(self.services):
            for code, then in BY_ITSELF:
                if code in events.get(service, ()):
                    now = self.after.get(service, code)
                    self.after[service] = code if now == then else then
                    portal.ask("POST", "report", {"events": [_event(service, now)]}, self.secret)

    def _answer(self, portal: Portal, manner: Manner, events: Events, luck: random.Random) -> float:
        answers = [_answered(one, manner, events, luck) for one in self.todo]
        for _ in range(1 + (luck.random() < DOUBLED)):
            status, _ = portal.ask("POST", "report", {"answers": answers}, self.secret)
        if status != HTTPStatus.OK:
            return AGAIN
        done = {one["id"] for one in answers if one["state"] == "done"}
        if any(one["action"] in WIPES and one["id"] in done for one in self.todo):
            self.secret, self.is_enrolled = "", False
        self.todo = []
        return 1


def _steps(command: dict[str, Any], events: Events) -> list[str]:
    """Of what was assigned, every step that its service has; of all else the first."""
    own = [code for code in STEPS if code in events.get(command["service"], ())]
    return own if command["action"] == "assign" else own[:1]


def _event(service: str, code: str) -> dict[str, Any]:
    return {"id": str(uuid4()), "service": service, "code": code, "at": datetime.now(UTC).isoformat()}


def _answered(command: dict[str, Any], manner: Manner, events: Events, luck: random.Random) -> dict[str, Any]:
    if luck.random() >= manner.failures:
        return {"id": command["id"], "state": "done"}
    if SAID_NO in events.get(command["service"], ()) and luck.random() < REFUSED:
        return {"id": command["id"], "state": "cancelled"}
    return {"id": command["id"], "state": "failed", "detail": luck.choice(FAILURES)}


class Fleet:
    """Many phones, and threads that let one after the other do its next step when its time has come."""

    def __init__(self, portal: Portal, manner: Manner, *, keep: Callable[[dict[str, Phone]], None]) -> None:
        self.portal, self.manner, self.keep = portal, manner, keep
        self.phones: dict[str, Phone] = {}
        self._due: list[tuple[float, str]] = []
        self._lock = threading.Lock()
        self._events: Events = {}
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
