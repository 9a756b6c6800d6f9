"""History: written with the act, readable by whom it concerns, changed by nobody."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.acting import acting_as, as_operator
from audit import events
from audit.models import SENTENCES, Event, Side
from tests.world import World, customer

pytestmark = pytest.mark.django_db
APPS = ("accounts", "audit", "rules", "mail", "tenants", "devices", "onboarding", "portals")
CODE = [Path(settings.BASE_DIR) / app for app in APPS]


def newest() -> Event:
    with as_operator():
        return Event.objects.latest("pk")


def test_an_event_says_who_did_what_to_which_thing_for_whom(world: World) -> None:
    events.record(
        "customer.changed",
        world.first,
        by=world.alice,
        msp_id=world.aurora.pk,
        customer_id=world.first.pk,
        fields="city",
    )

    event = newest()
    assert (event.verb, event.actor_id, event.actor_name, event.side) == (
        "customer.changed",
        world.alice.pk,
        "Alice Example",
        "msp",
    )
    assert (event.target_type, event.target_id, event.target_name) == (
        "tenants.customer",
        str(world.first.pk),
        "Fjordline Freight",
    )
    assert (event.msp_id, event.customer_id, event.detail) == (world.aurora.pk, world.first.pk, {"fields": "city"})
    assert (event.request_id, event.address) == ("", None)


def test_an_event_of_a_page_carries_the_number_and_address_of_its_request(world: World, client: Client) -> None:
    client.force_login(world.alice)

    response = client.post(reverse("launch", args=["msp", world.aurora.pk]), REMOTE_ADDR="192.0.2.7")

    event = newest()
    assert (event.verb, event.request_id, event.address) == (
        "portal.launched",
        response["X-Request-ID"],
        "192.0.2.7",
    )


def test_every_request_has_a_number_of_its_own(client: Client) -> None:
    numbers = {client.get("/")["X-Request-ID"] for _ in range(3)}

    assert sorted(map(len, numbers)) == [16, 16, 16]


def test_what_the_portal_does_itself_has_no_person(world: World) -> None:
    events.record("customer.changed", world.first, by=None)

    assert (newest().actor_id, newest().actor_name, newest().side) == (None, "The portal", "portal")


def test_long_names_are_cut_to_what_history_holds(world: World) -> None:
    world.alice.first_name, world.alice.last_name = "A" * 300, "B"

    events.record("customer.changed", world.first, by=world.alice)

    assert newest().actor_name == "A" * 255


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"])
@pytest.mark.parametrize("role", ["portal_app", "portal_operator", "portal_owner"])
def test_nobody_changes_history(world: World, statement: str, role: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():  # noqa: PT012
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


def test_history_is_not_undone_by_the_end_of_what_it_is_about(world: World) -> None:
    events.record("person.joined", world.nora, by=world.sam, side=Side.SAMSUNG, role="Viewer")
    world.nora.emailaddress_set.all().delete()
    world.nora.delete()

    assert str(newest()) == "Sam Park gave Nora Example the role Viewer"


@pytest.mark.parametrize(
    ("side", "reader", "who"),
    [
        (Side.MSP, Side.MSP, "Alice Example"),
        (Side.MSP, Side.CUSTOMER, "The MSP"),
        (Side.SAMSUNG, Side.MSP, "Samsung"),
        (Side.SAMSUNG, Side.SAMSUNG, "Alice Example"),
        (Side.CUSTOMER, Side.MSP, "The customer"),
    ],
)
def test_the_other_side_reads_the_organization_and_not_the_person(
    world: World, side: Side, reader: Side, who: str
) -> None:
    events.record("customer.changed", world.first, by=world.alice, side=side)

    assert newest().who(reader=reader) == who


@pytest.mark.parametrize(("reason", "ends"), [("", "looked this company up"), ("Closed.", "up: Closed.")])
def test_a_company_reads_which_msp_looked_it_up_and_why_in_vain(world: World, reason: str, ends: str) -> None:
    events.record("customer.looked_up", world.borealis, by=world.bob, customer_id=world.contoso.pk, reason=reason)

    assert newest().who(reader=Side.CUSTOMER) == "Borealis"
    assert newest().sentence.endswith(ends)


@pytest.mark.parametrize("verb", SENTENCES)
def test_a_sentence_with_a_part_missing_is_still_a_sentence(verb: str) -> None:
    sentence = Event(verb=verb, target_name="Aurora", detail={}).sentence

    assert "{" not in sentence


@pytest.mark.parametrize("typed", ["{0.__class__}", "{target.__init__}", "{", "}", "%s", "{{ 7|add:7 }}"])
def test_what_people_type_is_not_read_as_a_pattern(typed: str) -> None:
    event = Event(verb="application.rejected", target_name=typed, detail={"reason": typed})

    assert event.sentence == f"rejected {typed}: {typed}"


def test_every_verb_that_the_product_records_has_a_sentence(world: World) -> None:
    with as_operator():
        verbs = set(Event.objects.values_list("verb", flat=True))

    assert verbs - set(SENTENCES) == set()


def test_every_verb_that_the_code_names_has_a_sentence() -> None:
    named = re.compile(r"""(?:record|_note|_tell)\w*\(\s*"([a-z_]+\.[a-z_]+)\"""")
    sources = [text for folder in CODE for path in folder.rglob("*.py") for text in [path.read_text()]]

    verbs = {verb for text in sources for verb in named.findall(text)}

    assert verbs - set(SENTENCES) == set()
    assert {"customer.added", "upload.rejected", "delink.wanted"} <= verbs


def test_a_technician_reads_only_what_is_about_customers_that_they_see(world: World) -> None:
    readers: dict[str, Any] = {}
    for one in (world.tom, world.alice, world.bob):
        with acting_as(one):
            readers[one.first_name] = {event.customer_id for event in Event.objects.filter(verb="customer.added")}

    assert readers == {
        "Tom": {world.first.pk},
        "Alice": {world.first.pk, world.second.pk},
        "Bob": {world.foreign.pk},
    }


def test_a_rolled_back_act_leaves_no_history(world: World) -> None:
    before = newest().pk

    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        customer(world.aurora, world.alice, "Kestrel")
        raise ZeroDivisionError

    assert newest().pk == before


@pytest.mark.parametrize(
    ("verb", "detail", "says"),
    [
        ("service.acted", {"action": "Lock", "devices": 1, "service": "Knox Guard"}, "to 1 device in Knox Guard"),
        ("service.acted", {"action": "Lock", "devices": 2, "service": "Knox Guard"}, "to 2 devices in Knox Guard"),
        ("license.trial_started", {"devices": 5, "days": 1}, "5 devices for 1 day"),
        ("license.seats_added", {"seats": 1, "key": "K"}, "added 1 seat to"),
    ],
)
def test_one_of_something_is_said_so(verb: str, detail: dict[str, object], says: str) -> None:
    assert says in Event(verb=verb, target_name="Trial", detail=detail).sentence
