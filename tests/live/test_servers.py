"""The servers that the project starts by itself."""

import os
from pathlib import Path

import psycopg
import pytest

from msp_portal import embedded, servers


def test_a_database_is_dropped_whoever_still_looks_at_it() -> None:
    name, url = f"dropped_{os.getpid()}", os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as beside:
        beside.execute(f"CREATE DATABASE {name}".encode())
        inside = psycopg.connect(f"{url.rpartition('/')[0]}/{name}")

        servers.drop(beside, name)
        servers.drop(beside, name)

    with inside, pytest.raises(psycopg.OperationalError):
        inside.execute("SELECT 1")


def test_a_command_beside_a_portal_that_does_not_run_says_what_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LOCAL", tmp_path)

    with pytest.raises(SystemExit, match="The portal does not run in this checkout"):
        embedded.main(["manage", "check"])
