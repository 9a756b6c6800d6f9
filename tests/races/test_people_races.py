"""Two people change the people of an organization at one moment."""

from collections.abc import Callable
from threading import Event

import pytest
from django.db import transaction

from accounts import samsung_admins
from accounts.acting import acting_as, as_operator
from accounts.models import User
from rules.errors import RuleBroken
from tenants import administrators, invitations, memberships, roles
from tenants.models import Membership, Msp, Role
from tests.mail.letters import newest_token
from tests.races.committed import at_once, by, until_somebody_waits
from tests.world import MSP_FIELDS, company, person

pytestmark = pytest.mark.usefixtures("committed", "_quick_passwords")
ROUNDS = range(4)


@pytest.fixture
def aurora(committed: None) -> tuple[Msp, list[User]]:
    """An MSP with two super admins."""
    sam = samsung_admins.appoint("sam@samsung.example", first_name="Sam", last_name="Park")
    alice, msp = company("alice@aurora.example", "Aurora", sam=sam, **MSP_FIELDS)
    sue = person("sue@people.example")
    with as_operator():
        memberships.join(sue, msp.roles.super_admin(), by=alice)
    return msp, [alice, sue]


def place_of(who: User) -> Membership:
    with as_operator():
        return Membership.objects.select_related("role", "user", "msp").get(user=who)


def blocks(actor: User, other: User) -> str:
    place = place_of(other)
    with acting_as(actor):
        try:
            administrators.block(place, by=actor)
        except RuleBroken as no:
            return str(no)
    return "blocked"


@pytest.mark.parametrize("turn", ROUNDS)
def test_of_two_super_admins_who_block_each_other_one_stays(aurora: tuple[Msp, list[User]], turn: int) -> None:
    msp, (alice, sue) = aurora

    told = at_once(lambda: blocks(alice, sue), lambda: blocks(sue, alice))

    with as_operator():
        active = Membership.objects.super_admins().filter(msp=msp, state="active").count()
    assert (active, sorted(one == "blocked" for one in told)) == (1, [False, True])


@pytest.mark.parametrize("turn", ROUNDS)
def test_an_invitation_that_is_used_twice_at_once_makes_one_place(aurora: tuple[Msp, list[User]], turn: int) -> None:
    msp, (alice, _) = aurora
    who = {"email": "pia@aurora.example", "first_name": "Pia", "last_name": "Vogel"}
    with as_operator():
        viewer = msp.roles.get(name="Viewer")
    with acting_as(alice):
        invitations.invite(msp, role=viewer, by=alice, **who)
    token = newest_token("invitations", "pia@aurora.example")

    def joins() -> str:
        try:
            return str(invitations.accept(token, password="a long secret"))
        except RuleBroken as no:
            return str(no)

    told = at_once(joins, joins)

    assert sorted(told) == ["Pia Vogel", "This invitation no longer works. Ask Aurora for a new one."]


def test_who_accepts_and_who_revokes_do_not_wait_for_each_other_in_a_ring(aurora: tuple[Msp, list[User]]) -> None:
    msp, (alice, _) = aurora
    with as_operator():
        viewer = msp.roles.get(name="Viewer")
    with acting_as(alice):
        invited = invitations.invite(
            msp, email="pia@aurora.example", first_name="Pia", last_name="Vogel", role=viewer, by=alice
        )
    token, has_place = newest_token("invitations", "pia@aurora.example"), Event()

    def revokes() -> Membership:
        with acting_as(alice), transaction.atomic():
            memberships.locked(invited)
            has_place.set()
            until_somebody_waits()
            return invitations.revoke(invited, by=alice)

    revoked, told = at_once(revokes, lambda: has_place.wait(30) and invitations.accept(token, password="a long secret"))

    assert revoked.state == "revoked"
    assert str(told) == "This invitation no longer works. Ask Aurora for a new one."


@pytest.fixture
def desk(aurora: tuple[Msp, list[User]]) -> Role:
    """A role of Aurora's own, which nobody has."""
    msp, (alice, _) = aurora
    with acting_as(alice):
        return roles.add(msp, name="Desk", description="", chosen=["view_customer"], by=alice)


def between(first: Callable[[], object], second: Callable[[], object], *, alice: User) -> str:
    """What the second reads, who begins while Alice has done all of the first but its commit."""
    begun = Event()

    def before_its_commit() -> None:
        with acting_as(alice), transaction.atomic():
            first()
            begun.set()
            until_somebody_waits()

    return str(at_once(before_its_commit, lambda: begun.wait(30) and second())[1])


GONE = "The role Desk is not there any more. Choose another."


def test_nobody_is_invited_to_a_role_that_is_being_deleted(aurora: tuple[Msp, list[User]], desk: Role) -> None:
    msp, (alice, sue) = aurora
    who = {"email": "pia@aurora.example", "first_name": "Pia", "last_name": "Vogel"}
    invite = by(sue, invitations.invite, msp, role=desk, by=sue, **who)

    told = between(by(alice, roles.delete, desk, by=alice), invite, alice=alice)

    assert told == GONE


def test_nobody_gets_a_role_that_is_being_deleted(aurora: tuple[Msp, list[User]], desk: Role) -> None:
    msp, (alice, sue) = aurora
    with as_operator():
        place = memberships.join(person("nora@people.example"), msp.roles.get(name="Viewer"), by=alice)
    change = by(sue, administrators.change, place, role=desk, by=sue)

    told = between(by(alice, roles.delete, desk, by=alice), change, alice=alice)

    assert told == GONE


def test_a_role_stays_to_which_somebody_is_being_invited(aurora: tuple[Msp, list[User]], desk: Role) -> None:
    msp, (alice, sue) = aurora
    who = {"email": "pia@aurora.example", "first_name": "Pia", "last_name": "Vogel"}
    invite = by(alice, invitations.invite, msp, role=desk, by=alice, **who)

    told = between(invite, by(sue, roles.delete, desk, by=sue), alice=alice)

    assert told == "1 person has this role and would see nothing. Give that person another role first."
