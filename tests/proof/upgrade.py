"""How long does an upgrade keep people waiting? Run by `make upgrade` (ARGS="--devices 2000000" for a larger world).

Loads a large world, takes back the newest migration of each app that can be taken back, and applies them again while
other connections ask every 50 ms for what a reader and a writer of each table would need. Prints the longest waits;
fails where one is above a second.
"""

import argparse
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
GOAL = 1.0
"""Seconds that nobody may have to wait longer for."""
STAYS = {("audit", "0003_chain")}
"""From before the first release, so no installation has it ahead: it makes the digest of every event there is (4.8 s in
a world of 200,000 devices)."""
_EVERY = 0.05
_MODES = {"read": "ACCESS SHARE", "write": "ROW EXCLUSIVE"}
"""The locks that a SELECT and an INSERT, UPDATE or DELETE take, and hence wait for."""
_TABLES = """
SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
   AND relname NOT LIKE 'django\\_%' ORDER BY 1
"""


@dataclass
class Probe:
    """One connection that takes, of each table in turn, the lock of a reader or a writer."""

    url: str
    mode: str
    tables: list[str]
    longest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    rounds: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with psycopg.connect(self.url, options="-c role=portal_owner") as asking:
            while not self.stop.wait(_EVERY):
                self.rounds += 1
                for table in self.tables:
                    self._take(asking, table)

    def _take(self, asking: psycopg.Connection, table: str) -> None:
        lock = sql.SQL("LOCK TABLE {} IN " + _MODES[self.mode] + " MODE").format(sql.Identifier(table))
        start = time.monotonic()
        try:
            asking.execute(lock)
        except psycopg.errors.UndefinedTable:
            pass  # it comes, or came, with a migration
        finally:
            self.longest[table] = max(self.longest[table], time.monotonic() - start)
            asking.rollback()


def newest() -> list[tuple[str, str]]:
    """For each app of the portal the migration before its newest, where that one can be taken back."""
    loader = MigrationLoader(connection)
    found = []
    for app, name in sorted(loader.graph.leaf_nodes()):
        migration = loader.disk_migrations[app, name]
        before = [parent for label, parent in migration.dependencies if label == app]
        is_ours = Path(apps.get_app_config(app).path).parent == ROOT
        if is_ours and before and all(one.reversible for one in migration.operations):
            found.append((app, before[0]))
    return found


def migrate(targets: list[tuple[str, str]], *, backwards: bool = False) -> list[str]:
    """There, in one plan. Returns the migrations that it takes."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(targets)
    if backwards and not all(is_back and (one.app_label, one.name) not in STAYS for one, is_back in plan):
        return []  # another target took more back already, or one goes with it that stays
    executor.migrate(targets, plan)
    return [str(migration) for migration, _ in plan]


def probed(url: str, act: Callable[[], object]) -> tuple[list[Probe], float]:
    """Readers and writers beside the act, and how long it took."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
    probes = [Probe(url, mode, tables) for mode in _MODES]
    threads = [threading.Thread(target=probe.run) for probe in probes]
    for thread in threads:
        thread.start()
    start = time.monotonic()
    try:
        act()
        return probes, time.monotonic() - start
    finally:
        for probe, thread in zip(probes, threads, strict=True):
            probe.stop.set()
            thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make upgrade")
    parser.add_argument("--devices", type=int, default=200_000)
    parser.add_argument("--customers", type=int, default=2_000)
    asked = parser.parse_args()
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_scale", msps=20, customers=asked.customers, devices=asked.devices)
    latest = MigrationLoader(connection).graph.leaf_nodes()
    print("taking back", flush=True)
    back = [one for target in newest() for one in migrate([target], backwards=True)]
    print("applying them again", flush=True)
    probes, took = probed(os.environ["DATABASE_URL"], lambda: migrate(latest))
    return _report(probes, back, took)


def _report(probes: list[Probe], back: list[str], took: float) -> int:
    waits = sorted(((wait, table, one.mode) for one in probes for table, wait in one.longest.items()), reverse=True)
    rounds = sum(one.rounds for one in probes)
    print(f"upgrade: {len(back)} migrations in {took:.1f} s, {rounds} rounds of questions: {' '.join(back)}")
    for wait, table, mode in waits[:5]:
        print(f"  {mode:5} {table:30} waited {wait * 1000:.0f} ms at most")
    verdict = "ok" if waits[0][0] <= GOAL else "short"
    print(f"ratio upgrade_longest_wait {waits[0][0]:.2f} {GOAL} {verdict}")
    return verdict != "ok"


if __name__ == "__main__":
    sys.exit(main())
