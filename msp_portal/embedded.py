"""PostgreSQL and Valkey out of wheels, for a machine that has neither.

    python -m msp_portal.embedded run            the portal; what no variable gives is started here, its data in .local
    python -m msp_portal.embedded manage ...     manage.py beside the portal that runs in this checkout
    python -m msp_portal.embedded with COMMAND   COMMAND beside services of its own, which are removed afterwards

Django runs only in the processes started from here.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
from environ import Env
from psycopg import sql

from msp_portal import run as processes
from msp_portal.servers import ROLES, Postgres, Valkey, is_free, make_folder, secret

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
LAST_PORT = 2**16 - 1


def _lock(path: Path) -> IO[str] | None:
    """Held until the file is closed or this process ends; a record lock, as children do not inherit it."""
    file = path.open("w")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _say(line: str) -> None:
    print(f"\033[2m==>\033[0m {line}", flush=True)


def _manage(environment: dict[str, str], *arguments: str) -> None:
    code = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=False).returncode
    if code:
        sys.exit(code)


def _prepare_given(url: str) -> None:
    """The roles in a database that someone else runs, unless they exist or the login may not make them."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_agent') AND (rolsuper OR rolcreaterole)"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if row and row[0]:
            database = sql.Identifier(connection.info.dbname)
            connection.execute(ROLES.read_bytes())
            connection.execute(
                "GRANT portal_owner, portal_app, portal_operator, portal_reseller, portal_agent TO CURRENT_USER"
            )
            connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO portal_owner").format(database))
            connection.execute("GRANT CREATE ON SCHEMA public TO portal_owner")


def _database(stack: contextlib.ExitStack) -> tuple[str, str]:
    """Where the owner of the tables and the application sign in."""
    if given := os.environ.get("DATABASE_URL"):
        _prepare_given(given)
        return given, given
    _say("Starting PostgreSQL")
    postgres = Postgres(LOCAL / "postgres", durable=True)
    stack.callback(postgres.stop)
    postgres.start()
    return postgres.url("portal_owner"), postgres.url("portal_app")


def _broker(stack: contextlib.ExitStack) -> str:
    if given := os.environ.get("REDIS_URL"):
        return given
    _say("Starting Valkey")
    valkey = Valkey(LOCAL / "valkey", durable=True)
    stack.callback(valkey.stop)
    valkey.start()
    return valkey.url()


def _port() -> str:
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        sys.exit(f"PORT is {port}. Set it to a number from 1 to {LAST_PORT}: PORT=8001 make run")
    return port


def _defaults() -> dict[str, str]:
    """What the portal's own processes read, before the services are known. An empty variable is not set."""
    given = {name: value for name, value in os.environ.items() if value}
    port = _port()
    chosen = {"DEBUG": "0", "PORT": port, "PORTAL_URL": f"http://127.0.0.1:{port}", **given}
    chosen["DEBUG"] = "1" if chosen["DEBUG"].lower() in Env.BOOLEAN_TRUE_STRINGS else "0"  # as settings.py reads it
    if chosen["DEBUG"] == "1":
        chosen.setdefault("SECRET_KEY", secret(LOCAL / "secret_key"))
    if not chosen.get("SECRET_KEY"):
        sys.exit("SECRET_KEY is not set. With DEBUG=0 it is not made up: set it.")
    return chosen


def _run() -> int:
    environment = _defaults()
    with contextlib.ExitStack() as stack:
        owner, application = _database(stack)
        environment |= {"REDIS_URL": _broker(stack), "DATABASE_URL": application, "DATABASE_ROLE": "portal_app"}
        _say("Migrating")
        _manage({**environment, "DATABASE_URL": owner, "DATABASE_ROLE": "portal_owner"}, "migrate", "--verbosity=0")
        if environment["DEBUG"] != "1":
            _manage(environment, "collectstatic", "--no-input", "--verbosity=0")
        _say("Starting web, beat and worker")
        return processes.supervise(environment, ROOT)


def run() -> int:
    """The whole portal, until Ctrl-C. One at a time in a checkout."""
    os.chdir(ROOT)
    os.environ[processes.MARK] = str(ROOT)
    lock = _lock(make_folder(LOCAL) / "lock")
    if lock is None:
        sys.exit("This checkout runs already. Stop that run first (Ctrl-C in its terminal).")
    with lock:
        processes.stop_leftovers(ROOT)
        port = _port()
        if not is_free(int(port)):
            sys.exit(f"Port {port} is in use; PORT=8001 make run")
        return _run()


def manage(arguments: list[str]) -> int:
    """A command of manage.py as the running portal's own processes would do it: where they sign in, in their role."""
    os.chdir(ROOT)
    if lock := _lock(make_folder(LOCAL) / "lock"):
        lock.close()
        sys.exit("The portal does not run in this checkout. Start it in another terminal first: make run")
    environment = _defaults() | {"DATABASE_ROLE": "portal_app"}
    if "DATABASE_URL" not in environment:
        environment["DATABASE_URL"] = Postgres(LOCAL / "postgres", durable=True).url("portal_app")
    if "REDIS_URL" not in environment:
        environment["REDIS_URL"] = Valkey(LOCAL / "valkey", durable=True).url()
    return subprocess.run([sys.executable, "manage.py", *arguments], env=environment, check=False).returncode


@contextlib.contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder for this run alone, after removing those of runs that were killed."""
    tests = make_folder(LOCAL / "test")
    with (tests / "lock").open("w") as turn:
        fcntl.lockf(turn, fcntl.LOCK_EX)
        for folder in tests.glob("run-*"):
            _remove_if_dead(folder)
        mine = make_folder(Path(tempfile.mkdtemp(prefix="run-", dir=tests)))
        lock = _lock(mine / "lock")
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)
        if lock:
            lock.close()


def _remove_if_dead(folder: Path) -> None:
    if lock := _lock(folder / "lock"):
        with lock:
            for service in _services(folder):
                service.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _services(folder: Path) -> tuple[Postgres, Valkey]:
    return Postgres(folder / "postgres", durable=False), Valkey(folder / "valkey", durable=False)


def _beside(command: list[str], environment: dict[str, str]) -> int:
    """The command's exit code. A signal is the command's to answer; the services wait for its end."""
    child = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGINT, lambda *_: None)  # the terminal sends it to the command too
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code  # as a shell says it


def run_with(command: list[str]) -> int:
    """Run the command beside a PostgreSQL and a Valkey of its own, and hand back its exit code."""
    given = {name: value for name, value in os.environ.items() if name != "EMAIL_URL"}
    given.setdefault("MFA_REQUIRED", "0")  # people of tests and benches sign in with a password
    given.setdefault("LOG_REQUESTS", "0")  # and ask so often that one would not see what else is said
    with _own_folder() as folder, contextlib.ExitStack() as stack:
        postgres, valkey = _services(folder)
        for service in (postgres, valkey):
            stack.callback(service.stop)
            service.start()
        services = {"DATABASE_URL": postgres.url("portal_owner"), "REDIS_URL": valkey.url()}
        fixed = {"DATABASE_ROLE": "portal_owner", "SECRET_KEY": secrets.token_urlsafe(50), "DEBUG": "0"}
        fixed["PORTAL_URL"] = "http://127.0.0.1:8000"
        return _beside(command, given | services | fixed)


def main(arguments: list[str]) -> int:
    """What the command line asks for."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    match arguments:
        case ["run"]:
            return run()
        case ["manage", _, *_]:
            return manage(arguments[1:])
        case ["with", _, *_]:
            return run_with(arguments[1:])
    sys.exit(str(__doc__))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
