"""Measures. Run by `make bench`, which starts PostgreSQL and Valkey; ARGS names the benches, all if there is none.

Each prints lines `ratio NAME VALUE GOAL ok|short` and leaves its raw figures in .local/bench/NAME.json; after several
comes the table for docs/performance.md, which `python -m bench.table` makes of those files, too.
"""

import importlib
import pkgutil
import subprocess
import sys

import bench
from bench import table
from bench.database import Database, opened
from bench.ratio import Ratio

KNOWN = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name.endswith("_bench")]


def main(names: list[str]) -> int:
    """The exit code tells whether every goal was reached."""
    chosen = [f"{name}_bench" for name in names] or KNOWN
    if unknown := sorted(set(chosen) - set(KNOWN)):
        sys.exit(f"No bench {unknown}. There are {[name.removesuffix('_bench') for name in KNOWN]}.")
    if len(chosen) == 1:
        return _run(*chosen)
    code = max([_apart(name) for name in chosen])
    print(table.markdown())
    return code


def _apart(name: str) -> int:
    """In a process of its own: Django keeps to one database."""
    return subprocess.run([sys.executable, "-m", "bench", name.removesuffix("_bench")], check=False).returncode


def _run(name: str) -> int:
    with opened(name) as database:
        ratios, raw = _measured(name, database)
    for ratio in ratios:
        print(ratio.line, flush=True)
    table.keep(name.removesuffix("_bench"), ratios, raw)
    return int(not all(ratio.is_ok for ratio in ratios))


def _measured(name: str, database: Database) -> tuple[list[Ratio], dict[str, object]]:
    measured: tuple[list[Ratio], dict[str, object]] = importlib.import_module(f"bench.{name}").measure(database)
    return measured


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
