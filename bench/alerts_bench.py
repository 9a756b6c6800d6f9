"""What counting alerts costs: every customer recounted, beside one bare count of devices by customer.

20,000 customers of 200 MSPs with 2,000,000 devices, each in Mobile Enrollment and with an agent; every second customer
has devices to look at, every fifth silent ones, every tenth an upload that waits or a license that ends: 30,000 alerts.
Between two runs every hundredth customer gets another number, as in a busy quarter of an hour. The bare count takes
turns with the runs, so that a machine that gets slower meanwhile changes no figure. The goals are those of issue 8.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any, LiteralString

from django.db import connection, transaction

from accounts.acting import as_operator
from alerts import counting
from bench.alert_rows import Rows
from bench.database import Database
from bench.ratio import Ratio

FEW, MANY, RUNS = 2_000, 20_000, 5
_BARE: LiteralString = "SELECT customer_id, count(*) FROM devices_device GROUP BY customer_id"


def measure(database: Database) -> tuple[list[Ratio], dict[str, Any]]:
    rows = Rows(database)
    raw: dict[str, Any] = {}
    for size, first, last in (("few", 1, FEW), ("many", FEW + 1, MANY)):
        rows.add(first, last)
        raw[size] = _runs(rows, last)
    few, many = (median(raw[size]["recount"]) for size in ("few", "many"))
    bare = median(raw["many"]["bare"])
    print(f"recount: {few * 1000:,.0f} ms for {FEW:,} customers, {many * 1000:,.0f} ms for {MANY:,}; the first of all "
          f"{raw['many']['first'][0]:.1f} s; news of 1 in 100 customers {median(raw['many']['news']) * 1000:,.0f} ms; "
          f"bare count {bare * 1000:,.0f} ms")  # fmt: skip
    beside = median(one / other for one, other in zip(raw["many"]["recount"], raw["many"]["bare"], strict=True))
    return [
        Ratio("alerts_flat", (many / MANY) / (few / FEW), 1.2, at_most=True),
        Ratio("alerts_vs_count", beside, 5, at_most=True),
    ], raw


def _runs(rows: Rows, customers: int) -> dict[str, list[float]]:
    """Seconds of each run. Checks that the runs found what was made."""
    raw: dict[str, list[float]] = {"first": [_timed(_recount)], "recount": [], "bare": [], "news": []}
    rows.tidy()
    for run in range(RUNS + 1):
        changed = rows.change(run)
        recount, bare = _timed(_recount), _timed(_bare)
        rows.change(run)
        news = _timed(lambda changed=changed: counting.recount_customers(changed))  # type: ignore[misc]
        if run:  # the first loads what is loaded once
            raw["recount"].append(recount)
            raw["bare"].append(bare)
            raw["news"].append(news)
    assert rows.open_alerts() >= customers
    return raw


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _recount() -> None:
    counting.recount(full=True)


def _bare() -> None:
    with transaction.atomic(), as_operator(), connection.cursor() as cursor:
        cursor.execute(_BARE)
        cursor.fetchall()
