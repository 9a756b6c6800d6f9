"""What the tests did when nothing was missing (`covered.py`): which of them could notice that a guard is."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mutation.guards import Guard

FOLDERS = (
    "rules", "accounts", "audit", "tenants", "onboarding", "support", "licensing", "alerts", "devices", "services",
    "portals", "races", "architecture/test_two_places.py", "architecture/test_device_walls.py",
    "architecture/test_walls.py", "architecture/test_matrix.py", "architecture/test_audited.py",
    "architecture/test_leaks.py", "proof/test_every_policy.py",
)  # fmt: skip
"""What runs in this process. The running portal (tests/live, faq, browser) is not tried: it notices late and slowly."""


def file_of(folder: Path, tests: str) -> Path:
    return folder / f"{tests.replace('/', '_')}.json"


class Record:
    def __init__(self, folder: Path) -> None:
        self.size: dict[str, int] = {}
        """Of each test, how many of our lines it runs: the fewer, the more directly it is about one of them."""
        self.at: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.refused: dict[str, set[str]] = defaultdict(set)
        for tests in FOLDERS:
            if (file := file_of(folder, tests)).exists():
                self._add(json.loads(file.read_text()))

    def _add(self, tests: dict[str, Any]) -> None:
        for name, did in tests.items():
            self.size[name] = sum(map(len, did["lines"].values()))
            for path, lines in did["lines"].items():
                for line in lines:
                    self.at[path, line].add(name)
            for refusal in did["refused"]:
                self.refused[refusal].add(name)

    def noticing(self, guard: Guard) -> list[str]:
        """The tests that run it, the app's own first; first a few of each file, then the others."""
        if guard.path:
            return self._in_order(set[str]().union(*(self.at[guard.path, line] for line in guard.lines)), guard.app)
        refused = self._in_order(self.refused[guard.refuses], guard.app)
        if guard.only_refuses:
            return refused
        own = {name for name in self.size if name.startswith(f"tests/{guard.app}/")}
        return refused + self._in_order(own.difference(refused), guard.app)

    def _in_order(self, names: Iterable[str], own: str) -> list[str]:
        files: dict[str, list[str]] = defaultdict(list)
        for name in sorted(names, key=lambda name: (not name.startswith(f"tests/{own}/"), self.size[name], name)):
            files[name.partition("::")[0]].append(name)
        return [name for few in (slice(3), slice(3, None)) for of_file in files.values() for name in of_file[few]]
