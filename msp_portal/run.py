"""The portal's processes under one parent, and their end.

Each carries the name of its checkout in its environment, so that what a killed run left behind is found and stopped.
"""

import contextlib
import http.client
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path

import honcho.manager
import psutil

MARK = "MSP_PORTAL_RUN"
SECONDS_TO_STOP = 15  # a worker puts its task back within ten (CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT)
SECONDS_TO_ANSWER = 60
DEMO_ACCOUNTS = """\
  sam@samsung.example     Samsung admin
  kim@samsung.example     the second Samsung admin
  alice@aurora.example    super admin of Aurora, an MSP in Europe
  tom@aurora.example      technician of Aurora, limited to three of its customers
  bob@borealis.example    super admin of Borealis, an MSP in North America
  rita@resell.example     device reseller
  lena@licenses.example   license reseller in Europe
  carl@contoso.example    super admin of Contoso, a direct customer in Europe
  The password of each is knox-demo. Every mail sent is at {url}/mailbox/"""
COMMANDS = {
    "web": "{python} -m gunicorn msp_portal.wsgi --bind 127.0.0.1:{port} --worker-class gthread --workers 2 --threads 4"
    " --preload --no-control-socket",
    "beat": "{python} -m celery --app msp_portal --quiet beat --schedule {schedule} --pidfile= --loglevel WARNING",
    "worker": "{python} -m celery --app msp_portal --quiet worker --concurrency 2 --loglevel INFO"
    " --without-mingle --without-gossip",
}

FLEET = "{python} manage.py fleet --skip-checks --url http://127.0.0.1:{port} --devices 30 --interval 2"
"""Phones of the demo's customers. FLEET=0 leaves them out."""


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs: killed with its parent it may stay a zombie for long, which psutil calls running."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.is_running())
    except psutil.Error:
        return False


def wait_for_end(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """The processes that still run when the time is up."""
    deadline = time.monotonic() + seconds
    alive = [process for process in processes if is_alive(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [process for process in alive if is_alive(process)]
    return alive


def _send(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _belongs(process: psutil.Process, root: Path) -> bool:
    """Children carry the mark; what honcho forked looks like the supervisor it was forked from."""
    try:
        is_fork = process.cmdline()[-2:] == ["msp_portal.embedded", "run"] and process.cwd() == str(root)
        return bool(is_fork or process.environ().get(MARK) == str(root))
    except (OSError, psutil.Error):
        return False


def stop_leftovers(root: Path) -> None:
    """Stop what an earlier run in this checkout left behind when it was killed."""
    leftovers = [process for process in psutil.process_iter() if process.pid != os.getpid() and _belongs(process, root)]
    _send(leftovers, signal.SIGTERM)
    _send(wait_for_end(leftovers, SECONDS_TO_STOP), signal.SIGKILL)


class _Signals:
    """How honcho signals its children: the leader alone is asked to stop, or Celery's own children die in mid-task."""

    def terminate(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _commands(environment: Mapping[str, str], root: Path) -> dict[str, str]:
    schedule = shlex.quote(str(root / ".local" / "beat"))
    commands = COMMANDS
    if environment["DEBUG"] == "1" and environment.get("FLEET") != "0":
        commands = {**COMMANDS, "fleet": FLEET}
    words = {"python": shlex.quote(sys.executable), "port": environment["PORT"], "schedule": schedule}
    return {name: f"exec {command.format(**words)}" for name, command in commands.items()}


def supervise(environment: Mapping[str, str], root: Path) -> int:
    """Run web, beat, worker and the demo's phones until one ends or a signal comes. Zero if a person stopped them."""
    environment = {**environment, "PYTHONUNBUFFERED": "1"}
    honcho.manager.KILL_WAIT = SECONDS_TO_STOP
    manager = honcho.manager.Manager()
    manager._procmgr = _Signals()  # there is no public way
    for name, command in _commands(environment, root).items():
        manager.add_process(name, command, env=environment)
    # a process and not a thread, as honcho forks
    greeter = subprocess.Popen([sys.executable, "-m", "msp_portal.run"], env=environment, start_new_session=True)
    try:
        manager.loop()
    finally:
        greeter.terminate()
        greeter.wait()
        stop_leftovers(root)
    stopped_by_signal = manager.returncode in {130, 143}
    return 0 if stopped_by_signal else manager.returncode or 1


def _is_healthy(port: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):  # not listening yet
        return False
    finally:
        connection.close()


def greet(environment: Mapping[str, str]) -> None:
    """Load the demo while the portal starts; when every component is up, say where it is and who may sign in."""
    is_demo = environment["DEBUG"] == "1"
    if is_demo and subprocess.run([sys.executable, "manage.py", "demo", "--skip-checks"], check=False).returncode:
        print("\nThe demo could not be loaded. The lines above say why.\n", flush=True)
        return
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not _is_healthy(environment["PORT"]):
        if time.monotonic() > deadline:
            print(f"\nNot everything is up after {SECONDS_TO_ANSWER} seconds. The lines above say why.\n", flush=True)
            return
        time.sleep(0.5)
    url = environment["PORTAL_URL"]
    accounts = f"\n{DEMO_ACCOUNTS.format(url=url)}" if is_demo else ""
    print(f"\nThe portal is at {url}{accounts}\n  Ctrl-C stops it.\n", flush=True)


if __name__ == "__main__":
    greet(os.environ)
