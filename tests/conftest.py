"""The ground of all tests: real PostgreSQL, asked as portal_app, and the cast (tests/world.py).

Run by `make test`, which starts PostgreSQL and Valkey and signs in as portal_owner. The test database is made
and migrated by the owner; from then on every connection is portal_app, for which the policies are written.
"""

import contextlib
import copy
import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.db import connection, connections, transaction
from xdist.scheduler import LoadScopeScheduling

from tests.world import World, build

# What only tests do: a transactional test empties the tables afterwards.
_TRUNCATE = "GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO portal_app"
_APP = {"options": "-c role=portal_app"}
# A busy machine is not a fault, and what a fixture made may serve all examples of a test.
hypothesis.settings.register_profile(
    "busy",
    deadline=None,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.data_too_large,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
hypothesis.settings.load_profile("busy")


def pytest_configure() -> None:
    """Pages in tests name their assets as they lie in assets/, and parallel runs count tries apart."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    settings.CACHES["default"]["LOCATION"] = f"{settings.REDIS_URL.rpartition('/')[0]}/{8 + worker}"
    with contextlib.suppress(AttributeError):
        del caches["default"]  # if an app asked for it while Django started
    if database := os.environ.get("TEST_DATABASE"):  # one that lacks a guard (mutation/)
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = database
    settings.DATABASES["default"]["OPTIONS"]["prepare_threshold"] = settings.PREPARED_AFTER  # as web processes do
    settings.SESSION_IDLE_SECONDS = 10**9  # people in tests travel through time; but not in test_idle.py
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


class OneStack(LoadScopeScheduling):
    """Parallel runs: the tests of the running portal stay together, because they share it; and races, because two
    crowds of fifty would need more connections than PostgreSQL gives. A file stays together, because it shares a
    world; but those with a test for each route or form come last, one by one, so that nobody waits for the other."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/races/"):
            return "races"
        if nodeid.startswith(("tests/live/", "tests/faq/", "tests/browser/")):
            return "live"
        return nodeid if nodeid.startswith(("tests/architecture/", "tests/bad_input/")) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> OneStack:
    return OneStack(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffle. The running portal is shared, and its demo has one direct customer."""
    items.sort(key=lambda item: mark.args[0] if (mark := item.get_closest_marker("late")) else 0)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(_TRUNCATE)
        for one in connections.all():
            one.close()
            one.settings_dict["OPTIONS"] = {**one.settings_dict.get("OPTIONS", {}), **_APP}
    yield
    with django_db_blocker.unblock():
        for one in connections.all():
            one.close()
            one.settings_dict["OPTIONS"]["options"] = "-c role=portal_owner"


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> None:
    """Counters of tries live in Valkey and would reach from one test into the next."""
    cache.clear()


@pytest.fixture(scope="module")
def _world_of_this_module(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once a module, inside a transaction around its tests: what a test does to it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(_world_of_this_module, db) -> World:
    """Two MSPs with customers, people of every kind, a direct customer, resellers, Samsung.

    Not for transactional tests: those call tests.world.build() themselves.
    """
    return copy.deepcopy(_world_of_this_module)
