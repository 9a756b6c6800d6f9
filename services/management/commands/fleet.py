"""manage.py fleet: plays the phones of the customers against the portal, over HTTP, until it is stopped.

Each starts, enrolls with its customer's code, checks in, does what it is told after a moment, fails now and then; some
go silent. A lock that somebody presses in the portal reaches its state by itself.
"""

import contextlib
import json
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection
from django.db.models import Exists, F, OuterRef, Subquery

from accounts.acting import as_operator
from devices.models import Device, EnrollmentCode
from services.models import Command as Order
from services.models import Enrollment
from services.phones import Fleet, Manner, Phone, Portal

LOOK_EVERY = 5.0
"""Seconds. Devices that a person acts on meanwhile join in."""
MOST = 10
"""So many times the phones of the start may join."""
SECRETS = settings.BASE_DIR / ".local" / "fleet.json"


class Command(BaseCommand):
    help = "Plays N phones that do what the portal tells them, until it is stopped."
    stealth_options = ("stop",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--devices", type=int, default=30, help="how many phones at first")
        parser.add_argument("--url", default=settings.PORTAL_URL, help="where the portal is")
        parser.add_argument("--host", default="", help="name of the portal, where its address is another one")
        parser.add_argument("--failures", type=float, default=0.05, help="part of the commands that fail")
        parser.add_argument("--silent", type=float, default=0.02, help="part of the phones that go silent")
        parser.add_argument("--interval", type=float, default=2.0, help="seconds between two check-ins")
        parser.add_argument("--customer", default="", help="KCS Customer ID: its devices only")
        parser.add_argument("--file", type=Path, help='in place of the database: [{"identifier": …, "code": …}, …]')
        parser.add_argument("--secrets", type=Path, default=SECRETS, help="where the phones keep their secrets")
        parser.add_argument("--threads", type=int, default=4)

    def handle(self, *args: Any, stop: threading.Event | None = None, **options: Any) -> None:
        """`stop` ends it, and so do SIGTERM and SIGINT."""
        stop = stop or _on_signals()
        manner = Manner(options["interval"], options["failures"], options["silent"])
        memory = _Memory(options["secrets"])
        fleet = Fleet(Portal(options["url"], host=options["host"]), manner, keep=memory.keep)
        player = threading.Thread(target=fleet.run, kwargs={"until": stop, "threads": options["threads"]})
        player.start()
        while not stop.is_set():
            self._join(fleet, memory, options)
            stop.wait(LOOK_EVERY)
        player.join()

    def _join(self, fleet: Fleet, memory: "_Memory", options: dict[str, Any]) -> None:
        before = len(fleet.phones)
        if before >= options["devices"] * MOST:
            return
        with contextlib.suppress(Error):  # not migrated yet, or away for a while
            fleet.add(memory.phone(one, code) for one, code in _wanted(options, before))
        connection.close()
        if len(fleet.phones) > before:
            self.stdout.write(f"{len(fleet.phones)} phones")


def _wanted(options: dict[str, Any], there: int) -> list[tuple[str, str]]:
    """Identifier and code of those that shall play."""
    if options["file"]:
        told = json.loads(options["file"].read_text())
        return [(one["identifier"], one["code"]) for one in told][: options["devices"]]
    return _of_the_database(options["customer"], options["devices"], is_first=not there)


def _of_the_database(kcs_id: str, limit: int, *, is_first: bool) -> list[tuple[str, str]]:
    """Of customers with a code: at first those that were told something, those in services, then others; later only
    those that were told something, the newest first."""
    told = Order.objects.filter(device=OuterRef("pk"), state__in=Order.OPEN).order_by("-pk").values("pk")[:1]
    own = Enrollment.objects.filter(device=OuterRef("pk"))
    with as_operator():
        codes = dict(EnrollmentCode.objects.values_list("customer", "code"))
        devices = Device.objects.filter(customer__in=codes, state=Device.State.VERIFIED)
        devices = devices.filter(customer__kcs_id=kcs_id) if kcs_id else devices
        devices = devices.annotate(told=Subquery(told), is_in=Exists(own))
        devices = devices if is_first else devices.filter(told__isnull=False)
        wanted = devices.order_by(F("told").desc(nulls_last=True), "-is_in", "pk")[:limit]
        return [(device.identifier, codes[device.customer_id]) for device in wanted]


def _on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


class _Memory:
    """The secrets that the phones made up: a fleet that starts again plays the same phones."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._known: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError):
            self._known = json.loads(path.read_text())

    def phone(self, identifier: str, code: str) -> Phone:
        secret = self._known.get(identifier, "")
        return Phone(identifier, code, secret)

    def keep(self, phones: dict[str, Phone]) -> None:
        with self._lock:
            self._known |= {one.identifier: one.secret for one in list(phones.values())}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = self._path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(json.dumps(self._known))
            new.replace(self._path)
