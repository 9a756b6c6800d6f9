"""The portal as people use it: web, worker and beat as processes, with a database and a mail server of their own.

It runs beside the PostgreSQL and Valkey of `make test`, in another database of each, with the commands of
`make run`. Nothing in here knows a model: what tests see of the portal are its pages and its mail.
"""

import contextlib
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from redis import Redis

from msp_portal import servers
from msp_portal.run import COMMANDS, FLEET
from tests.live.inbox import Inbox, Letter

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 180
SECONDS_TO_STOP = 15
_PHONES = f"{FLEET} --failures 0 --silent 0 --secrets {{secrets}}"
"""None of them fails or goes silent, so that a test knows what comes."""


@dataclass(frozen=True)
class Process:
    """One of web, worker and beat, and the file it writes to."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path

    def end(self) -> None:
        """Wait for the leader, which was asked to stop; what then still runs of its group is killed."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(SECONDS_TO_STOP)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()


@dataclass(frozen=True)
class Stack:
    """The portal at `url`."""

    url: str
    database: str
    inbox: Inbox
    start: Callable[[str], Process]
    processes: list[Process]
    environment: dict[str, str]
    """What processes that are started from now on read."""

    def letter(self, to: str, subject: str, *, says: str = "") -> Letter:
        """The newest letter to this person with these words in its subject and `says` in its text. Waits for it."""
        return self.inbox.letter(to, subject, says=says)

    def kill(self, name: str) -> None:
        """kill -9 of one of the processes with its children."""
        (victim,) = (process for process in self.processes if process.name == name)
        os.killpg(victim.child.pid, signal.SIGKILL)
        victim.child.wait()
        self.processes.remove(victim)

    def restart_ended(self) -> None:
        """As who supervises the processes does: what has ended, by itself or by a kill, runs again."""
        self.processes[:] = [process for process in self.processes if process.child.poll() is None]
        running = {process.name for process in self.processes}
        self.processes.extend(self.start(name) for name in COMMANDS if name not in running)

    @contextlib.contextmanager
    def without(self, name: str) -> Iterator[None]:
        """One of the processes is killed on the spot, and started again afterwards."""
        self.kill(name)
        try:
            yield
        finally:
            self.processes.append(self.start(name))
            self.wait()

    @contextlib.contextmanager
    def fleet(self) -> Iterator[None]:
        """The phones of the demo's customers answer meanwhile."""
        phones = self.start("fleet")
        try:
            yield
        finally:
            phones.child.terminate()
            phones.end()

    @contextlib.contextmanager
    def setting(self, name: str, value: int) -> Iterator[None]:
        """One of Samsung's numbers (rules/) is another one meanwhile. They have no page yet."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            new = "INSERT INTO rules_setting (name, value, reason, since) VALUES (%s, %s, 'A test', now()) RETURNING id"
            row = connection.execute(new, (name, value)).fetchone()
            assert row
            yield
            connection.execute("DELETE FROM rules_setting WHERE id = %s", row)

    def logs(self) -> dict[str, str]:
        """What each process has written."""
        return {process.name: process.log.read_text(errors="replace") for process in self.processes}

    def stop(self) -> None:
        """Every process, by its id."""
        for process in self.processes:
            process.child.terminate()
        for process in self.processes:
            process.end()

    def wait(self) -> None:
        """Until every component answers."""
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._is_up():
            ended = [process.name for process in self.processes if process.child.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"The portal does not start. Ended: {ended}. Logs: {self.logs()}")
            time.sleep(0.3)

    def _is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):  # noqa: S310
                return True
        except OSError:
            return False


@contextlib.contextmanager
def running(folder: Path, *, number: int = 0, services: Mapping[str, str] = os.environ) -> Iterator[Stack]:
    """The whole portal with the demo in it. Its logs go to `folder`; stacks with another number do not meet.

    `services` names another PostgreSQL and Valkey than those of `make test`."""
    with contextlib.ExitStack() as started:
        inbox = started.enter_context(Inbox(free_port()))
        port = free_port()
        # not 127.0.0.1: a passkey belongs to a name, and browsers refuse one for an address
        url = f"http://localhost:{port}"
        environment = _environment(number, services) | {"PORT": str(port), "PORTAL_URL": url}
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{inbox.port}"
        started.enter_context(_database(environment["DATABASE_URL"], beside=services["DATABASE_URL"]))
        Redis.from_url(environment["REDIS_URL"]).flushdb()
        _manage("migrate", "--verbosity=0", environment={**environment, "DATABASE_ROLE": "portal_owner"})
        _manage("demo", environment=environment)
        start = partial(_start, environment=environment, folder=folder)
        stack = Stack(url, environment["DATABASE_URL"], inbox, start, [], environment)
        started.callback(stack.stop)
        for name in COMMANDS:
            stack.processes.append(start(name))
        stack.wait()
        yield stack


def _environment(number: int, services: Mapping[str, str]) -> dict[str, str]:
    """What the processes read: the services of `make test`, in databases of their own, as the application's role."""
    broker = urlsplit(services["REDIS_URL"])._replace(path=f"/{15 - number}")
    database = urlsplit(services["DATABASE_URL"])._replace(path=f"/portal_live_{os.getpid()}")
    return {
        **os.environ,
        "DATABASE_URL": database.geturl(),
        "DATABASE_ROLE": "portal_app",
        "REDIS_URL": broker.geturl(),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEBUG": "1",
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def _database(url: str, *, beside: str) -> Iterator[None]:
    """A new database, dropped afterwards whoever still looks at it. The server may be another process by then."""
    name = urlsplit(url).path[1:]
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield
    finally:
        with psycopg.connect(beside, autocommit=True) as connection:
            servers.drop(connection, name)


def _manage(*arguments: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]} failed:\n{done.stdout}{done.stderr}")


def _start(name: str, environment: dict[str, str], folder: Path) -> Process:
    words = {"python": sys.executable, "port": environment["PORT"], "schedule": folder / "beat"}
    words["secrets"] = folder / "fleet.json"
    command = {**COMMANDS, "fleet": _PHONES}[name].format(
        **{word: shlex.quote(str(value)) for word, value in words.items()}
    )
    log = folder / f"{name}.log"
    with log.open("ab") as output:
        child = subprocess.Popen(
            shlex.split(command), cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    return Process(name, child, log)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
