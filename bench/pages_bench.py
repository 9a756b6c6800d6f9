"""What the main pages cost: beside a bare page in the same frame, in a large world beside a small one, with and without
the policies of row-level security.

Each process opens pages of one world (bench/pages_child.py). They take turns, a few openings at a time, so that a
machine that gets slower meanwhile changes no figure. The goals are those of issue 10.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median, quantiles
from typing import Any, NamedTuple

from bench.database import ROOT, Database, opened
from bench.ratio import Ratio
from portals import scale

SMALL = {"msps": 20, "customers": 200, "devices": 20_000}
LARGE = {"msps": 500, "customers": 20_000, "devices": 2_000_000}
USUAL, LARGEST = 7, 0
"""MSPs: one with a usual number of customers, and the one with the most."""
ROUNDS, RUNS = 15, 4
LISTS = ("customers", "devices_of_one", "devices_of_all", "uploads", "approvals", "licenses", "activity", "palette")
OF_A_LIST, OF_A_PAGE, FLAT, P95, RLS = 2.0, 1.5, 1.2, 2.0, 1.1


class Child:
    """A process that opens pages of one database as one person."""

    def __init__(self, process: subprocess.Popen[str], email: str, *, freeze: bool = True) -> None:
        self.process = process
        self.pages: dict[str, str] = self._ask({"email": email, "freeze": freeze})
        self.seconds: dict[str, list[float]] = {name: [] for name in self.pages}
        self.queries: dict[str, int] = {}

    def open(self, name: str) -> None:
        answer = self._ask({"url": self.pages[name], "runs": RUNS})
        self.seconds[name] += answer["seconds"]
        self.queries[name] = answer["queries"]

    def median(self, name: str) -> float:
        return median(self.seconds[name])

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
    with opened("pages_large") as large, ExitStack() as stack:
        _load(database, SMALL)
        _load(large, LARGE)
        crew = _crew(stack, database, large)
        for _ in range(ROUNDS):
            for name in crew.usual.pages:
                for child in crew:
                    child.open(name)
    _print(crew)
    raw = {who: child.seconds for who, child in crew._asdict().items()}
    return [ratio for name in crew.usual.pages if name != "bare" for ratio in _ratios(crew, name)], raw


def _load(database: Database, size: dict[str, int]) -> None:
    options = [f"--{name}={number}" for name, number in size.items()]
    command = [sys.executable, "manage.py", "load_scale", *options]
    subprocess.run(command, cwd=ROOT, env=database.environment, check=True)
    with database.owner() as owner:
        owner.execute("VACUUM ANALYZE")
        # The owner, in whose role one process asks, is past the walls; for portal_app they stand as they are.
        walled = owner.execute("SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity").fetchall()
        for (table,) in walled:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # type: ignore[arg-type]
            owner.execute(f"DROP POLICY owner ON {table}")  # type: ignore[arg-type]


def _crew(stack: ExitStack, small: Database, large: Database) -> Crew:
    def child(database: Database, msp: int, *, role: str = "portal_app", freeze: bool = True) -> Child:
        return Child(stack.enter_context(_process(database, role)), scale.person_of(msp), freeze=freeze)

    return Crew(
        small=child(small, USUAL),
        usual=child(large, USUAL),
        small_largest=child(small, LARGEST),
        largest=child(large, LARGEST),
        unwalled=child(large, USUAL, role="portal_owner"),
        unfrozen=child(large, USUAL, freeze=False),
    )


@contextmanager
def _process(database: Database, role: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bench.pages_child"]
    environment = {**os.environ, **database.environment, "DATABASE_ROLE": role}
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
    return [
        Ratio(f"page_{name}_vs_layout", vs_layout, OF_A_LIST if name in LISTS else OF_A_PAGE, at_most=True),
        Ratio(f"page_{name}_flat", usual / crew.small.median(name), FLAT, at_most=True),
        Ratio(
            f"page_{name}_flat_largest", crew.largest.median(name) / crew.small_largest.median(name), FLAT, at_most=True
        ),
        Ratio(f"page_{name}_p95", crew.usual.p95(name), P95, at_most=True),
        Ratio(f"page_{name}_rls_cost", usual / crew.unwalled.median(name), RLS, at_most=True),
    ]


def _print(crew: Crew) -> None:
    print(f"{'page':24} {'queries':>7} {'ms':>7} {'largest':>8} {'small':>7} {'p95':>5} {'p95 without gc.freeze':>22}")
    for name in crew.usual.pages:
        times = [child.median(name) * 1000 for child in (crew.usual, crew.largest, crew.small)]
        print(
            f"{name:24} {crew.usual.queries[name]:7} {times[0]:7.1f} {times[1]:8.1f} {times[2]:7.1f}"
            f" {crew.usual.p95(name):5.2f} {crew.unfrozen.p95(name):22.2f}"
        )
