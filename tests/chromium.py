"""The browser of the browser tests: found, else installed, else the run stops. No such test is skipped in silence."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# The first opens a page in less than half the time of the others: it has no window, toolbar and menus of its own.
DEBIANS = ("chromium-headless-shell", "chromium")
NAMES = (*DEBIANS, "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLAYWRIGHTS_OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
ADVICE = (
    "The browser tests need Chromium, and none was found or could be installed. "
    "Install it (apt-get install chromium, or .venv/bin/playwright install --with-deps chromium), "
    "or say where it is: CHROMIUM=/path/to/chromium make test"
)


def find() -> str:
    """The path of a Chromium, installed now if there is none."""
    if given := os.environ.get("CHROMIUM"):
        return given if shutil.which(given) else _stop(f"CHROMIUM={given} is not a program that can be run.")
    # one test process installs, the others wait for it
    with (Path(tempfile.gettempdir()) / f"msp-portal-chromium-{os.getuid()}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _installed() or _install() or _stop(ADVICE)


def launch_args() -> list[str]:
    """Flags under which it starts as root and in a container, and leaves the network alone."""
    return [
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]


def _installed() -> str | None:
    """The system's, else Playwright's own, which is asked for elsewhere: pytest-playwright's loop runs here."""
    found = next(filter(None, map(shutil.which, (*(f"/usr/bin/{name}" for name in DEBIANS), *NAMES))), None)
    return found or shutil.which(subprocess.check_output([sys.executable, "-c", PLAYWRIGHTS_OWN], text=True).strip())


def _install() -> str | None:
    if _succeeds(sys.executable, "-m", "playwright", "install", "chromium"):
        return _installed()
    if os.geteuid() == 0 and shutil.which("apt-get") and _succeeds("apt-get", "update"):
        any(_succeeds("apt-get", "install", "--yes", "--no-install-recommends", name) for name in DEBIANS)
    return _installed()


def _succeeds(*command: str) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, timeout=600, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _stop(line: str) -> str:
    pytest.exit(line, returncode=1)
