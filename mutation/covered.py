"""Which test runs which lines, and what PostgreSQL refuses in it: a plugin of pytest for `make mutate`.

    pytest -p mutation.covered --covered .local/mutation/devices.json tests/devices

What a fixture of a module runs counts for the test that set it up; what runs while modules are imported, for nobody.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import psycopg
import pytest

from mutation.guards import APPS

ROOT = Path(__file__).resolve().parent.parent
_TOOL = sys.monitoring.COVERAGE_ID
_EVENTS = sys.monitoring.events


class Covered:
    """Writes down, for each test that passes, its seconds, its lines and the names in which it was refused."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.tests: dict[str, dict[str, Any]] = {}
        self.failed: set[str] = set()
        self.lines: dict[str, set[int]] = {}
        self.refused: set[str] = set()
        self.ours = tuple(f"{ROOT / app}/" for app in APPS)

    def pytest_sessionstart(self) -> None:
        sys.monitoring.use_tool_id(_TOOL, "mutation")
        sys.monitoring.register_callback(_TOOL, _EVENTS.LINE, self.ran)
        sys.monitoring.register_callback(_TOOL, _EVENTS.RAISE, self.raised)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        self.lines, self.refused, start = {}, set(), time.monotonic()
        sys.monitoring.restart_events()
        sys.monitoring.set_events(_TOOL, _EVENTS.LINE | _EVENTS.RAISE)
        done = yield
        sys.monitoring.set_events(_TOOL, 0)
        lines = {path: sorted(lines) for path, lines in self.lines.items()}
        seconds = round(time.monotonic() - start, 2)
        self.tests[item.nodeid] = {"seconds": seconds, "lines": lines, "refused": sorted(self.refused)}
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        passed = {name: test for name, test in self.tests.items() if name not in self.failed}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(passed))

    def ran(self, code: CodeType, line: int) -> Any:
        if code.co_filename.startswith(self.ours):
            self.lines.setdefault(code.co_filename[len(str(ROOT)) + 1 :], set()).add(line)
        return sys.monitoring.DISABLE

    def raised(self, code: CodeType, offset: int, error: BaseException) -> None:
        if isinstance(error, psycopg.Error):
            self.refused.update(_in_whose_name(error))


def _in_whose_name(error: psycopg.Error) -> Iterator[str]:
    """The constraint or index that refused, or the functions of the triggers that did."""
    if error.diag.constraint_name:
        yield error.diag.constraint_name
    for line in (error.diag.context or "").splitlines():
        if line.startswith("PL/pgSQL function "):
            yield line.split()[2].partition("(")[0]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--covered", type=Path, help="where to write which test runs which lines")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--covered"):
        config.pluginmanager.register(Covered(file))
