"""Roles, places and customers change at once: nobody holds what the role, the place or the management does not say."""

from collections.abc import Callable
from threading import Event as Signal

import pytest
from django.db import transaction

from accounts.acting import acting_as, as_operator
from accounts.models import User
from onboarding import endings
from tenants import access, administrators, memberships, roles
from tenants.models import Customer, Management, Membership, Msp, Role
from tests import world as cast
from tests.races.committed import at_once, by, until_somebody_waits
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


@pytest.fixture
def desk(world: World) -> Role:
    """A role of Aurora's own, which Nora has."""
    wide = ["view_customer", "manage_customer", "manage_licenses"]
    with acting_as(world.alice), transaction.atomic():
        made = roles.add(world.aurora, name="Desk", description="", chosen=wide, by=world.alice)
    with as_operator():
        memberships.join(world.nora, made, by=world.alice)
    return made


def who_holds(customer: Customer, msp: Msp) -> set[str]:
    """What people and roles of the MSP hold on the customer by grants."""
    with as_operator():
        people = Membership.objects.filter(msp=msp).exclude(user=None).select_related("user")
        return {right for place in people for right in access.rights(place.user, customer)}


def between(person: User, first: Callable[[], object], second: Callable[[], object]) -> None:
    """The second begins while the first, which the person does, has done all but its commit."""
    done = Signal()

    def before_its_commit() -> None:
        with acting_as(person), transaction.atomic():
            first()
            done.set()
            until_somebody_waits()

    at_once(before_its_commit, lambda: done.wait(30) and second())


def test_a_role_that_is_narrowed_while_a_customer_leaves_keeps_nothing_of_it(world, desk):
    def leave() -> None:
        with as_operator():
            endings.end(endings.locked(Management.objects.get(customer=world.first)))

    narrow = by(world.alice, roles.change, desk, name="Desk", description="", chosen=["view_customer"], by=world.alice)

    between(world.alice, narrow, leave)

    assert who_holds(world.first, world.aurora) == set()


def test_a_customer_that_is_added_while_a_role_is_narrowed_follows_the_role(world, desk):
    add = by(world.alice, cast.customer, world.aurora, world.alice, "Kestrel")
    narrow = by(world.alice, roles.change, desk, name="Desk", description="", chosen=["view_customer"], by=world.alice)

    between(world.alice, add, narrow)

    with as_operator():
        added = Customer.objects.get(name="Kestrel")
        assert access.rights(world.nora, added) == {"view_customer"}


def test_who_is_limited_while_a_customer_is_added_does_not_get_it(world, desk):
    with acting_as(world.alice), transaction.atomic():
        place = Membership.objects.select_related("role").get(user=world.nora)
        administrators.change(
            place, role=desk, scope=Membership.Scope.ALL_BUT, customers=[world.second], by=world.alice
        )
    add = by(world.alice, cast.customer, world.aurora, world.alice, "Kestrel")
    only = {"role": desk, "scope": Membership.Scope.SOME, "customers": [world.first]}

    between(world.alice, add, by(world.alice, administrators.change, place, **only, by=world.alice))

    with as_operator():
        assert access.rights(world.nora, Customer.objects.get(name="Kestrel")) == set()
