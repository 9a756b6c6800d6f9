"""Uploads whose web, worker or database is killed at a random moment. Run as a program beside a database of its own.

Prints one line of JSON a round: what was killed and when, and how the upload ended. Web and worker are forked from
here, so that a round takes no start of Python; they do what the view and the tasks do, and die by SIGKILL.

    python -m tests.live.upload_kills FOLDER ROUNDS SEED GOOD TWICE BAD

FOLDER holds the PostgreSQL that is killed, too; the last three are the lines of each file.
"""

import contextlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.db import Error, connection  # noqa: E402  (apps first)

from accounts.acting import acting_as, as_operator  # noqa: E402
from devices import upload_steps, uploads  # noqa: E402
from devices.models import Approval, Device, Upload, UploadLine  # noqa: E402
from msp_portal.servers import Postgres  # noqa: E402
from tests import world  # noqa: E402
from tests.devices.sending import csv, imeis  # noqa: E402

BLOCK = 100
STEPS = {"waiting": uploads.check, "checking": uploads.check, "adding": uploads.add}
SECONDS_FOR_A_ROUND = 60


class Rounds:
    """The same MSP sends a file each round; what is left at its end is counted."""

    def __init__(self, folder: Path, lines: tuple[int, int, int], seed: int) -> None:
        self.postgres, self.chance = Postgres(folder, durable=True), random.Random(seed)  # noqa: S311  (moments, no secrets)
        self.good, self.twice, self.bad = lines
        self.cast, self.number, self.seconds = world.build(), 0, 0.0

    def one(self, victim: str) -> dict[str, object]:
        """Send, kill the victim meanwhile, let whoever is left go on, and count. Nobody is killed in the first."""
        self.number += 1
        start = time.monotonic()
        children = {"web": _fork(self._send), "worker": _fork(_work)}
        after = self._kill(victim, children)
        _wait(children["web"])
        while not _asked(self._is_there):
            _wait(_fork(self._send))  # the browser says that it failed, and the person sends it again
        self._let_work(children["worker"])
        self.seconds = self.seconds or time.monotonic() - start
        return {"killed": victim, "after": after} | _asked(self._found)

    def _kill(self, victim: str, children: dict[str, int]) -> float:
        after = self.chance.uniform(0, self.seconds * (0.1 if victim == "web" else 0.9))
        time.sleep(after)
        if victim == "database":
            server = self.postgres._server()
            assert server
            connection.close()
            server.kill()
            self.postgres.start()
        elif victim:
            with contextlib.suppress(ProcessLookupError):
                os.kill(children[victim], signal.SIGKILL)
        return round(after, 3)

    def _let_work(self, worker: int) -> None:
        """Until the upload has ended; a worker that died is started again, as whoever supervises it does."""
        deadline = time.monotonic() + SECONDS_FOR_A_ROUND
        while _asked(self._state) in Upload.RUNNING and time.monotonic() < deadline:
            if os.waitpid(worker, os.WNOHANG)[0]:
                worker = _fork(_work)
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(worker, signal.SIGKILL)
            _wait(worker)

    def _send(self) -> None:
        good = imeis(self.good, first=self.number * self.good)
        lines = [*good, *good[: self.twice], *(["bad"] * self.bad)]
        with acting_as(self.cast.alice), contextlib.suppress(uploads.SentBefore):
            uploads.receive(csv(lines), name=self._name, by=self.cast.alice, customer=self.cast.first, add_at_once=True)

    @property
    def _name(self) -> str:
        return f"round {self.number}.csv"

    def _is_there(self) -> bool:
        return Upload.objects.filter(file_name=self._name).exists()

    def _state(self) -> str:
        return str(Upload.objects.get(file_name=self._name).state)

    def _found(self) -> dict[str, object]:
        """The counts of the upload, and what is really there."""
        upload = Upload.objects.get(file_name=self._name)
        lines = UploadLine.objects.filter(upload=upload)
        return {
            "state": upload.state,
            "counts": [upload.lines, upload.added, upload.errors],
            "lines": lines.values("number").distinct().count(),
            "bad": lines.exclude(problem="").count(),
            "devices": Device.objects.filter(approval__upload=upload).count(),
            "approved": list(Approval.objects.filter(upload=upload).values_list("devices", flat=True)),
        }


def _work() -> None:
    """A worker: whatever waits, until it is killed."""
    while True:
        with as_operator():
            waiting = Upload.objects.filter(state__in=Upload.RUNNING).values_list("pk", "state").first()
        if waiting:
            STEPS[waiting[1]](waiting[0])
        else:
            time.sleep(0.01)


def _fork(act: Callable[[], None]) -> int:
    connection.close()  # no two processes on one
    child = os.fork()
    if child:
        return child
    try:
        act()
    except BaseException:
        os._exit(1)
    os._exit(0)


def _wait(child: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _asked[Answer](question: Callable[[], Answer]) -> Answer:
    """Of the database, as soon as it is up again."""
    for _ in range(100):
        try:
            with as_operator():
                return question()
        except Error:
            connection.close()
            time.sleep(0.1)
    raise RuntimeError("The database does not come back.")


def main(folder: Path, rounds: int, seed: int, *lines: int) -> None:
    upload_steps.BLOCK = BLOCK
    good, twice, bad = lines
    all_of_them = Rounds(folder, (good, twice, bad), seed)
    all_of_them.one("")
    for number in range(rounds):
        print(json.dumps(all_of_them.one(("worker", "web", "database")[number % 3])), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
