"""The migrated test database, and a copy of it that lacks a guard."""

import os

import psycopg

from msp_portal import servers

WHOLE, COPY = "test_portal", "test_mutant"


def at(database: str) -> str:
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{database}"


def without(sql: str) -> None:
    """A new copy that lacks what `sql` takes away. A test that hung may still hold the old one."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        servers.drop(connection, COPY)
        connection.execute(f"CREATE DATABASE {COPY} TEMPLATE {WHOLE}".encode())
    if sql:
        with psycopg.connect(at(COPY), options="-c role=portal_owner") as connection:
            connection.execute(sql.encode())
