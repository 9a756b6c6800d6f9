"""A long CSV file is made by the worker, mailed to the one who asked and to nobody else (knox.md 2.3)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from portals.export_pages import LISTS
from portals.tasks import export_customers
from rules import settings as rule
from tenants import exports
from tenants.models import Export
from tenants.tasks import drop_ended_exports, make_waiting_exports
from tenants.times import written
from tests.mail.letters import letters, said
from tests.mail.worker import asked_of_the_worker
from tests.tenants.exporting import MAKER, ask, made, read, stored
from tests.world import World


@pytest.mark.django_db
def test_a_long_list_is_left_to_the_worker(
    world: World, client: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    asked_of_the_worker()  # by earlier tests
    rule.change("export_limit", to=1, reason="for this test", by=world.sam)
    client.force_login(world.alice)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.get(reverse("customer-export"), {"q": "f"})

    with acting_as(world.alice):
        assert not Export.objects.exists()  # one customer matches: that is not long
    assert response.status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        response = client.get(reverse("customer-export"), {"service": "KC"})

    with acting_as(world.alice):
        export = Export.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("export", args=[export.pk]))
    assert (export.state, export.params, export.msp_id) == ("waiting", {"query": "service=KC"}, world.aurora.pk)
    assert asked_of_the_worker() == [(MAKER, [str(export.pk)])]


@pytest.mark.django_db
def test_the_worker_makes_the_file_of_what_its_owner_sees(world: World) -> None:
    for_alice, for_tom = made(world, world.alice), made(world, world.tom)

    assert [row[0] for row in read(exports.content(for_alice))[1:]] == ["Fjordline Freight", "Lumen Retail"]
    assert [row[0] for row in read(exports.content(for_tom))[1:]] == ["Fjordline Freight"]
    assert (for_alice.state, for_alice.lines, for_tom.lines) == ("ready", 2, 1)


@pytest.mark.django_db
def test_the_file_holds_what_the_list_showed(world: World) -> None:
    export = made(world, world.alice, "q=lumen")

    assert [row[0] for row in read(exports.content(export))[1:]] == ["Lumen Retail"]


@pytest.mark.django_db
def test_the_owner_gets_a_letter_with_the_link_and_nobody_else_does(world: World) -> None:
    before = len(letters("tom@people.example"))

    export = made(world, world.alice)

    mail = letters("alice@aurora.example")[-1]
    until = written(export.ends_at, world.alice.zone)
    assert mail.subject == "Your export of customers is ready"
    assert said(mail) == [
        f"The file with 2 lines is ready. Sign in with this account to download it. We keep it until {until}."
    ]
    assert f"/exports/{export.pk}/" in mail.message
    assert "Fjordline" not in mail.message + mail.html_message
    assert len(letters("tom@people.example")) == before


@pytest.mark.django_db
def test_asking_and_making_are_recorded(world: World) -> None:
    export = made(world, world.tom)

    with as_operator():
        events = [(one.verb, one.actor_name, one.side, one.msp_id) for one in Event.objects.about(export)]
    assert events == [
        ("export.made", "Tom Example", "msp", world.aurora.pk),
        ("export.requested", "Tom Example", "msp", world.aurora.pk),
    ]


@pytest.mark.django_db
def test_a_task_that_comes_twice_makes_one_file_and_one_letter(world: World) -> None:
    first = made(world, world.alice)
    before = len(letters("alice@aurora.example"))

    export_customers(str(first.pk))

    assert stored(first).ready_at == first.ready_at
    assert len(letters("alice@aurora.example")) == before


@pytest.mark.django_db
def test_a_task_for_an_export_that_is_gone_does_nothing(world: World) -> None:
    export_customers("11111111-1111-4111-8111-111111111111")

    with as_operator():
        assert not Export.objects.exists()


@pytest.mark.django_db
def test_the_file_is_for_its_owner_alone(world: World, client: Client) -> None:
    export = made(world, world.tom)
    page, file = reverse("export", args=[export.pk]), reverse("export-file", args=[export.pk])
    answers = {}

    for reader in (world.tom, world.alice, world.bob, world.sam):
        client.force_login(reader)
        answers[reader.first_name] = (client.get(page).status_code, client.get(file).status_code)
    client.logout()

    assert answers == {"Tom": (200, 200), "Alice": (404, 404), "Bob": (404, 404), "Sam": (404, 404)}
    assert client.get(file).status_code == 302


@pytest.mark.django_db
def test_a_file_that_is_not_ready_cannot_be_downloaded(world: World, client: Client) -> None:
    export = ask(world, world.alice)
    client.force_login(world.alice)

    assert client.get(reverse("export", args=[export.pk])).status_code == 200
    assert client.get(reverse("export-file", args=[export.pk])).status_code == 404


def test_the_list_of_every_export_is_known() -> None:
    sources = [file.read_text() for file in settings.BASE_DIR.glob("*/**/*.py") if "tests" not in file.parts]

    asked = {what for text in sources for what in re.findall(r'exports\.request\(\s*"(\w+)"', text)}

    assert asked == set(LISTS)


@pytest.mark.django_db
@pytest.mark.parametrize("what", LISTS)
def test_the_page_stands_in_the_frame_of_its_msp_below_its_list(world: World, client: Client, what: str) -> None:
    with as_operator():
        export = Export.objects.create(id=uuid4(), user=world.alice, msp=world.aurora, what=what, maker=MAKER)
    client.force_login(world.alice)

    page = client.get(reverse("export", args=[export.pk])).text

    assert re.search(r"<small>\s*2 customers\s*</small>", page)
    assert f'<a href="{reverse(LISTS[what])}">{what.capitalize()}</a>' in page
    assert reverse("administrators") in page


@pytest.mark.django_db
def test_a_file_ends_after_seven_days_and_its_page_says_so(world: World, client: Client, time_machine: Any) -> None:
    export = made(world, world.alice)
    page, file = reverse("export", args=[export.pk]), reverse("export-file", args=[export.pk])
    assert export.ends_at == export.ready_at + timedelta(days=7)
    time_machine.move_to(export.ends_at, tick=False)
    client.force_login(world.alice)

    response = client.get(page)

    assert response.status_code == 410
    assert "Make the export again." in response.text
    assert client.get(file).status_code in (404, 410)


@pytest.mark.django_db
def test_the_sweeper_throws_ended_files_away_and_keeps_the_others(world: World, time_machine: Any) -> None:
    ended = made(world, world.alice)
    time_machine.move_to(ended.ends_at - timedelta(minutes=1))
    fresh = made(world, world.alice)
    time_machine.move_to(ended.ends_at)

    drop_ended_exports()

    assert (stored(ended).content, stored(ended).state) == (None, "ready")
    assert exports.content(stored(fresh)).startswith(b"\xef\xbb\xbf")


@pytest.mark.django_db
def test_the_sweeper_asks_again_for_an_export_whose_task_was_lost(world: World, time_machine: Any) -> None:
    asked_of_the_worker()  # by earlier tests
    lost, ready = ask(world, world.alice), made(world, world.alice)
    make_waiting_exports()
    assert asked_of_the_worker() == []

    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    make_waiting_exports()

    assert asked_of_the_worker() == [(MAKER, [str(lost.pk)])]
    assert ready.state == "ready"
