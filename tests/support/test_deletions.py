"""A customer is deleted by two Samsung admins, after a time in which it can be undone (FAQ Q11)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from rules import settings as rule
from rules.errors import RuleBroken
from support import deletions, erasures, tickets
from support.models import Deletion, Ticket
from tenants import memberships, msps, roles
from tenants.models import Customer, Management
from tests.support.ground import asked, carried_out, kim, newest, planned

State = Deletion.State
LATER = timedelta(days=8)


def state(deletion):
    with as_operator():
        return Deletion.objects.get(pk=deletion.pk).state


def test_asking_changes_nothing_but_says_so(world):
    deletion = asked(world)

    with acting_as(world.alice):
        assert Customer.objects.filter(pk=world.first.pk).exists()
        assert Ticket.objects.get().kind == Ticket.Kind.DELETION
    assert state(deletion) == State.ASKED


def test_a_second_wish_names_the_first(world):
    first = asked(world)

    with pytest.raises(
        RuleBroken, match=f"already asked for the deletion of Fjordline Freight.*ticket {first.ticket_id}"
    ):
        asked(world)


def test_no_msp_goes_further_than_asking(world):
    deletion = asked(world)

    for change in ("state = 'planned'", "state = 'started'", "due_at = now()", "customer_id = customer_id"):
        with acting_as(world.alice), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE support_deletion SET {change} WHERE id = {deletion.pk}")  # noqa: S608  (own words)
    with acting_as(world.alice), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenants_customer WHERE id = %s", [world.first.pk])
        assert cursor.rowcount == 0


def test_who_started_it_does_not_approve_it(world):
    deletion = asked(world)

    with acting_as(world.sam), as_operator():
        deletions.start(deletion, by=world.sam)
        with pytest.raises(
            RuleBroken, match="You started this deletion\\. A second Samsung admin must approve it"
        ) as no:
            deletions.approve(deletion, by=world.sam)

    assert (no.value.status, state(deletion)) == (403, State.STARTED)


def test_the_database_wants_two_persons_too(world):
    deletion = planned(world)

    with as_operator(), pytest.raises(DatabaseError), transaction.atomic():
        Deletion.objects.filter(pk=deletion.pk).update(approved_by=world.sam)


def test_both_sides_read_until_when_it_can_be_undone(world):
    planned(world)

    for email in ("alice@aurora.example", world.first.contact_email):
        letter = newest(email)
        assert letter.subject.startswith("Fjordline Freight: Samsung plans the deletion for ")
        assert "Afterwards all data is gone." in letter.message


def test_nothing_goes_before_its_time_and_undone_nothing_goes_at_all(world):
    deletion = planned(world)
    assert deletions.run_due() == 0

    with acting_as(world.sam), as_operator():
        deletions.undo(deletion, by=world.sam)
    with time_machine.travel(timezone.now() + LATER):
        assert deletions.run_due() == 0

    assert state(deletion) == State.UNDONE
    assert newest("alice@aurora.example").subject == "Fjordline Freight stays"


def test_it_is_too_late_to_undo_what_was_done(world):
    deletion = carried_out(world)

    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken, match="days to undo it are over") as no:
        deletions.undo(deletion, by=world.sam)

    assert no.value.status == 410


def test_who_asked_may_take_it_back_until_samsung_agreed(world):
    deletion = asked(world)
    with acting_as(world.alice):
        deletions.withdraw(deletion, by=world.alice)
    assert state(deletion) == State.WITHDRAWN

    later = planned(world)
    with acting_as(world.alice), pytest.raises(RuleBroken, match="in another state now: Planned"):
        deletions.withdraw(later, by=world.alice)


def test_a_deletion_that_breaks_keeps_no_other_from_its_turn(world, monkeypatch):
    broken, other, erase = planned(world), planned(world, world.second), erasures.erase
    monkeypatch.setattr(erasures, "erase", lambda customer: 1 / 0 if customer == world.first else erase(customer))

    with time_machine.travel(timezone.now() + LATER):
        assert deletions.run_due() == 1

    assert (state(broken), state(other)) == (State.PLANNED, State.DONE)


def test_who_may_not_change_the_customer_does_not_take_it_back(world, client):
    """A role with the administrators and without the customers sees the ticket."""
    deletion = asked(world)
    with acting_as(world.alice):
        chosen = ["view_msp", "view_customer", "manage_people"]
        leads = roles.add(world.aurora, name="Personnel", description="", chosen=chosen, by=world.alice)
    with as_operator():
        memberships.join(world.nora, leads, by=world.alice)
    client.force_login(world.nora)

    page = client.get(reverse("ticket", args=[deletion.ticket_id])).content.decode()
    answer = client.post(reverse("deletion-withdraw", args=[deletion.ticket_id]), follow=True).content.decode()

    assert "Take the request back" not in page
    assert "Your role does not let you change Fjordline Freight. Nothing changed." in answer
    assert state(deletion) == State.ASKED


def test_an_msp_that_left_the_customer_asks_for_nothing_any_more(world):
    deletion = planned(world)
    with as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())

    with time_machine.travel(timezone.now() + LATER):
        assert deletions.run_due() == 0

    assert state(deletion) == State.WITHDRAWN
    with as_operator():
        assert Customer.objects.get(pk=world.first.pk).deleted_at is None
    assert newest(world.first.contact_email).subject == "Fjordline Freight stays"
    assert newest("alice@aurora.example").subject.startswith("Fjordline Freight: Samsung plans the deletion")


def test_an_msp_that_left_the_customer_does_not_read_that_it_stays(world):
    deletion = planned(world)
    with acting_as(world.sam), as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())
        deletions.undo(deletion, by=world.sam)

    assert newest("alice@aurora.example").subject.startswith("Fjordline Freight: Samsung plans the deletion")
    assert newest(world.first.contact_email).subject == "Fjordline Freight stays"


def test_what_an_msp_asked_before_it_left_is_not_approved(world):
    deletion, second = asked(world), kim()
    with acting_as(world.sam), as_operator():
        deletions.start(deletion, by=world.sam)
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())

    with acting_as(second), as_operator(), pytest.raises(RuleBroken, match="no longer manages this customer"):
        deletions.approve(deletion, by=second)

    assert state(deletion) == State.STARTED


def test_a_ticket_of_an_open_deletion_is_not_closed_by_the_way(world):
    ticket = asked(world).ticket

    with acting_as(world.alice), pytest.raises(RuleBroken, match="The deletion is not decided yet"):
        tickets.close(ticket, by=world.alice)


def test_nobody_rejects_without_a_reason(world):
    deletion = asked(world)

    with as_operator(), pytest.raises(RuleBroken, match="The other side reads the reason"):
        deletions.reject(deletion, reason=" ", by=world.sam)

    assert state(deletion) == State.ASKED


def test_a_suspended_msp_takes_no_deletion_back(world, client):
    deletion = asked(world)
    with as_operator():
        msps.suspend(world.aurora, reason="Fraud.", by=world.sam)
    client.force_login(world.alice)

    page = client.get(reverse("ticket", args=[deletion.ticket_id]))
    answer = client.post(reverse("deletion-withdraw", args=[deletion.ticket_id]), follow=True).content.decode()

    assert not page.context["may_withdraw"]
    assert "Samsung suspended your company as an MSP. Nothing changed." in answer
    assert state(deletion) == State.ASKED


def test_who_is_too_late_reads_how_many_days_there_were(world):
    deletion = planned(world)
    rule.change("deletion_undo_days", to=3, reason="A test", by=world.sam)

    late = pytest.raises(RuleBroken, match="The 7 days to undo it are over")
    with time_machine.travel(timezone.now() + LATER), acting_as(world.sam), as_operator(), late:
        deletions.undo(deletion, by=world.sam)
