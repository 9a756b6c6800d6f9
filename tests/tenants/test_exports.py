"""CSV: safe cells, a long file made by the worker, mailed to the one who asked and to nobody else (knox.md 2.3)."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from portals.tasks import export_customers
from rules import settings as rule
from tenants import access, administrators, exports, roles
from tenants.export_steps import TRIES
from tenants.models import Customer, Export, Membership
from tenants.tasks import drop_ended_exports, make_waiting_exports
from tenants.times import written
from tests.mail.letters import letters, said
from tests.mail.worker import asked_of_the_worker
from tests.world import World, customer

MAKER = "portals.tasks.export_customers"


def ask(world: World, by: User, query: str = "") -> Export:
    with acting_as(by):
        return exports.request("customers", maker=MAKER, params={"query": query}, msp=world.aurora, by=by)


def made(world: World, by: User, query: str = "") -> Export:
    """Asked for, and made by the worker."""
    export = ask(world, by, query)
    export_customers(str(export.pk))
    return stored(export)


def stored(export: Export) -> Export:
    with as_operator():
        return Export.objects.get(pk=export.pk)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# Cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_run_gets_a_quote(first: str) -> None:
    assert exports.cell(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (5, "5"), ("Aurora", "Aurora"), ("a=1", "a=1"), ("", "")])
def test_other_values_stay_as_they_are(value: object, cell: str) -> None:
    assert exports.cell(value) == cell


# A lone carriage return is no character of a form, and csv reads it as the end of a line.
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1), min_size=1))
def test_any_rows_can_be_read_again(rows: list[list[str]]) -> None:
    text = "".join(exports.lines(rows))

    assert text.startswith("\ufeff")
    assert read(text.encode()) == [[exports.cell(value) for value in row] for row in rows]


# The short file --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_short_list_is_handed_out_at_once(world: World, client: Client) -> None:
    customer(world.aurora, world.alice, "=HYPERLINK(1)", city="-Bonn")
    client.force_login(world.alice)

    response = client.get(reverse("customer-export"))

    head, formula, *_ = read(response.content)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert (head[:2], formula[0], formula[11]) == (["Company name", "KCS Customer ID"], "'=HYPERLINK(1)", "'-Bonn")


@pytest.mark.django_db
def test_ticked_rows_alone_are_handed_out(world: World, client: Client) -> None:
    client.force_login(world.alice)

    response = client.get(reverse("customer-export"), {"kcs": [world.second.kcs_id, world.foreign.kcs_id]})

    assert [row[1] for row in read(response.content)[1:]] == [world.second.kcs_id]


# The long file ---------------------------------------------------------------------------------------------------


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


# Rights that became less ---------------------------------------------------------------------------------------------


def place_of(world: World, person: User) -> Membership:
    with as_operator():
        return Membership.objects.select_related("role").get(user=person, msp=world.aurora)


def limit(world: World, person: User, *customers: Customer) -> None:
    place = place_of(world, person)
    scope = Membership.Scope.SOME if customers else Membership.Scope.ALL
    with acting_as(world.alice):
        administrators.change(place, role=place.role, scope=scope, customers=customers, by=world.alice)


@pytest.mark.django_db
def test_files_of_somebody_who_is_limited_to_some_customers_go(world: World, client: Client) -> None:
    of_vera, of_alice = made(world, world.vera), made(world, world.alice)

    limit(world, world.vera, world.first)

    client.force_login(world.vera)
    page, file = (client.get(reverse(name, args=[of_vera.pk])) for name in ("export", "export-file"))
    assert (stored(of_vera).content, page.status_code, file.status_code) == (None, 410, 404)
    assert "Make the export again." in page.text
    assert stored(of_alice).content


@pytest.mark.django_db
def test_files_of_somebody_who_is_blocked_go_and_those_made_elsewhere_stay(world: World) -> None:
    here = made(world, world.mira)
    with acting_as(world.mira):
        there = exports.request("customers", maker=MAKER, params={"query": ""}, msp=world.borealis, by=world.mira)
    export_customers(str(there.pk))

    with acting_as(world.alice):
        administrators.block(place_of(world, world.mira), by=world.alice)

    assert stored(here).content is None
    assert stored(there).content


@pytest.mark.django_db
def test_files_stay_where_the_person_sees_as_much_or_more(world: World) -> None:
    of_tom, of_vera = made(world, world.tom), made(world, world.vera)

    limit(world, world.tom, world.first, world.second)
    limit(world, world.vera)

    assert stored(of_tom).content
    assert stored(of_vera).content


@pytest.mark.django_db
def test_files_of_everybody_with_a_role_go_when_it_gives_less(world: World) -> None:
    with acting_as(world.alice):
        role = roles.add(
            world.aurora, name="Reader", description="", chosen=[access.VIEW, access.LICENSES], by=world.alice
        )
        administrators.change(place_of(world, world.vera), role=role, by=world.alice)
    of_vera, of_mira = made(world, world.vera), made(world, world.mira)

    with acting_as(world.alice):
        roles.change(role, name="Reader", description="", chosen=[access.VIEW], by=world.alice)

    assert stored(of_vera).content is None
    assert stored(of_mira).content


@pytest.mark.django_db
def test_what_waits_is_made_of_what_the_person_may_still_see(world: World) -> None:
    export = ask(world, world.vera)

    limit(world, world.vera, world.first)
    export_customers(str(export.pk))

    assert [row[0] for row in read(exports.content(stored(export)))[1:]] == ["Fjordline Freight"]


@pytest.mark.django_db
def test_what_waits_for_somebody_who_was_blocked_is_not_made(world: World, time_machine: Any) -> None:
    export = ask(world, world.mira)
    with acting_as(world.alice):
        administrators.block(place_of(world, world.mira), by=world.alice)
    asked_of_the_worker()
    before = len(letters("mira@people.example"))

    export_customers(str(export.pk))
    time_machine.move_to(timezone.now() + timedelta(minutes=3))
    make_waiting_exports()

    ended = stored(export)
    assert (ended.state, ended.content, ended.lines, ended.ends_at is not None) == ("failed", None, None, True)
    assert asked_of_the_worker() == []
    assert len(letters("mira@people.example")) == before
    with as_operator():
        assert [one.verb for one in Event.objects.about(export)] == ["export.failed", "export.requested"]


# What goes wrong ---------------------------------------------------------------------------------------------------


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
