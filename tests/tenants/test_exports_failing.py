"""Exports that go wrong: tried again, given up, made anew."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import as_operator
from audit.models import Event
from portals.tasks import export_customers
from tenants.export_steps import TRIES
from tenants.models import Export
from tenants.tasks import make_waiting_exports
from tests.mail.letters import letters
from tests.mail.worker import asked_of_the_worker
from tests.tenants.exporting import MAKER, ask, stored
from tests.world import World


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Exports of customers that go wrong; the keys of those that were tried."""
    tried: list[str] = []

    def rows(export: Export) -> Any:
        tried.append(str(export.pk))
        yield ["Company name"]
        raise ZeroDivisionError

    monkeypatch.setattr("portals.tasks._customers", rows)
    return tried


@pytest.mark.django_db
def test_an_export_that_goes_wrong_is_tried_a_few_times_and_then_failed(world: World, broken: list[str]) -> None:
    export = ask(world, world.alice)
    states = []

    for _ in range(TRIES + 2):
        export_customers(str(export.pk))
        states.append(stored(export).state)

    assert states == ["waiting"] * (TRIES - 1) + ["failed"] * 3
    assert broken == [str(export.pk)] * TRIES


@pytest.mark.django_db
def test_a_worker_that_is_killed_spends_a_try(world: World, broken: list[str]) -> None:
    export = ask(world, world.alice)
    with as_operator():
        Export.objects.filter(pk=export.pk).update(tries=TRIES)

    export_customers(str(export.pk))

    assert (stored(export).state, broken) == ("failed", [])


@pytest.mark.django_db
def test_who_asked_reads_that_the_file_could_not_be_made(world: World, client: Client, broken: list[str]) -> None:
    export = ask(world, world.alice)
    for _ in range(TRIES):
        export_customers(str(export.pk))
    client.force_login(world.alice)

    page = client.get(reverse("export", args=[export.pk]))

    letter = letters("alice@aurora.example")[-1]
    assert page.status_code == 200
    assert "We could not make this file. Make the export again." in page.text
    assert "hx-trigger" not in page.text.partition('aria-label="Export"')[2].partition(">")[0]
    assert letter.subject == "Your export of customers could not be made"
    assert client.get(reverse("export-file", args=[export.pk])).status_code == 404
    with as_operator():
        assert Event.objects.about(export)[0].verb == "export.failed"


@pytest.mark.django_db
def test_the_sweeper_leaves_failed_exports_alone_and_asks_for_the_oldest_first(
    world: World, broken: list[str], time_machine: Any
) -> None:
    failed = ask(world, world.alice)
    for _ in range(TRIES):
        export_customers(str(failed.pk))
    exports_in_order = [ask(world, world.alice) for _ in range(4)]
    asked_of_the_worker()

    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    make_waiting_exports()

    assert asked_of_the_worker() == [(MAKER, [str(one.pk)]) for one in exports_in_order]


@pytest.mark.django_db
def test_a_file_whose_rights_ended_while_it_was_made_is_made_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(world, world.alice)

    def rows(one: Export) -> Any:
        yield ["Company name"]
        Export.objects.filter(pk=one.pk).update(ends_at=timezone.now())  # as whoever narrows the person's rights does

    with monkeypatch.context() as once:
        once.setattr("portals.tasks._customers", rows)
        export_customers(str(export.pk))
    void = stored(export)
    export_customers(str(export.pk))

    assert (void.state, void.content, stored(export).state) == ("waiting", None, "ready")


@pytest.mark.django_db
@pytest.mark.parametrize("half", [{"state": "ready"}, {"content": b"x"}, {"ready_at": timezone.now()}])
def test_a_half_made_export_cannot_be_stored(world: World, half: dict[str, Any]) -> None:
    export = ask(world, world.alice)

    with pytest.raises(IntegrityError, match="export_ready_has_a_file"), transaction.atomic(), as_operator():
        Export.objects.filter(pk=export.pk).update(**half)
