"""Uploads of 100,000 lines with 2 % bad ones, walls on, from received to done; and the memory of 1,000,000 lines.

Compared with what the database can do at best (COPY of as many good rows into the same table, by its owner), and with
what is usually done (bulk_create of such rows). The runs take turns, first one and then the other in front, and each
is compared with its neighbor: a machine that gets slower meanwhile changes no figure. The goals are those of issue 5.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from bench import cpu
from bench.database import ROOT, Database
from bench.ratio import Ratio
from devices import tasks, uploads
from devices.models import Approval, Device, DeviceModel, Upload
from tenants.models import Customer
from tests import world
from tests.architecture import bulk

LINES, BAD_IN_A_HUNDRED, RUNS, MANY = 100_000, 2, 5, 2_000_000
TACS = [f"{first}00" for first in (352143, 352207, 352281, 353317, 353392, 354408, 354473, 354529, 354586, 355614)]
AMERICA, NOWHERE = "35214301", "99000000"
CHUNK = 64 * 1024
EACH = 1_000_000
"""Numbers of one TAC."""


def measure(database: Database) -> tuple[list[Ratio], dict[str, Any]]:
    scene = Scene(database)
    raw: dict[str, Any] = {"lines": LINES, "runs": RUNS}
    for table, fill in (("empty", 0), ("of_2000000", MANY)):
        scene.fill(fill)
        raw[table] = {"upload": [], "copy": []}
        for run in range(RUNS):
            for kind in ("copy", "upload") if run % 2 else ("upload", "copy"):
                raw[table][kind].append(scene.run(kind))
        if not fill:
            raw[table]["bulk_create"] = [scene.run("bulk_create") for _ in range(RUNS // 2)]
    raw["memory_mb"], raw["xlsx_memory_mb"] = scene.memory(), scene.xlsx_memory()
    return _ratios(raw), raw


def _ratios(raw: dict[str, Any]) -> list[Ratio]:
    good = LINES * (100 - BAD_IN_A_HUNDRED) / 100
    empty, full = raw["empty"], raw["of_2000000"]
    for name, table, kind, count in (
        ("upload", empty, "upload", LINES), ("copy", empty, "copy", good), ("bulk_create", empty, "bulk_create", good),
        ("upload into 2,000,000", full, "upload", LINES), ("copy into 2,000,000", full, "copy", good),
    ):  # fmt: skip
        clock, used = _median(table[kind], "all"), _median(table[kind], "cpu")
        print(f"{name}: {count / clock:,.0f} a second; {clock:.2f} s by the clock, {used:.2f} s of CPU")
    phases = {name: round(_median(empty["upload"], name), 2) for name in ("receive", "check", "add")}
    print("upload:", ", ".join(f"{name} {seconds} s" for name, seconds in phases.items()))
    print(f"by CPU: upload_vs_copy {_beside(empty, 'cpu', good):.2f}, upload_flat {_flat(empty, full, 'cpu'):.2f}")
    bulk = LINES / _median(empty["upload"], "all") / (good / _median(empty["bulk_create"], "all"))
    return [
        Ratio("upload_vs_copy", _beside(empty, "all", good), 0.6),
        Ratio("upload_vs_bulk_create", bulk, 2),
        Ratio("upload_flat", _flat(empty, full, "all"), 0.7),
        Ratio("upload_memory_mb", raw["memory_mb"], 300, at_most=True),
        Ratio("upload_xlsx_memory_mb", raw["xlsx_memory_mb"], 300, at_most=True),
    ]


def _median(runs: list[dict[str, float]], what: str) -> float:
    return median([run[what] for run in runs])


def _beside(table: dict[str, Any], what: str, good: float) -> float:
    """Lines a second over the rows a second of the COPY beside it."""
    pairs = zip(table["upload"], table["copy"], strict=True)
    beside: list[float] = [(LINES / upload[what]) / (good / copy[what]) for upload, copy in pairs]
    return median(beside)


def _flat(empty: dict[str, Any], full: dict[str, Any], what: str) -> float:
    return _median(empty["upload"], what) / _median(full["upload"], what)


class Scene:
    """An MSP with 40 customers and its technician, and a table of devices."""

    def __init__(self, database: Database) -> None:
        self.database, self.random, self.used = database, random.Random(5), set[int]()
        self.world = world.build()
        bulk.add_customers(self.world.aurora, 40)
        with acting_as(self.world.mira), transaction.atomic():
            self.model = DeviceModel.objects.get(code="SM-S921B").pk

    def fill(self, count: int) -> None:
        """The table with so many devices of another MSP's customer, and nothing else."""
        with self.database.owner() as owner:
            owner.execute("TRUNCATE devices_upload CASCADE")
        if count:
            approval = self.approval(self.world.foreign)
            for numbers in batched(self.fresh(count), EACH // 2, strict=False):
                self._copy(self.world.foreign, approval, numbers)
        with self.database.owner() as owner:
            owner.execute("VACUUM ANALYZE")

    def run(self, kind: str) -> dict[str, float]:
        """Seconds by the clock (`all`) and of CPU, of one upload or of what it is compared with."""
        lines, good = self.file(LINES)
        if kind == "upload":
            return self.upload(lines, len(good))
        return self.copy(good) if kind == "copy" else self.bulk_create(good)

    def file(self, count: int) -> tuple[list[str], list[str]]:
        """The lines of a file, and those of them that are good."""
        bad = count * BAD_IN_A_HUNDRED // 100
        good = self.fresh(count - bad)
        wrong = [f"{one[:-1]}{(int(one[-1]) + 1) % 10}" for one in good[: bad // 4]]
        elsewhere = [_imei(f"{tac}{number:06d}") for tac in (AMERICA, NOWHERE) for number in range(bad // 4)]
        lines = good + wrong + elsewhere + good[: bad - len(wrong) - len(elsewhere)]
        self.random.shuffle(lines)
        return lines, good

    def upload(self, lines: list[str], good: int) -> dict[str, float]:
        """Seconds of each phase, from received to done."""
        seconds: dict[str, float] = {}
        content = "".join(f"{line}\n" for line in lines).encode()
        with acting_as(self.world.mira), _timed(seconds, "all", _backend()):
            with _timed(seconds, "receive"), transaction.atomic():
                upload = uploads.receive(
                    batched_bytes(content), name="devices.csv", by=self.world.mira, customer=self.world.first
                )
            with _timed(seconds, "check"):
                uploads.check(upload.pk)
            with _timed(seconds, "add"):
                uploads.apply(upload, by=self.world.mira)
                uploads.add(upload.pk)
        with acting_as(self.world.mira), transaction.atomic():
            upload.refresh_from_db()
        assert (upload.state, upload.lines, upload.added) == ("done", len(lines), good)
        tasks.tidy(upload.pk)
        return seconds

    def copy(self, good: list[str]) -> dict[str, float]:
        """Seconds of a bare COPY of the same rows into the same table, which is as before afterwards."""
        approval = self.approval(self.world.second)
        seconds = self._copy(self.world.second, approval, good)
        self.forget(approval, rows=len(good))
        return seconds

    def bulk_create(self, good: list[str]) -> dict[str, float]:
        """Seconds of Django's bulk_create of the same rows, as the technician."""
        approval, now = self.approval(self.world.second), timezone.now()
        made = [
            Device(
                customer=self.world.second, approval_id=approval, model_id=self.model, imei=one,
                state="verified", added_at=now, modified_at=now,
            )
            for one in good
        ]  # fmt: skip
        seconds: dict[str, float] = {}
        with acting_as(self.world.mira), _timed(seconds, "all", _backend()), transaction.atomic():
            Device.objects.bulk_create(made)
        self.forget(approval, rows=len(good))
        return seconds

    def memory(self) -> float:
        """Megabytes that a worker takes for a million lines, above what it takes before them."""
        self.fill(0)
        lines, _ = self.file(10 * LINES)
        content = "".join(f"{line}\n" for line in lines).encode()
        with acting_as(self.world.mira), transaction.atomic():
            upload = uploads.receive(
                batched_bytes(content), name="devices.csv", by=self.world.mira, customer=self.world.first,
                add_at_once=True,
            )  # fmt: skip
        return float(self._program("worker", upload.pk).split()[-1])

    def xlsx_memory(self) -> float:
        """The same for reading a spreadsheet of a million lines and four columns. It is made in a process, too."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "devices.xlsx"
            self._program("workbook", path, 10 * LINES)
            return float(self._program("workbook", path, 10 * LINES).split()[-1])

    def _program(self, name: str, *arguments: object) -> str:
        command = [sys.executable, "-m", f"bench.{name}", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.database.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def fresh(self, count: int) -> list[str]:
        """So many IMEIs that no run has had, in no order."""
        room = range(len(TACS) * EACH)
        found: list[int] = []
        while len(found) < count:
            fresh = {self.random.choice(room) for _ in range(count - len(found))} - self.used
            self.used |= fresh
            found += fresh
        self.random.shuffle(found)
        return [_imei(f"{TACS[one // EACH]}{one % EACH:06d}") for one in found]

    def approval(self, customer: Customer) -> int:
        with as_operator():
            upload = Upload.objects.create(
                channel="msp", customer=customer, target=customer, file_name="bench", file_hash="", size=0,
                state="done", ended_at=timezone.now(),
            )  # fmt: skip
            approval = Approval.objects.create(
                upload=upload, customer=customer, sender_name="Bench", channel="msp", state="approved",
                decided_at=timezone.now(),
            )  # fmt: skip
        return approval.pk

    def _copy(self, customer: Customer, approval: int, identifiers: Sequence[str]) -> dict[str, float]:
        seconds: dict[str, float] = {}
        now = timezone.now().isoformat()
        rows = (
            f"{customer.pk}\t{approval}\t{self.model}\t{one}\tverified\t\t{{}}\t{now}\t{now}\n" for one in identifiers
        )
        text = "".join(rows).encode()
        with self.database.owner() as owner:
            owner.execute("ALTER TABLE devices_device NO FORCE ROW LEVEL SECURITY")
            with _timed(seconds, "all", owner.info.backend_pid), owner.cursor().copy(_COPY) as copy:
                copy.write(text)
            owner.execute("ALTER TABLE devices_device FORCE ROW LEVEL SECURITY")
        return seconds

    def forget(self, approval: int, *, rows: int) -> None:
        """Take away the devices of an approval, which are so many."""
        with self.database.owner() as owner:
            gone = owner.execute("DELETE FROM devices_device WHERE approval_id = %s", [approval]).rowcount
            assert gone == rows
            owner.execute("VACUUM devices_device")


_COPY = (
    "COPY devices_device (customer_id, approval_id, model_id, imei, state, order_number, tags, added_at, modified_at)"
    " FROM STDIN"
)


def batched_bytes(content: bytes) -> Iterator[bytes]:
    """As a request hands them out."""
    for at in range(0, len(content), CHUNK):
        yield content[at : at + CHUNK]


def _imei(fourteen: str) -> str:
    digits = [int(digit) * (1 + place % 2) for place, digit in enumerate(fourteen)]
    return fourteen + str(-sum(digit - 9 * (digit > 9) for digit in digits) % 10)  # noqa: PLR2004


def _backend() -> int:
    """The process of PostgreSQL that answers this one."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


@contextmanager
def _timed(seconds: dict[str, float], phase: str, backend: int | None = None) -> Iterator[None]:
    """By the clock; with a backend, also what this process and that one have spent (`cpu`)."""
    start, before = time.perf_counter(), cpu.spent(backend) if backend else 0.0
    yield
    seconds[phase] = time.perf_counter() - start
    if backend:
        seconds["cpu"] = cpu.spent(backend) - before
