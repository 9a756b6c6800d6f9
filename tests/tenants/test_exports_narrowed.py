"""Files of people who may see less than when they asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from portals.tasks import export_customers
from tenants import access, administrators, exports, roles
from tenants.models import Customer, Export, Membership
from tenants.tasks import make_waiting_exports
from tests.mail.letters import letters
from tests.mail.worker import asked_of_the_worker
from tests.tenants.exporting import MAKER, ask, made, read, stored
from tests.world import World


def place_of(world: World, person: User) -> Membership:
    with as_operator():
        return Membership.objects.select_related("role").get(user=person, msp=world.aurora)


def limit(world: World, person: User, *customers: Customer) -> None:
    place = place_of(world, person)
    scope = Membership.Scope.SOME if customers else Membership.Scope.ALL
    with acting_as(world.alice):
        administrators.change(place, role=place.role, scope=scope, customers=customers, by=world.alice)


def made_elsewhere(world: World) -> Export:
    """By Mira, in the other MSP."""
    with acting_as(world.mira):
        export = exports.request("customers", maker=MAKER, params={"query": ""}, msp=world.borealis, by=world.mira)
    export_customers(str(export.pk))
    return export


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
    here, there = made(world, world.mira), made_elsewhere(world)

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
        administrators.change(place_of(world, world.mira), role=role, by=world.alice)
    of_vera, of_alice, of_mira = made(world, world.vera), made(world, world.alice), made_elsewhere(world)

    with acting_as(world.alice):
        roles.change(role, name="Reader", description="", chosen=[access.VIEW], by=world.alice)

    assert stored(of_vera).content is None
    assert stored(of_alice).content
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
