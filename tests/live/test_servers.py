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


@pytest.mark.parametrize(("typed", "means"), [("1", "1"), ("true", "1"), ("YES", "1"), ("0", "0"), ("False", "0")])
def test_debug_means_to_make_run_what_it_means_to_the_portal(
    typed: str, means: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBUG", typed)

    assert embedded._defaults()["DEBUG"] == means


@pytest.mark.parametrize("name", ["PORT", "PORTAL_URL", "EMAIL_URL", "DATABASE_URL", "REDIS_URL"])
def test_a_variable_that_is_empty_is_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "")

    assert embedded._defaults().get(name) in (None, "8000", "http://127.0.0.1:8000")


def test_while_debug_an_empty_key_is_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LOCAL", tmp_path)
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("SECRET_KEY", "")

    assert embedded._defaults()["SECRET_KEY"]


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_named(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(SystemExit, match=f"PORT is {port}. Set it to a number from 1 to 65535"):
        embedded._port()


def test_a_command_beside_a_portal_that_does_not_run_says_what_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LOCAL", tmp_path)

    with pytest.raises(SystemExit, match="The portal does not run in this checkout"):
        embedded.main(["manage", "check"])
