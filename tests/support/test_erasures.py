"""What is left of a customer after its deletion: the books, without a name (FAQ Q11)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from alerts import counting
from alerts.models import Alert
from audit.models import Event
from onboarding import consents, receipts, requests
from onboarding.models import Receipt
from rules.errors import RuleBroken
from support import erasures
from support.models import Ticket
from tenants import access, invitations
from tenants.models import Access, Customer, Export, KnoxService
from tests.architecture import device_rows
from tests.licensing import ground
from tests.mail.letters import letters, newest_token
from tests.services import phones
from tests.support.ground import carried_out, newest, opened

LATER = timedelta(days=8)


@pytest.fixture
def full(world):
    """Aurora's first customer with something in every table that a customer can have."""
    device_rows.fill(world)
    ground.everything(world)
    phones.everything(world)
    return world


def test_its_data_goes_from_every_table_and_the_books_stay_without_a_name(full):
    neighbor = ground.entered(full, full.second, name="Store phones")
    before = _rows(full.first)
    others = _rows(full.second), _rows(full.foreign)

    deletion = carried_out(full)

    left = {label for label, count in _rows(full.first).items() if count}
    assert left <= set(erasures.STAYS)
    assert deletion.counts["devices"] == before["devices.device"] > 0
    with as_operator():
        neighbor.refresh_from_db()
    assert (neighbor.name, neighbor.deleted_at) == ("Store phones", None)
    assert (_rows(full.second), _rows(full.foreign)) == others
    with as_operator():
        gone = Customer.objects.get(pk=full.first.pk)
    assert (gone.name, gone.contact_email, gone.city, gone.phone) == ("Deleted customer", "", "", "")
    assert gone.kcs_id == full.first.kcs_id


def test_every_word_about_others_stays(full):
    with acting_as(full.alice):
        asked_of_contoso = requests.ask(
            full.contoso.kcs_id, msp=full.aurora, services=[KnoxService.CONFIGURE], access=Access.NONE, by=full.alice
        )
    with as_operator():
        of_bob = Export.objects.create(
            id=uuid4(), user=full.bob, msp=full.borealis, what="customers", maker="x", content=b"x", lines=1,
            state="ready", ready_at=timezone.now(), ends_at=timezone.now() + 2 * LATER,
        )  # fmt: skip
        before = [str(one) for one in Event.objects.about(asked_of_contoso)]

    carried_out(full)

    with as_operator():
        assert [str(one) for one in Event.objects.about(asked_of_contoso)] == before != []
        of_bob.refresh_from_db()
        asked_of_contoso.refresh_from_db()
    assert (asked_of_contoso.customer_name, asked_of_contoso.state) == ("Contoso", "open")
    assert (bytes(of_bob.content), of_bob.ends_at > timezone.now()) == (b"x", True)


def test_no_word_about_it_is_left_anywhere(full):
    opened(full.alice, own=full.aurora, about=full.first, subject="Fjordline Freight", text="Xylander says no.")

    carried_out(full)

    words = ("Fjordline", "fjordline", "Xylander")
    assert [table for table, text in _texts() if any(word in text for word in words)] == []


def test_letters_that_name_it_without_its_id_go_too(world):
    with acting_as(world.alice):
        ask = {"services": [KnoxService.CONFIGURE], "access": Access.NONE, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **ask)
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        requests.remind_due()
    with acting_as(world.carl):
        pia = {"email": "pia@people.example", "first_name": "Pia", "last_name": "Vogel"}
        invitations.invite(world.contoso, **pia, role=world.contoso.roles.super_admin(), by=world.carl)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl Person")
    named = Email.objects.filter(subject__contains="Contoso")
    before = set(named.values_list("subject", flat=True))

    carried_out(world, world.contoso)

    invited = "Contoso invites you to the Knox Admin Portal"
    assert {"Still open: Aurora asks to manage Knox for Contoso", invited} <= before
    assert set(named.values_list("subject", flat=True)) == {"Contoso is deleted"}


