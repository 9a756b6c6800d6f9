"""Remove guards one at a time, run the tests that should notice, and say which did.

    make mutate ARGS="--sample 40 --seed 1"        some, chosen by the seed
    make mutate ARGS="--only policy"               those with this word in their name
    make mutate ARGS="--list"                      only say what there is

Each guard goes in a copy: of the code for a filter, check or door, of the migrated test database for a policy,
constraint or trigger. Tests run from the narrowest on (`STAGES`) and stop at the first failure.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from mutation.guards import APPS, Guard, in_code, in_database

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".local", ".venv", "node_modules", "__pycache__", "*.pyc", "docs")
TIMEOUT = 900
"""Seconds for one run of tests. A guard whose loss hangs them counts as noticed."""
_SEES = ("tests/proof/test_every_policy.py", "tests/architecture/test_walls.py")
_PAGES = ("tests/architecture/test_two_places.py", "tests/architecture/test_leaks.py")


def stages(guard: Guard) -> list[tuple[str, ...]]:
    """Where somebody should notice, the narrowest first. Tables of other apps are tested with portals."""
    own = tuple(f"tests/{one}" for one in (guard.app, "races") if (ROOT / "tests" / one).exists())
    found = [_SEES, own[:1]] if guard.name.startswith("policy") else [own[:1], _SEES]
    return [*found, _PAGES, ("tests/architecture/test_matrix.py",), own[1:], ("tests/proof/test_any_order.py",)]


class Bench:
    """A migrated test database, and a copy of the code."""

    def __init__(self, folder: Path, *, few: bool) -> None:
        self.few = few
        self.url = os.environ["DATABASE_URL"]
        self.code = folder / "code"
        shutil.copytree(ROOT, self.code, ignore=LEFT_OUT)
        for name in (".venv", "node_modules", "docs"):
            (self.code / name).symlink_to(ROOT / name)
        self._pytest(("tests/rules",), "test_portal", create=True)

    def guards(self) -> list[Guard]:
        return [*in_code(ROOT), *in_database(self._at("test_portal"))]

    def noticed_by(self, guard: Guard) -> str:
        """The tests that failed without it; empty if none did."""
        self._sql("DROP DATABASE IF EXISTS test_mutant", "CREATE DATABASE test_mutant TEMPLATE test_portal")
        file = self.code / guard.path if guard.path else None
        whole = file.read_text() if file else ""
        try:
            if file:
                file.write_text(guard.without(whole))
            else:
                self._remove(guard.sql)
            tried = stages(guard)[: 3 if self.few else None]
            return next((" ".join(tests) for tests in tried if tests and not self._pytest(tests, "test_mutant")), "")
        finally:
            if file:
                file.write_text(whole)

    def _remove(self, sql: str) -> None:
        with psycopg.connect(self._at("test_mutant"), options="-c role=portal_owner") as connection:
            connection.execute(sql.encode())

    def _sql(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for one in statements:
                connection.execute(one.encode())

    def _at(self, database: str) -> str:
        return f"{self.url.rpartition('/')[0]}/{database}"

    def _pytest(self, tests: tuple[str, ...], database: str, *, create: bool = False) -> bool:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly",
                   "--create-db" if create else "--reuse-db", *tests]  # fmt: skip
        if create:
            command.insert(3, "--reuse-db")
        environment = os.environ | {"TEST_DATABASE": database, "PROOF_STEPS": "500"}
        try:
            done = subprocess.run(command, cwd=self.code, env=environment, timeout=TIMEOUT, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def main() -> int:
    asked = _asked()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), few=asked.few)
        guards = [one for one in bench.guards() if asked.only in one.name and one.app in APPS]
        print(f"mutate: {len(guards)} guards", flush=True)
        if asked.list:
            print(*(one.name for one in guards), sep="\n")
            return 0
        if asked.sample:
            guards = random.Random(asked.seed).sample(guards, min(asked.sample, len(guards)))  # noqa: S311
        survivors = [one for one in guards if not _tried(bench, one)]
    killed = len(guards) - len(survivors)
    rate = killed / len(guards) if guards else 1
    print(f"mutate: {killed} of {len(guards)} noticed ({rate:.0%}), seed {asked.seed}", flush=True)
    return bool(survivors)


def _tried(bench: Bench, guard: Guard) -> bool:
    start = time.monotonic()
    by = bench.noticed_by(guard)
    verdict = f"noticed   by {by}" if by else "SURVIVED"
    print(f"{guard.name:80} {verdict} ({time.monotonic() - start:.0f} s)", flush=True)
    return bool(by)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate")
    parser.add_argument("--sample", type=int, default=0, help="how many; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a word in the guard's name")
    parser.add_argument("--few", action="store_true", help="only the three narrowest stages of tests")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
