"""The newest figures of every bench as a table for docs/performance.md, from the files in .local/bench."""

import json
import os
from datetime import UTC, datetime
from typing import Any

from bench.database import ROOT
from bench.ratio import Ratio

FOLDER = ROOT / ".local" / "bench"


def keep(name: str, ratios: list[Ratio], raw: dict[str, Any]) -> None:
    """Ratios, raw figures, and how much else the machine had to do at the end (load average of five minutes)."""
    figures = [
        {"name": one.name, "value": one.value, "goal": one.goal, "at_most": one.at_most, "ok": one.is_ok}
        for one in ratios
    ]
    about = {"at": datetime.now(UTC).isoformat(timespec="minutes"), "load": os.getloadavg()[1], "cores": os.cpu_count()}
    (FOLDER / f"{name}.json").write_text(json.dumps({**about, "ratios": figures, "raw": raw}, indent=2))


def markdown() -> str:
    lines = ["| figure | goal | measured | load |", "|---|---|---|---|"]
    for file in sorted(FOLDER.glob("*.json")):
        found = json.loads(file.read_text())
        lines += [_line(one, found["load"]) for one in found["ratios"]]
    return "\n".join(lines)


def _line(one: dict[str, Any], load: float) -> str:
    goal = f"{'at most ' if one['at_most'] else ''}{one['goal']:g}"
    return f"| `{one['name']}` | {goal} | {one['value']:.2f} {'ok' if one['ok'] else 'short'} | {load:.0f} |"


if __name__ == "__main__":
    print(markdown())
