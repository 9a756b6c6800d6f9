"""The servers that the project starts by itself."""

import os

import psycopg
import pytest

from msp_portal import servers


def test_a_database_is_dropped_whoever_still_looks_at_it() -> None:
    name, url = f"dropped_{os.getpid()}", os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as beside:
        beside.execute(f"CREATE DATABASE {name}".encode())
        inside = psycopg.connect(f"{url.rpartition('/')[0]}/{name}")

        servers.drop(beside, name)
        servers.drop(beside, name)

    with inside, pytest.raises(psycopg.OperationalError):
        inside.execute("SELECT 1")
