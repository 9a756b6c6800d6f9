"""Uploads of 100,000 lines with 2 % bad ones, walls on, from received to done; and the memory of 1,000,000 lines.

Compared with what the database can do at best (COPY of the same good rows into the same table, by its owner), and
with what is usually done (bulk_create of the same rows). The goals are those of issue 5.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from statistics import median
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from bench.database import ROOT, Database
from bench.ratio import Ratio
from devices import tasks, uploads
from devices.models import Approval, Device, DeviceModel, Upload
from tenants.models import Customer
from tests import world
from tests.architecture import bulk

LINES, BAD_IN_A_HUNDRED, RUNS, MANY = 100_000, 2, 3, 2_000_000
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
        raw[table] = {"upload": [], "copy": [], "bulk_create": []}
        for _ in range(RUNS):
            lines, good = scene.file(LINES)
            raw[table]["copy"].append(scene.copy(good))
            if not fill:
                raw[table]["bulk_create"].append(scene.bulk_create(good))
            raw[table]["upload"].append(scene.upload(lines, len(good)))
    raw["memory_mb"] = scene.memory()
    return _ratios(raw), raw


def _ratios(raw: dict[str, Any]) -> list[Ratio]:
    good = LINES * (100 - BAD_IN_A_HUNDRED) / 100
    upload, copy, bulk = (median(_seconds(raw["empty"][kind])) for kind in ("upload", "copy", "bulk_create"))
    full, full_copy = (median(_seconds(raw["of_2000000"][kind])) for kind in ("upload", "copy"))
    for name, seconds in (("upload", upload), ("upload_into_2000000", full)):
        print(f"{name}: {LINES / seconds:,.0f} lines/s")
    for name, seconds in (("copy", copy), ("copy_into_2000000", full_copy), ("bulk_create", bulk)):
        print(f"{name}: {good / seconds:,.0f} rows/s")
    phases = {name: round(median(one[name] for one in raw["empty"]["upload"]), 3) for name in raw["empty"]["upload"][0]}
    print("seconds:", ", ".join(f"{name} {seconds}" for name, seconds in phases.items()))
    rate = LINES / upload
    return [
        Ratio("upload_vs_copy", rate / (good / copy), 0.6),
        Ratio("upload_vs_bulk_create", rate / (good / bulk), 2),
        Ratio("upload_flat", upload / full, 0.7),
        Ratio("upload_memory_mb", raw["memory_mb"], 300, at_most=True),
    ]


def _seconds(figures: list[Any]) -> list[float]:
    return [sum(one.values()) if isinstance(one, dict) else one for one in figures]


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
            approval = self._approval(self.world.foreign)
            for numbers in batched(self._numbers(count), EACH // 2, strict=False):
                self._copy(self.world.foreign, approval, numbers)
        with self.database.owner() as owner:
            owner.execute("VACUUM ANALYZE")

    def file(self, count: int) -> tuple[list[str], list[str]]:
        """The lines of a file, and those of them that are good."""
        bad = count * BAD_IN_A_HUNDRED // 100
        good = self._numbers(count - bad)
        wrong = [f"{one[:-1]}{(int(one[-1]) + 1) % 10}" for one in good[: bad // 4]]
        elsewhere = [_imei(f"{tac}{number:06d}") for tac in (AMERICA, NOWHERE) for number in range(bad // 4)]
        lines = good + wrong + elsewhere + good[: bad - len(wrong) - len(elsewhere)]
        self.random.shuffle(lines)
        return lines, good

    def upload(self, lines: list[str], good: int) -> dict[str, float]:
        """Seconds of each phase, from received to done."""
        seconds, content = {}, "".join(f"{line}\n" for line in lines).encode()
        with acting_as(self.world.mira):
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

    def copy(self, good: list[str]) -> float:
        """Seconds of a bare COPY of the same rows into the same table, which is as before afterwards."""
        approval = self._approval(self.world.second)
        seconds = self._copy(self.world.second, approval, good)
        self._forget(approval)
        return seconds

    def bulk_create(self, good: list[str]) -> float:
        """Seconds of Django's bulk_create of the same rows, as the technician."""
        approval, now = self._approval(self.world.second), timezone.now()
        made = [
            Device(
                customer=self.world.second, approval_id=approval, model_id=self.model, imei=one,
                state="verified", added_at=now, modified_at=now,
            )
            for one in good
        ]  # fmt: skip
        start = time.perf_counter()
        with acting_as(self.world.mira), transaction.atomic():
            Device.objects.bulk_create(made)
        seconds = time.perf_counter() - start
        self._forget(approval)
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
        command = [sys.executable, "-m", "bench.worker", str(upload.pk)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.database.environment, check=True, capture_output=True, text=True
        )
        return float(done.stdout.split()[-1])

    def _numbers(self, count: int) -> list[str]:
        """So many IMEIs that no run has had, in no order."""
        room = range(len(TACS) * EACH)
        found = []
        while len(found) < count:
            fresh = {self.random.choice(room) for _ in range(count - len(found))} - self.used
            self.used |= fresh
            found += fresh
        self.random.shuffle(found)
        return [_imei(f"{TACS[one // EACH]}{one % EACH:06d}") for one in found]

    def _approval(self, customer: Customer) -> int:
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

    def _copy(self, customer: Customer, approval: int, identifiers: Sequence[str]) -> float:
        now = timezone.now().isoformat()
        rows = (
            f"{customer.pk}\t{approval}\t{self.model}\t{one}\tverified\t\t{{}}\t{now}\t{now}\n" for one in identifiers
        )
        text = "".join(rows).encode()
        with self.database.owner() as owner:
            owner.execute("ALTER TABLE devices_device NO FORCE ROW LEVEL SECURITY")
            start = time.perf_counter()
            with owner.cursor().copy(_COPY) as copy:
                copy.write(text)
            seconds = time.perf_counter() - start
            owner.execute("ALTER TABLE devices_device FORCE ROW LEVEL SECURITY")
        return seconds

    def _forget(self, approval: int) -> None:
        with self.database.owner() as owner:
            owner.execute("DELETE FROM devices_device WHERE approval_id = %s", [approval])
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


@contextmanager
def _timed(seconds: dict[str, float], phase: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[phase] = time.perf_counter() - start
