"""Take guards away in a process that has all tests ready: a plugin of pytest for `make mutate`.

Each guard gets a child of this process. In the child the function that held the guard goes on without it, or the copy
of the database lacks it, and the tests that could notice run until one fails.
"""

import gc
import inspect
import json
import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from types import FunctionType

import pytest
from django.conf import settings
from django.db import connections
from django.urls import URLResolver, get_resolver

from mutation import database, swap
from mutation.guards import Guard
from mutation.record import Record

LONGEST = 120
"""Seconds; a single test that takes longer hangs."""


@dataclass(frozen=True)
class Verdict:
    state: str
    """noticed; survived; unrun, which no test runs; or broken, where the tests could not even start."""
    by: str = ""
    """The test that failed."""
    why: str = ""
    tests: int = 0
    of: int = 0
    """How many tests ran, of those that could notice."""


class Trial:
    """`work` is called with this once pytest has found all tests; it asks for verdicts, each of so many `seconds`."""

    def __init__(self, record: Record, work: "Callable[[Trial], None]", *, seconds: int) -> None:
        self.record, self.work, self.seconds = record, work, seconds
        self.failed: dict[str, str] = {}
        self.dirty = True
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow on purpose

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session, self.items = session, {item.nodeid: item for item in session.items}
        first = next(item for item in session.items if item.nodeid.startswith("tests/rules/"))
        session.config.hook.pytest_runtest_protocol(item=first, nextitem=session.items[-1])  # makes the database
        connections.close_all()
        connections["default"].settings_dict["NAME"] = database.COPY
        self.functions = swap.functions()
        gc.freeze()
        self.work(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            why = f"{report.when}: {crash.message if crash else report.longrepr}".partition("\n")[0]
            self.failed.setdefault(report.nodeid, why[:200])

    def verdict(self, guard: Guard) -> Verdict:
        names = self._of_routes(guard) if guard.is_a_door else self.record.noticing(guard)
        names = [name for name in names if name in self.items]
        if not names:
            return Verdict("unrun")
        if guard.sql or self.dirty:
            database.without(guard.sql)
        ran, failed = self._in_child(names, guard)
        self.dirty = bool(guard.sql) or any(self._commits(name) for name in names[:ran])
        by, why = next(iter(failed.items()), ("", ""))
        return Verdict(_state(ran, failed), by, why, ran, len(names))

    def unsound(self, names: Collection[str]) -> set[str]:
        """Those that fail though nothing is missing: what they noticed does not count."""
        database.without("")
        _, failed = self._in_child(sorted(names), None)
        return set(failed)

    def _of_routes(self, guard: Guard) -> list[str]:
        """A door's loss is for those to notice who knock: the tests that go through all routes."""
        routes = [name for name, view in _views(get_resolver()) if guard.is_in(view)]
        marks = tuple(f"[{name}{end}" for name in routes for end in ("-", "]"))
        return [name for name in self.items if "architecture/" in name and any(mark in name for mark in marks)]

    def _commits(self, name: str) -> bool:
        return "transactional_db" in self.items[name].fixturenames  # type: ignore[attr-defined]

    def _in_child(self, names: list[str], guard: Guard | None) -> tuple[int, dict[str, str]]:
        """How many tests ran, and which failed."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            self._be_the_child(names, guard, writing)
        os.close(writing)
        with os.fdopen(reading) as answer:
            said = answer.read()
        os.waitpid(child, 0)
        return json.loads(said) if said else (1, {"": "hangs"})

    def _be_the_child(self, names: list[str], guard: Guard | None, answer: int) -> None:
        silence = os.open(os.devnull, os.O_WRONLY)
        try:
            for stream in (1, 2):
                os.dup2(silence, stream)
            if guard and guard.path:
                swap.take_away(guard, self.functions)
            ran = self._run([self.items[name] for name in names], whole=guard is None)
            os.write(answer, json.dumps([ran, self.failed]).encode())
        except (LookupError, ValueError) as no:
            os.write(answer, json.dumps([0, {"": repr(no)}]).encode())
        finally:
            os._exit(0)

    def _run(self, items: list[pytest.Item], *, whole: bool) -> int:
        end = time.monotonic() + self.seconds
        for ran, (item, following) in enumerate(zip(items, [*items[1:], None], strict=True), start=1):
            signal.alarm(LONGEST)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if not whole and (self.failed or time.monotonic() > end):
                return ran
        return len(items)


def _views(resolver: URLResolver) -> Iterator[tuple[str, FunctionType]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _views(one)
        elif one.name and isinstance(view := inspect.unwrap(one.callback), FunctionType):
            yield one.name, view


def _state(ran: int, failed: dict[str, str]) -> str:
    if not ran:
        return "broken"
    return "noticed" if failed else "survived"
