"""Remove guards one at a time, run the tests that could notice, and say which did.

    make mutate ARGS="--sample 40 --seed 1"        some, chosen by the seed
    make mutate ARGS="--only constraint"           those with this word in their name
    make mutate ARGS="--names left.txt"            those that a file names, a line each: what an earlier run left
    make mutate ARGS="--seconds 120"               with more time for each guard than half a minute
    make mutate ARGS="--list"                      only say what there is
    make mutate ARGS="--record"                    write down anew which tests run what (some minutes)

Policies are left to tests/proof/test_every_policy.py, which opens each of them in every run of the tests; `--only
policy` tries them here, too. Each verdict is a line of .local/mutation/verdicts.jsonl as soon as it is there.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from mutation import database
from mutation.guards import APPS, ROOT, Guard, in_code, in_database
from mutation.record import FOLDERS, Record, file_of
from mutation.trial import Trial, Verdict

LOCAL = ROOT / ".local" / "mutation"
PLAIN = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-n", "0", "--reuse-db")


def record(*, anew: bool) -> Record:
    """Which test runs what, one run of pytest a folder; those that are there already are kept."""
    for tests in FOLDERS:
        file = file_of(LOCAL, tests)
        if anew or not file.exists():
            print(f"mutate: what tests/{tests} runs", flush=True)
            command = [sys.executable, "-m", "pytest", *PLAIN, "-p", "mutation.covered", "--covered", str(file)]
            done = subprocess.run([*command, f"tests/{tests}"], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
            if done.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
                sys.exit(f"mutate: tests/{tests} did not run, {pytest.ExitCode(done.returncode)!r}")
    return Record(LOCAL)


class Work:
    """Which guards are tried, and what came of it."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.named = set(asked.names.read_text().splitlines()) if asked.names else None
        self.states: Counter[str] = Counter()
        self.left = 0

    def __call__(self, trial: Trial) -> None:
        guards = [one for one in (*in_code(ROOT), *in_database(database.at(database.WHOLE))) if self._wanted(one)]
        print(f"\nmutate: {len(guards)} guards", flush=True)
        if self.asked.list:
            print(*(one.name for one in guards), sep="\n")
            return
        if self.asked.sample:
            guards = random.Random(self.asked.seed).sample(guards, min(self.asked.sample, len(guards)))  # noqa: S311
        start = time.monotonic()
        verdicts = [self._try(guard, trial) for guard in guards]
        self.left = sum(verdict.state != "noticed" for verdict in verdicts)
        seconds = (time.monotonic() - start) / max(len(guards), 1)
        print(f"mutate: {dict(self.states)} of {len(guards)}, seed {self.asked.seed}, {seconds:.1f} s each", flush=True)
        unsound = trial.unsound({verdict.by for verdict in verdicts if verdict.by})
        print(f"mutate: {len(unsound)} tests fail with every guard there", *sorted(unsound), sep="\n", flush=True)

    def _wanted(self, guard: Guard) -> bool:
        if guard.name.startswith("policy") and self.asked.only != "policy":
            return False
        named = self.named is None or guard.name in self.named
        return named and self.asked.only in guard.name and guard.app in APPS

    def _try(self, guard: Guard, trial: Trial) -> Verdict:
        start = time.monotonic()
        verdict = trial.verdict(guard)
        self.states[verdict.state] += 1
        seconds = time.monotonic() - start
        print(
            f"{guard.name:70} {verdict.state:8} {seconds:4.0f} s {verdict.tests:4} of {verdict.of:4} {verdict.by}",
            flush=True,
        )
        with (LOCAL / "verdicts.jsonl").open("a") as log:
            log.write(json.dumps({"guard": guard.name, "seconds": round(seconds, 1)} | asdict(verdict)) + "\n")
        return verdict


def main() -> int:
    asked = _asked()
    work = Work(asked)
    trial = Trial(record(anew=asked.record), work, seconds=asked.seconds)
    folders = [f"tests/{tests}" for tests in FOLDERS]
    return int(pytest.main([*PLAIN, "-s", *folders], plugins=[trial])) or bool(work.left)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate")
    parser.add_argument("--sample", type=int, default=0, help="how many; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=30, help="how long the tests of one guard may take")
    parser.add_argument("--only", default="", help="a word in the guard's name")
    parser.add_argument("--names", type=Path, help="a file with their names, a line each, as --list writes them")
    parser.add_argument("--record", action="store_true", help="write down anew which tests run what")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
