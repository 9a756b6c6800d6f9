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

from msp_portal import servers

ROOT = Path(__file__).resolve().parent.parent
_TEMPLATE = "portal_bench_template"


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

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, check=True)


@contextlib.contextmanager
def opened(name: str) -> Iterator[Database]:
    server = os.environ["DATABASE_URL"]
    called = f"portal_{name}_{os.getpid()}"
    folder = ROOT / ".local" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(server, autocommit=True) as connection:
        _template(connection, server)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(called), sql.Identifier(_TEMPLATE))
        )
        try:
            database = _database(server, called)
            os.environ.update(database.environment)
            django.setup()
            yield database
        finally:
            servers.drop(connection, called)


def _template(connection: psycopg.Connection, server: str) -> None:
    """Migrated once for all benches of a run."""
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
        _database(server, _TEMPLATE, role="portal_owner").manage("migrate", "--verbosity=0")


def _database(server: str, name: str, *, role: str = "portal_app") -> Database:
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    asks = {"DATABASE_URL": url, "DATABASE_ROLE": role, "DJANGO_SETTINGS_MODULE": "msp_portal.settings"}
    return Database(url, {**os.environ, **asks}, ROOT / ".local" / "bench")
