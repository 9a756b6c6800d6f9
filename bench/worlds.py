"""The large world, loaded once and kept in .local/bench/world: loading two million devices takes minutes.

It is loaded anew when a migration or the loader has changed. `rm -r .local/bench/world` throws it away.
"""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.database import ROOT, Database
from msp_portal.servers import Postgres

_DEVICES = int(os.environ.get("BENCH_DEVICES", "2_000_000"))
"""Fewer to try a bench."""
SMALL = {"msps": 3, "customers": 200, "devices": 20_000}
"""As many devices a customer as in the large one, and a usual MSP that fills a page of a list, too."""
LARGE = {"msps": max(_DEVICES // 4000, 20), "customers": max(_DEVICES // 100, 200), "devices": _DEVICES}


@contextmanager
def large(beside: Database) -> Iterator[Database]:
    """The large world, in a PostgreSQL that runs meanwhile, with the settings of the one of `make bench`."""
    server = Postgres(ROOT / ".local" / "bench" / "world", durable=False)
    server.start()
    try:
        kept = _at(beside, server.url("portal_owner", _name()))
        with closing(psycopg.connect(server.url("portal_owner"), autocommit=True)) as connection:
            _prepare(connection, kept)
        yield kept
    finally:
        server.stop()


def load(database: Database, size: dict[str, int]) -> None:
    """Make a world of this size; afterwards the owner of the tables is past the policies, others are not."""
    start = time.monotonic()
    database.manage("load_scale", *(f"--{name}={number}" for name, number in size.items()))
    with database.owner() as owner:
        owner.execute("VACUUM ANALYZE")
        walled = owner.execute("SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity").fetchall()
        for (table,) in walled:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # type: ignore[arg-type]
    print(f"loaded {size['devices']:,} devices in {time.monotonic() - start:.0f} s", flush=True)


def _prepare(connection: psycopg.Connection, kept: Database) -> None:
    """Load it unless it is there. It gets its name at the end: one that is half made is not taken for a world."""
    name = urlsplit(kept.url).path[1:]
    there = [row[0] for row in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'world%'")]
    if name in there:
        return
    for other in there:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(other)))
    half = _at(kept, urlsplit(kept.url)._replace(path="/world_half").geturl())
    connection.execute("CREATE DATABASE world_half")
    _at(half, half.url, role="portal_owner").manage("migrate", "--verbosity=0")
    load(half, LARGE)
    connection.execute(sql.SQL("ALTER DATABASE world_half RENAME TO {}").format(sql.Identifier(name)))


def _name() -> str:
    """One name for the same migrations, loader and size."""
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("portals/scale*.py")]
    told = sha256(repr(LARGE).encode())
    for file in sorted(files):
        told.update(file.read_bytes())
    return f"world_{told.hexdigest()[:16]}"


def _at(like: Database, url: str, *, role: str = "portal_app") -> Database:
    return Database(url, {**like.environment, "DATABASE_URL": url, "DATABASE_ROLE": role}, like.folder)
