"""What services cost at scale: a bulk action on 10,000 devices beside one on 100, and check-ins beside a bare view.

Both sizes take turns with the same action (assign a profile, with a seat, a command and a row of history for each
device; then leave again), and each pair is compared with itself: a machine that gets slower meanwhile changes no
figure. The goals are those of issue 7.
"""

import time
from statistics import median
from typing import Any

from bench import checkins
from bench.database import Database
from bench.ratio import Ratio
from tests import world
from tests.services.ground import Ground, These, ground

FEW, MANY, RUNS = 100, 10_000, 7


def measure(database: Database) -> tuple[list[Ratio], dict[str, Any]]:
    kc = ground(world.build(), devices=MANY + FEW, seats=MANY + FEW)
    ids = [one.pk for one in kc.devices]
    raw = _actions(database, kc, ids)
    raw["agents"] = checkins.measure(database, kc.customer, ids)
    few, many = (median(raw[size]) * 1000 for size in ("few", "many"))
    print(f"action: {few:.3f} ms a device for {FEW}, {many:.3f} ms for {MANY:,}")
    agents = raw["agents"]
    print(f"check-ins: {median(agents['checkins']):,.0f} a second; bare view: {median(agents['bare']):,.0f}")
    flat = median(many / few for many, few in zip(raw["many"], raw["few"], strict=True))
    return [
        Ratio("action_flat", flat, 1.0, at_most=True),
        Ratio("checkins_vs_bare", agents["checkins_vs_bare"], 0.5),
    ], raw


def _actions(database: Database, kc: Ground, ids: list[int]) -> dict[str, Any]:
    """Seconds a device of each run."""
    profile = kc.thing()
    raw: dict[str, Any] = {"few": [], "many": []}
    sizes = {"few": ids[:FEW], "many": ids[FEW:]}
    with database.owner() as owner:
        owner.execute("VACUUM ANALYZE")
    for run in range(RUNS + 1):
        for size in sorted(sizes, reverse=bool(run % 2)):
            seconds = _timed(kc, sizes[size], profile)
            if run:  # the first loads what is loaded once
                raw[size].append(seconds / len(sizes[size]))
    return raw


def _timed(kc: Ground, ids: list[int], profile: Any) -> float:
    start = time.perf_counter()
    kc.act("assign", These(kc.customer, ids), thing=profile)
    seconds = time.perf_counter() - start
    kc.act("unassign", These(kc.customer, ids))
    return seconds
