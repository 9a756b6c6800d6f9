"""Two web and two worker processes behind one address, ended and restarted one at a time while people work.

Each is ended in both ways: asked to stop (SIGTERM, as a new version does) and killed (kill -9, as a machine dies).
"""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faults import judge, pooler
from faults.browser import Browser, NoAnswer
from faults.judge import Findings
from faults.ledger import Ledger
from faults.people import ALICE, Town
from faults.place import Place, opened
from faults.proxy import Proxy
from msp_portal.run import COMMANDS
from tests.live.stack import ROOT, free_port

READERS, SECONDS_TO_START, SECONDS_BETWEEN, SECONDS_TO_END = 4, 90, 1.0, 60
PAGES = ("/customers/", "/devices/", "/licenses/", "/msp/", "/activity/")


@dataclass
class Member:
    """One of the four, with a file for what it writes."""

    name: str
    command: str
    folder: Path
    environment: dict[str, str]
    port: int = 0
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it is at work."""
        log = self.folder / f"{self.name}.log"
        log.write_bytes(b"")
        with log.open("ab") as output:
            self.child = subprocess.Popen(
                shlex.split(self.command),
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._is_at_work():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} does not start: {log.read_text()}")
            time.sleep(0.2)

    def end(self, number: signal.Signals) -> None:
        if self.child is None:
            return
        send = os.killpg if number == signal.SIGKILL else os.kill
        with contextlib.suppress(ProcessLookupError):
            send(self.child.pid, number)
        self.child.wait()

    def _is_at_work(self) -> bool:
        if not self.port:
            return "ready." in (self.folder / f"{self.name}.log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/accounts/login/", timeout=10):
                return True
        except OSError:
            return False


@dataclass
class Readers:
    """People who open one page after the other, and count those that did not come."""

    town: Town
    asked: int = 0
    failed: list[str] = field(default_factory=list)
    slowest: float = 0
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self.threads = [threading.Thread(target=self._read, daemon=True) for _ in range(READERS)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _read(self) -> None:
        alice = self.town.somebody(ALICE)
        while not self.over.is_set():
            for page in PAGES:
                self._open(alice, page)

    def _open(self, alice: Browser, page: str) -> None:
        began = time.monotonic()
        try:
            alice.get(page)
        except (NoAnswer, urllib.error.HTTPError) as no:
            self.failed.append(f"{time.strftime('%H:%M:%S')} {page}: {no.__cause__ or no}")
        self.asked += 1
        self.slowest = max(self.slowest, time.monotonic() - began)


@dataclass(frozen=True)
class Rolled:
    """What a run measured."""

    ends: int
    asked: int
    failed: list[str]
    cut: int
    nobody: int
    found: Findings

    @property
    def is_whole(self) -> bool:
        """Nothing failed but what was in flight, and every act is there once."""
        return not (self.nobody or self.found.lost or self.found.doubled) and len(self.failed) <= self.cut


def run(*, rounds: int, pooled: bool = False) -> Rolled:
    """`pooled`: through PgBouncer in transaction mode."""
    between = pooler.in_front_of_database if pooled else contextlib.nullcontext
    with opened() as place, between(place), _members(place) as members, _proxy(members) as proxy:
        ledger = Ledger(place.stack.database)
        before = judge.letters(ledger)
        town = Town(f"http://127.0.0.1:{proxy.port}", ledger, place.stack.inbox)
        readers, ends = Readers(town), 0
        town.start()
        readers.start()
        for _ in range(rounds):
            for number in (signal.SIGTERM, signal.SIGKILL):
                for member in members:
                    _restart(member, number, readers, proxy)
                    ends += 1
        readers.stop()
        town.over.set()
        until = time.monotonic() + SECONDS_TO_END
        while town.is_busy() and time.monotonic() < until:
            time.sleep(0.3)
        judge.settle(place, ledger)
        found = judge.judged(place, ledger, before=before)
        _report(town, readers, proxy, found)
        return Rolled(ends, readers.asked, readers.failed, proxy.cut, proxy.nobody, found)


def _restart(member: Member, number: signal.Signals, readers: Readers, proxy: Proxy) -> None:
    failed, cut = len(readers.failed), proxy.cut
    began = time.monotonic()
    member.end(number)
    ended = time.monotonic()
    member.start()
    line = f"{number.name} {member.name}: ended in {ended - began:.1f} s, back in {time.monotonic() - ended:.1f} s"
    time.sleep(SECONDS_BETWEEN)
    print(f"  {line}; {len(readers.failed) - failed} pages failed, {proxy.cut - cut} requests cut", flush=True)
    for page in readers.failed[failed:]:
        print(f"    {page}", flush=True)


@contextlib.contextmanager
def _members(place: Place) -> Iterator[list[Member]]:
    """In place of the one web and the one worker of the stack; beat stays."""
    for name in ("web", "worker"):
        place.stack.kill(name)
    at = place.folder, place.stack.environment
    members = [web(1, *at), web(2, *at), worker(1, *at), worker(2, *at)]
    try:
        for member in members:
            member.start()
        yield members
    finally:
        for member in members:
            member.end(signal.SIGKILL)


def web(number: int, folder: Path, environment: dict[str, str]) -> Member:
    """Not started yet, at a port of its own."""
    port = free_port()
    command = COMMANDS["web"].format(python=sys.executable, port=port)
    return Member(f"web-{number}", command, folder, environment, port)


def worker(number: int, folder: Path, environment: dict[str, str]) -> Member:
    """Not started yet, with a name of its own."""
    command = COMMANDS["worker"].format(python=sys.executable)
    return Member(f"worker-{number}", f"{command} --hostname worker-{number}@%h", folder, environment)


@contextlib.contextmanager
def _proxy(members: list[Member]) -> Iterator[Proxy]:
    with Proxy(free_port(), [member.port for member in members if member.port]) as proxy:
        yield proxy


def _report(town: Town, readers: Readers, proxy: Proxy, found: Findings) -> None:
    ledger = town.ledger
    print(f"  acts {ledger.by_sort()}: {ledger.told} told as done, {ledger.unanswered} by a second look")
    print(f"  requests answered by each web: {proxy.passed}; slowest page {readers.slowest:.1f} s")
    for line in [*town.refusals, *found.notes, *found.lost, *found.doubled]:
        print(f"  {line}", flush=True)
