"""Tests whose acts really commit, so that threads and other processes see them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from accounts.acting import acting_as
from accounts.models import User
from rules.errors import RuleBroken

ROWS = (
    "accounts.migrations.0002_samsung_admins",
    "rules.migrations.0002_first_numbers",
    "rules.migrations.0003_consent_numbers",
    "rules.migrations.0004_upload_numbers",
    "rules.migrations.0005_delete_lines",
    "devices.migrations.0003_first_models",
    "rules.migrations.0006_license_numbers",
    "rules.migrations.0007_service_numbers",
    "rules.migrations.0008_alert_numbers",
    "rules.migrations.0009_alert_letters",
    "rules.migrations.0010_support_numbers",
    "rules.migrations.0011_customer_tags",
    "rules.migrations.0012_act_at_once",
    "licensing.migrations.0003_products",
)
"""The migrations that write rows. A transactional test empties every table when it ends."""


@pytest.fixture
def _as_migrated_afterwards(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL role TO portal_owner")  # as `migrate`: the portal may not write all of them
        for migration in ROWS:
            import_module(migration).add(apps, None)


@pytest.fixture
def committed(_as_migrated_afterwards: None, transactional_db: None) -> None:
    """What the test does really commits; afterwards the database is as `migrate` left it."""


@pytest.fixture
def _quick_passwords(settings: Any) -> None:
    """Argon2 is slow on purpose; in a race it would space out what shall happen at once."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act in a thread and connection of its own, all from the same moment on. A refusal is an answer."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(60)
            return act()
        except RuleBroken as no:
            return no
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result(90) for future in [threads.submit(run, act) for act in acts]]


def by(person: User, act: Callable[..., Any], *args: Any, **fields: Any) -> Callable[[], Any]:
    """The act of a person, for `at_once`."""

    def acting() -> Any:
        with acting_as(person):
            return act(*args, **fields)

    return acting


def until_somebody_waits() -> None:
    """Hold what the own transaction holds until another one waits for a lock."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        sleep(0.05)
    raise AssertionError("nobody waits")
