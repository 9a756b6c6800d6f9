"""What the main pages cost: beside a bare page in the same frame, in a large world beside a small one, with and without
the policies of row-level security.

Each process opens pages of one world (bench/pages_child.py). They take turns, a few openings at a time, so that a
machine that gets slower meanwhile changes no figure. Then all pages through the real server, in turns with the bare
one. The goals are those of issue 10.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median, quantiles
from typing import Any, NamedTuple

from bench import server, worlds
from bench.database import ROOT, Database
from bench.ratio import Ratio
from portals import scale

USUAL, LARGEST = 7, 0
"""MSPs: one with a usual number of customers, and the one with the most."""
USUAL_OF_SMALL = 2
"""In the small world, where the later ones have too few customers to fill a page: 52, beside 162 of the usual one."""
ROUNDS, RUNS = 6, 4
HTTP_ROUNDS, HTTP_TIMES, HTTP_WARM = 3, 5, 72
"""Warm: two processes with four connections each, and a plan is kept after nine times (docs/adr/0036)."""
LISTS = ("customers", "devices_of_one", "devices_of_all", "uploads", "approvals", "licenses", "activity", "palette")
OF_A_LIST, OF_A_PAGE, FLAT, P95, RLS, HTTP = 2.0, 1.5, 1.2, 2.0, 1.1, 0.5


class Child:
    """A process that opens pages of one database as one person."""

    def __init__(self, process: subprocess.Popen[str], email: str, *, freeze: bool = True) -> None:
        self.process = process
        signed_in = self._ask({"email": email, "freeze": freeze})
        self.cookie: str = signed_in["cookie"]
        self.pages: dict[str, str] = signed_in["pages"]
        self.seconds: dict[str, list[float]] = {name: [] for name in self.pages}
        self.spent: dict[str, list[float]] = {name: [] for name in self.pages}
        self.queries: dict[str, int] = {}

    def open(self, name: str) -> None:
        answer = self._ask({"url": self.pages[name], "runs": RUNS})
        self.seconds[name] += answer["seconds"]
        self.spent[name] += answer["cpu"]
        self.queries[name] = answer["queries"]

    def median(self, name: str) -> float:
        return median(self.seconds[name])

    def cpu(self, name: str) -> float:
        return median(self.spent[name])

    def p95(self, name: str) -> float:
        return quantiles(self.seconds[name], n=20)[-1] / self.median(name)

    def _ask(self, line: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(line), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("A page could not be opened; its process says why above.")
        found: dict[str, Any] = json.loads(answer)
        return found


class Crew(NamedTuple):
    """Who opens the pages, each in a process of its own."""

    small: Child
    usual: Child
    small_largest: Child
    largest: Child
    unwalled: Child
    unfrozen: Child


def measure(database: Database) -> tuple[list[Ratio], dict[str, Any]]:
    database.manage("collectstatic", "--no-input", "--verbosity=0")
    worlds.load(database, worlds.SMALL)
    with worlds.large(database) as large:
        with ExitStack() as stack:
            crew = _crew(stack, database, large)
            for _ in range(ROUNDS):
                for name in crew.usual.pages:
                    for child in crew:
                        child.open(name)
        rates = _rates(large, crew.usual)
    _print(crew)
    names = [name for name in crew.usual.pages if name != "bare"]
    ratios = [ratio for name in names for ratio in _ratios(crew, name)]
    raw = {who: child.seconds for who, child in crew._asdict().items()} | {
        "queries": crew.usual.queries,
        "rates": rates,
    }
    return [*ratios, *_of_all(crew, names, rates)], raw


def _rates(large: Database, person: Child) -> dict[str, list[float]]:
    """Requests a second, in turns: the bare page, and all pages alike."""
    bare, *others = person.pages.values()
    rates: dict[str, list[float]] = {"bare": [], "mixed": []}
    with server.serving(large) as port:
        server.rate(port, [bare, *others], cookie=person.cookie, times=HTTP_WARM)
        for _ in range(HTTP_ROUNDS):
            rates["bare"].append(server.rate(port, [bare], cookie=person.cookie, times=HTTP_TIMES * len(others)))
            rates["mixed"].append(server.rate(port, others, cookie=person.cookie, times=HTTP_TIMES))
    return rates


def _crew(stack: ExitStack, small: Database, large: Database) -> Crew:
    def child(database: Database, msp: int, *, role: str = "portal_app", freeze: bool = True) -> Child:
        return Child(stack.enter_context(_process(database, role)), scale.person_of(msp), freeze=freeze)

    return Crew(
        small=child(small, USUAL_OF_SMALL),
        usual=child(large, USUAL),
        small_largest=child(small, LARGEST),
        largest=child(large, LARGEST),
        unwalled=child(large, USUAL, role="portal_owner"),
        unfrozen=child(large, USUAL, freeze=False),
    )


@contextmanager
def _process(database: Database, role: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bench.pages_child"]
    environment = {**os.environ, **database.environment, "DATABASE_ROLE": role, "DATABASE_PREPARED": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _ratios(crew: Crew, name: str) -> list[Ratio]:
    usual = crew.usual.median(name)
    vs_layout = usual / crew.usual.median("bare")
    is_list = name in LISTS or name.startswith("console_")  # a console lists the devices of a customer
    return [
        Ratio(f"page_{name}_vs_layout", vs_layout, OF_A_LIST if is_list else OF_A_PAGE, at_most=True),
        Ratio(f"page_{name}_flat", usual / crew.small.median(name), FLAT, at_most=True),
        Ratio(
            f"page_{name}_flat_largest", crew.largest.median(name) / crew.small_largest.median(name), FLAT, at_most=True
        ),
        Ratio(f"page_{name}_p95", crew.usual.p95(name), P95, at_most=True),
    ]


def _of_all(crew: Crew, names: list[str], rates: dict[str, list[float]]) -> list[Ratio]:
    rls = sum(map(crew.usual.median, names)) / sum(map(crew.unwalled.median, names))
    beside = median(mixed / bare for mixed, bare in zip(rates["mixed"], rates["bare"], strict=True))
    print(
        f"server: {median(rates['mixed']):.0f} requests a second of all pages alike, {median(rates['bare']):.0f} bare"
    )
    return [Ratio("rls_cost", rls, RLS, at_most=True), Ratio("http_vs_bare", beside, HTTP)]


def _print(crew: Crew) -> None:
    """Milliseconds, medians; the ratios once more by CPU, which other work on the machine changes least."""
    print(f"{'page':30} queries  usual  largest  small  no walls   p95  p95 without gc.freeze")
    for name in crew.usual.pages:
        times = [child.median(name) * 1000 for child in (crew.usual, crew.largest, crew.small, crew.unwalled)]
        print(
            f"{name:30} {crew.usual.queries[name]:7} {times[0]:6.1f} {times[1]:8.1f} {times[2]:6.1f} {times[3]:9.1f}"
            f" {crew.usual.p95(name):5.2f} {crew.unfrozen.p95(name):22.2f}"
        )
    print(f"{'by CPU':30}      ms  largest  vs_layout  flat  flat_largest  rls_cost")
    for name in crew.usual.pages:
        used, largest = crew.usual.cpu(name), crew.largest.cpu(name)
        print(
            f"{name:30} {used * 1000:7.1f} {largest * 1000:8.1f} {used / crew.usual.cpu('bare'):10.2f}"
            f" {used / crew.small.cpu(name):5.2f} {largest / crew.small_largest.cpu(name):13.2f}"
            f" {used / crew.unwalled.cpu(name):9.2f}"
        )
