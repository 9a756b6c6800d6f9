"""Two workers with one export, and somebody who is limited while a worker is at it."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest
from django.db import connection

from accounts.acting import acting_as, as_operator
from portals.tasks import export_customers
from tenants import administrators, exports
from tenants.models import Export, Membership
from tests import world as cast
from tests.races.committed import at_once, by
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")
PATIENCE = 30


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


class Slow:
    """Vera's export, of which a worker writes the head and then waits."""

    working: Future[None]

    def __init__(self, world: World) -> None:
        self.began, self.goes_on = Event(), Event()
        with acting_as(world.vera):
            params = {"query": ""}
            self.export = exports.request("customers", maker="none", params=params, msp=world.aurora, by=world.vera)

    def rows(self, export: Export) -> Iterator[list[str]]:
        yield ["Company name"]
        self.began.set()
        assert self.goes_on.wait(PATIENCE)

    def work(self) -> None:
        try:
            export_customers(str(self.export.pk))
        finally:
            connection.close()


@pytest.fixture
def slow(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(world)
    monkeypatch.setattr("portals.tasks._customers", slow.rows)
    with ThreadPoolExecutor(1) as worker:
        slow.working = worker.submit(slow.work)
        assert slow.began.wait(PATIENCE)
        yield slow
        slow.goes_on.set()


def stored(export: Export) -> Export:
    with as_operator():
        return Export.objects.get(pk=export.pk)


def test_a_second_worker_does_not_wait_for_the_first(slow: Slow) -> None:
    done = at_once(partial(export_customers, str(slow.export.pk)))

    assert done == [None]
    assert (stored(slow.export).state, stored(slow.export).tries) == ("waiting", 1)


def test_who_is_limited_meanwhile_gets_no_file_of_what_was_seen_before(slow: Slow, world: World) -> None:
    with as_operator():
        place = Membership.objects.select_related("role").get(user=world.vera, msp=world.aurora)
    limited = {"role": place.role, "scope": Membership.Scope.SOME, "customers": [world.first]}

    (done,) = at_once(by(world.alice, administrators.change, place, **limited, by=world.alice))  # waits for nobody
    slow.goes_on.set()
    slow.working.result(PATIENCE)

    assert done.scope == "some"
    assert (stored(slow.export).state, stored(slow.export).content) == ("waiting", None)