def test_no_msp_reads_its_name_in_alerts_of_the_time_before_it_managed(world):
    """A request waited, was counted and approved: the alert about it is past, and names no customer of the MSP."""
    with acting_as(world.alice):
        ask = {"services": [KnoxService.CONFIGURE], "access": Access.NONE, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **ask)
    counting.recount(full=True)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl Person")
    counting.recount(full=True)

    carried_out(world, world.contoso)

    with as_operator():
        assert not Alert.objects.filter(facts__customer="Contoso").exists()


def _rows(customer):
    """How many rows each table has that names this customer."""
    with as_operator():
        return {
            model._meta.label_lower: model._base_manager.filter(customer=customer).count()
            for model in apps.get_models()
            if any(f.name == "customer" and f.related_model is Customer for f in model._meta.concrete_fields)
        }


def _texts():
    """Every column of text in the database, as one text a table; but the last letters, which say that it went."""
    with as_operator(), connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name FROM information_schema.tables
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
        )
        for (table,) in cursor.fetchall():
            where = " WHERE subject NOT LIKE '%is deleted'" if table == "post_office_email" else ""
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t{where}')  # noqa: S608  (names of tables)
            yield table, cursor.fetchone()[0] or ""


def test_nobody_finds_a_deleted_customer_again(world):
    carried_out(world)

    with acting_as(world.alice):
        assert not Customer.objects.filter(pk=world.first.pk).exists()
        assert Ticket.objects.get().state == Ticket.State.CLOSED
    with acting_as(world.bob), pytest.raises(RuleBroken):
        requests.look_up(world.first.kcs_id, msp=world.borealis, by=world.bob)
    with as_operator():
        assert access.rights(world.tom, world.first) == set()


def test_its_receipt_keeps_the_fingerprint_and_loses_the_people(world):
    with acting_as(world.alice):
        ask = {"services": [KnoxService.CONFIGURE], "access": Access.NONE, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **ask)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl Person")
    with as_operator():
        before = Receipt.objects.get().fingerprint

    carried_out(world, world.contoso)

    with as_operator():
        kept = Receipt.objects.get()
        assert list(receipts.faults()) == []
    assert (kept.fingerprint, kept.person, kept.text, kept.sent_to) == (before, "", "", "")


def test_a_receipt_of_a_customer_that_is_there_cannot_be_forgotten(world):
    with acting_as(world.alice):
        ask = {"services": [KnoxService.CONFIGURE], "access": Access.NONE, "by": world.alice}
        requests.ask(world.contoso.kcs_id, msp=world.aurora, **ask)
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl Person")

    with as_operator(), pytest.raises(DatabaseError), transaction.atomic():
        receipts.forget(world.contoso)
    with acting_as(world.alice), pytest.raises(DatabaseError), transaction.atomic():
        receipts.forget(world.contoso)


def test_history_says_that_it_went_to_the_msp_without_a_name(world):
    carried_out(world)

    with acting_as(world.alice):
        event = Event.objects.get(verb="deletion.done")
    assert event.sentence == f"deleted the customer with the KCS Customer ID {world.first.kcs_id}"
    with as_operator():
        assert not Event.objects.filter(customer_id=world.first.pk, target_name__contains="Fjordline").exists()


def test_the_ticket_says_that_it_went(world, client):
    """Its people see the customer no more, but the ticket in which they asked."""
    deletion = carried_out(world)
    client.force_login(world.alice)

    page = client.get(reverse("ticket", args=[deletion.ticket_id])).content.decode()

    assert "Samsung deleted the customer with the KCS Customer ID" in page


def test_the_letters_say_that_it_went(world):
    carried_out(world)

    for email in ("alice@aurora.example", world.first.contact_email):
        assert newest(email).subject == "Fjordline Freight is deleted"
    assert [one for one in letters(world.first.contact_email) if "plans" in one.subject] == []
