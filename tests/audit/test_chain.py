"""The chain of history: whole after any act, and whatever was done to it in secret is found."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.acting import as_operator
from audit import chain, events, tasks
from audit.models import Event, Seal, Side, Unsealed
from tests.world import customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(world):
    """Three links, the last with one event, and an event that waits."""
    for name in ("One", "Two", "Three"):
        events.record("model.added", world.first, by=world.sam, side=Side.SAMSUNG, region=name)
        chain.seal()
    events.record("model.added", world.first, by=world.sam, side=Side.SAMSUNG, region="Four")
    return world


def all_events():
    with as_operator():
        return list(Event.objects.order_by("pk"))


def links():
    with as_operator():
        return list(Seal.objects.order_by("number"))


def in_secret(statement, *params):
    """As somebody who owns the database and switches its guards off."""
    guarded = ("audit_event", "audit_seal")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_owner")
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, params)
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET LOCAL ROLE portal_app")


def test_what_people_do_is_whole_sealed_or_not(sealed):
    customer(sealed.aurora, sealed.alice, "Kestrel “Süd”\n\t\\ 🙂 \x7f")

    before = chain.problems()
    chain.seal()

    assert (before, chain.problems()) == ([], [])


def test_every_event_is_sealed_once_and_in_order(sealed):
    chain.seal()

    held = [one for link in links() for one in link.events]
    with as_operator():
        waiting = Unsealed.objects.count()
    assert held == [one.pk for one in all_events()]
    assert waiting == 0


def test_sealing_twice_adds_no_empty_link(sealed):
    chain.seal()
    before = len(links())

    chain.seal()

    assert len(links()) == before


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'", "verb = 'model.changed'", "actor_id = actor_id + 1", "actor_name = 'Eve'",
        "side = 'msp'", "msp_id = 1", "customer_id = 1", "reseller_id = 1", "license_reseller_id = 1",
        "target_type = 'x'", "target_id = '0'", "target_name = 'x'", "detail = '{}'", "request_id = 'x'",
        "address = '192.0.2.1'", "salt = NULL", "kept = digest", "digest = sha256('')",
    ],
)  # fmt: skip
@pytest.mark.parametrize("which", [-2, -1], ids=["sealed", "waiting"])
def test_a_changed_event_is_found(sealed, change, which):
    pk = all_events()[which].pk

    in_secret(f"UPDATE audit_event SET {change} WHERE id = %s", pk)  # noqa: S608  (from the list above)

    assert f"Event {pk} was changed." in chain.problems()


def test_a_change_that_makes_its_digest_anew_is_found_by_the_link(sealed):
    pk = all_events()[-2].pk

    in_secret("UPDATE audit_event SET actor_name = 'Eve' WHERE id = %s", pk)
    in_secret("UPDATE audit_event e SET digest = audit_digest(e) WHERE id = %s", pk)

    assert chain.problems() == ["Link 3 does not hold what it sealed, or does not follow the link before it."]


@pytest.mark.parametrize("which", [0, -2, -1], ids=["first", "sealed", "waiting"])
def test_a_removed_event_is_found(sealed, which):
    pk = all_events()[which].pk

    in_secret("DELETE FROM audit_event WHERE id = %s", pk)

    assert f"Event {pk} was removed." in chain.problems()


def test_two_events_that_changed_places_are_found(sealed):
    one, other = (event.pk for event in all_events()[-3:-1])

    in_secret("UPDATE audit_event SET id = CASE id WHEN %s THEN -1 ELSE -2 END WHERE id IN (%s, %s)", one, one, other)
    in_secret("UPDATE audit_event SET id = CASE id WHEN -1 THEN %s ELSE %s END WHERE id < 0", other, one)

    assert {f"Event {one} was changed.", f"Event {other} was changed."} <= set(chain.problems())


def test_an_event_that_was_put_in_is_found(sealed):
    pk = all_events()[-1].pk + 1

    in_secret(
        """INSERT INTO audit_event (id, at, verb, actor_name, side, target_type, target_id, target_name, detail,
                                    request_id, digest, salt)
           SELECT %s, at, verb, actor_name, side, target_type, target_id, target_name, detail, request_id, digest, salt
             FROM audit_event ORDER BY id DESC LIMIT 1""",
        pk,
    )

    assert chain.problems() == [f"Event {pk} came in behind the back of the chain."]


def test_an_order_inside_a_link_is_held(sealed):
    first = links()[0]

    in_secret("UPDATE audit_seal SET events = %s WHERE number = 1", [*first.events[1:], first.events[0]])

    assert chain.problems() == ["Link 1 does not hold what it sealed, or does not follow the link before it."]


def test_a_removed_link_is_found(sealed):
    in_secret("DELETE FROM audit_seal WHERE number = 2")

    assert "Link 2 is missing." in chain.problems()


def test_a_chain_whose_end_was_cut_is_found_by_an_anchor(sealed):
    anchor, last = chain.newest(), links()[-1]
    in_secret("DELETE FROM audit_event WHERE id >= %s", last.events[0])
    in_secret("DELETE FROM audit_unsealed")
    in_secret("DELETE FROM audit_seal WHERE number = %s", last.number)

    assert (chain.problems(), chain.problems(anchor)) == (
        [],
        [f"Link {anchor} is not in the chain: it was cut, or made anew."],
    )


def test_an_anchor_of_an_older_link_still_holds(sealed):
    anchor = chain.newest()
    chain.seal()

    assert chain.problems(anchor) == []


def test_the_command_says_that_history_is_whole_and_what_to_keep(sealed):
    said = StringIO()

    call_command("verify_audit", stdout=said)

    assert said.getvalue() == f"History is whole. Anchor, to keep outside of this database: {chain.newest()}\n"


def test_the_command_fails_and_names_each_problem(sealed):
    pk, said = all_events()[0].pk, StringIO()
    in_secret("DELETE FROM audit_event WHERE id = %s", pk)

    with pytest.raises(CommandError):
        call_command("verify_audit", stderr=said)

    assert f"Event {pk} was removed." in said.getvalue()


def test_the_worker_seals_and_logs_the_head_and_what_is_broken(sealed, caplog):
    caplog.set_level(logging.INFO)
    tasks.seal()
    in_secret("UPDATE audit_event SET verb = 'x' WHERE id = %s", all_events()[-1].pk)

    tasks.verify()

    assert f"history is sealed to {chain.newest()}" in caplog.text
    assert [one.levelname for one in caplog.records if "broken" in one.message] == ["ERROR"] * 1


@pytest.mark.parametrize("role", ["portal_app", "portal_operator", "portal_reseller", "portal_agent", "portal_owner"])
@pytest.mark.parametrize("statement", ["UPDATE audit_seal SET number = 9", "DELETE FROM audit_seal"])
def test_nobody_changes_the_chain(sealed, role, statement):
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():  # noqa: PT012
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["portal_app", "portal_reseller", "portal_agent"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_unsealed", "INSERT INTO audit_unsealed VALUES (0)", "SELECT audit_forget(1, '{}', '{}')",
        "INSERT INTO audit_seal VALUES (9, now(), '{}', '')",
    ],
)  # fmt: skip
def test_only_the_operator_seals_and_forgets(sealed, role, statement):
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():  # noqa: PT012
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


def about(pk):
    with as_operator():
        return list(Event.objects.of_customer(pk).exclude(verb="history.forgotten"))


def test_what_was_about_a_deleted_customer_is_forgotten_and_the_chain_holds(sealed):
    before = about(sealed.first.pk)
    with as_operator():
        blanked = events.forget(sealed.first, customer_id=sealed.first.pk, by=sealed.sam)
    chain.seal()

    told = about(sealed.first.pk)
    assert blanked >= len(before) > 0
    assert {(one.actor_name, one.target_name, str(one.detail), one.address, one.salt) for one in told} == {
        ("", "", "{}", None, None)
    }
    assert [(one.verb, one.at, one.actor_id) for one in told] == [(one.verb, one.at, one.actor_id) for one in before]
    assert chain.problems() == []


def test_history_tells_that_it_was_forgotten_and_by_whom(sealed):
    with as_operator():
        blanked = events.forget(sealed.first, customer_id=sealed.first.pk, by=sealed.sam)

    event = all_events()[-1]
    assert (event.verb, event.actor_name, event.detail) == ("history.forgotten", "Sam Park", {"events": blanked})


def test_things_of_it_that_do_not_name_the_customer_are_forgotten_too(sealed):
    events.record("request.sent", sealed.nora, by=sealed.alice, msp_id=sealed.aurora.pk, services="Knox Configure")

    with as_operator():
        events.forget(sealed.first, customer_id=sealed.first.pk, by=None, about=[sealed.nora])

    assert [one.target_name for one in all_events() if one.verb == "request.sent"] == [""]


def test_forgetting_twice_changes_nothing_more(sealed):
    with as_operator():
        events.forget(sealed.first, customer_id=sealed.first.pk, by=None)
        again = events.forget(sealed.first, customer_id=sealed.first.pk, by=None)

    assert (again, chain.problems()) == (0, [])


def test_a_forgotten_event_is_still_a_sentence(sealed):
    with as_operator():
        events.forget(sealed.first, customer_id=sealed.first.pk, by=None)

    assert {str(one) for one in about(sealed.first.pk) if one.verb == "customer.added"} == {"The MSP added – with –"}


def test_an_event_that_was_blanked_without_telling_is_found(sealed):
    pk = all_events()[-2].pk

    in_secret(
        """UPDATE audit_event SET kept = audit_personal(audit_event), salt = NULL, actor_name = '', target_name = '',
                  detail = '{}', address = NULL WHERE id = %s""",
        pk,
    )

    assert chain.problems() == ["1 events are blank, but history tells of 0."]


def test_even_the_owner_only_forgets_and_changes_nothing_else(sealed):
    for change in ("verb = 'x'", "target_name = ''", "salt = NULL, kept = digest, detail = '{}', address = NULL"):
        with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():  # noqa: PT012
            cursor.execute("SET LOCAL ROLE portal_owner")
            cursor.execute(f"UPDATE audit_event SET {change}")  # noqa: S608  (from the line above)
