"""A database for one bench: migrated by the owner, then asked as portal_app, and dropped at the end."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Database:
    """`url` signs in as the owner of the tables; Django in this process asks as portal_app."""

    url: str
    environment: dict[str, str]
    folder: Path

    @contextlib.contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        """The owner of the tables, past the walls: COPY is refused where there are some."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            yield connection


@contextlib.contextmanager
def opened(name: str) -> Iterator[Database]:
    server = os.environ["DATABASE_URL"]
    called = f"portal_{name}_{os.getpid()}"
    url = urlsplit(server)._replace(path=f"/{called}").geturl()
    asks = {"DATABASE_URL": url, "DATABASE_ROLE": "portal_app", "DJANGO_SETTINGS_MODULE": "msp_portal.settings"}
    asks["PORTAL_URL"] = "http://127.0.0.1:8000"
    folder = ROOT / ".local" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(called)))
        try:
            _migrate({**os.environ, **asks, "DATABASE_ROLE": "portal_owner"})
            os.environ.update(asks)
            django.setup()
            yield Database(url, {**os.environ}, folder)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(called)))


def _migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
