"""What else only Samsung does after a ticket: remove a service, make somebody super admin (knox.md 9.1)."""

import pytest

from accounts.acting import acting_as, as_operator
from accounts.models import User
from onboarding import endings
from rules.errors import RuleBroken
from services import claims
from services.models import Enrollment
from support import service_removals, successions
from support.models import Ticket
from tenants import access, invitations, memberships
from tenants.models import CustomerService, KnoxService, Management, Membership
from tenants.times import day
from tests.licensing.ground import with_service
from tests.mail.letters import letters as sent
from tests.mail.letters import newest_token
from tests.services import covering, phones
from tests.support.ground import newest, opened

Kind = Ticket.Kind


def removal(world, *services):
    own = {"kind": Kind.SERVICE_REMOVAL, "own": world.aurora, "about": world.first, "services": list(services)}
    return opened(world.alice, **own)


def test_samsung_removes_a_service_that_no_device_is_in(world):
    with_service(world.first, KnoxService.EFOTA)
    ticket = removal(world, KnoxService.EFOTA)

    with acting_as(world.sam), as_operator():
        service_removals.carry_out(ticket, by=world.sam)

    with acting_as(world.alice):
        left = set(CustomerService.objects.filter(customer=world.first).values_list("service", flat=True))
        assert (left, Ticket.objects.get().state) == ({"KC"}, Ticket.State.CLOSED)


def test_a_service_with_devices_stays_and_so_does_the_last_one(world):
    with_service(world.first, KnoxService.EFOTA)
    phones.configured(world)
    in_use, both = removal(world, KnoxService.CONFIGURE), removal(world, KnoxService.CONFIGURE, KnoxService.EFOTA)

    with acting_as(world.sam), as_operator():
        with pytest.raises(RuleBroken, match="is in Knox Configure"):
            service_removals.carry_out(in_use, by=world.sam)
        with pytest.raises(RuleBroken, match="A customer keeps one"):
            service_removals.carry_out(both, by=world.sam)


def test_a_claim_keeps_its_service_until_it_is_completed(world):
    claim = covering.claim(world)
    with as_operator():
        Enrollment.objects.filter(customer=world.first, service=KnoxService.CARE).delete()
    ticket = removal(world, KnoxService.CARE)

    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken, match="has open claims"):
        service_removals.carry_out(ticket, by=world.sam)
    with acting_as(world.alice):
        claims.complete(claim, result="Repaired", by=world.alice)
    with acting_as(world.sam), as_operator():
        service_removals.carry_out(ticket, by=world.sam)

        assert not world.first.services.filter(service=KnoxService.CARE).exists()


def test_the_devices_and_claims_of_another_customer_keep_no_service_here(world):
    with_service(world.first, KnoxService.EFOTA)
    with_service(world.first, KnoxService.CARE)
    phones.configured(world, world.second)
    covering.claim(world, world.second)
    ticket = removal(world, KnoxService.CONFIGURE, KnoxService.CARE)

    with acting_as(world.sam), as_operator():
        service_removals.carry_out(ticket, by=world.sam)

        assert not world.first.services.filter(service=KnoxService.CONFIGURE).exists()


def test_an_msp_that_left_the_customer_takes_no_service_away(world):
    with_service(world.first, KnoxService.EFOTA)
    ticket = removal(world, KnoxService.EFOTA)
    with acting_as(world.sam), as_operator():
        endings.end(Management.objects.select_related("customer", "msp").get(customer=world.first))

        with pytest.raises(RuleBroken, match="no longer manages Fjordline Freight") as no:
            service_removals.carry_out(ticket, by=world.sam)

        assert no.value.status == 409
        assert world.first.services.filter(service=KnoxService.EFOTA).exists()


def test_a_service_is_removed_once(world):
    with_service(world.first, KnoxService.EFOTA)
    first, second = removal(world, KnoxService.EFOTA), removal(world, KnoxService.EFOTA)

    with acting_as(world.sam), as_operator():
        service_removals.carry_out(first, by=world.sam)
        with pytest.raises(RuleBroken, match="has none of these services any more"):
            service_removals.carry_out(second, by=world.sam)


def letters(to, about=""):
    return [one for one in sent(to) if about in one.subject]


def succession(world, email):
    return opened(world.tom, kind=Kind.SUPER_ADMIN, own=world.aurora, person_email=email)


@pytest.mark.parametrize("email", ["vera@people.example", "nora@people.example", "new@aurora.example"])
def test_samsung_makes_a_colleague_a_stranger_or_somebody_new_super_admin(world, email):
    ticket = succession(world, email)

    with acting_as(world.sam), as_operator():
        successions.carry_out(ticket, by=world.sam)

    person = User.objects.by_email(email)
    with as_operator():
        place = Membership.objects.get(user=person, msp=world.aurora)
        assert (place.role.is_super_admin, place.state) == (True, "active")
        assert "manage_people" in access.rights(person, world.aurora)
        assert access.VIEW in access.rights(person, world.second)
    assert newest(email).subject == "You are super admin of Aurora"


def test_an_invitation_of_the_person_is_over_with_it(world):
    with acting_as(world.alice):
        role = world.aurora.roles.get(name="Viewer")
        nora = {"email": world.nora.email, "first_name": "Nora", "last_name": "Example"}
        invited = invitations.invite(world.aurora, **nora, role=role, by=world.alice)
    link = newest_token("invitations", world.nora.email)
    ticket = succession(world, world.nora.email)

    with acting_as(world.sam), as_operator():
        successions.carry_out(ticket, by=world.sam)

        invited.refresh_from_db()
    assert invited.state == "revoked"
    with acting_as(world.nora), pytest.raises(RuleBroken, match="no longer works"):
        invitations.accept(link, by=world.nora)


def test_who_was_super_admin_before_is_told(world):
    ticket = succession(world, "vera@people.example")

    with acting_as(world.sam), as_operator():
        successions.carry_out(ticket, by=world.sam)

    letter = newest(world.alice.email)
    assert letter.subject == "Aurora has another super admin"
    assert "Samsung made vera@people.example super admin of Aurora" in letter.message
    assert f"Tom Example asked for it on {day(ticket.opened_at, world.alice.zone)}" in letter.message
    assert [one.subject for one in letters("vera@people.example")] == ["You are super admin of Aurora"]
    assert letters(world.bob.email, about="another super admin") == []


def test_a_blocked_super_admin_is_not_told_of_a_successor(world):
    ticket = succession(world, "vera@people.example")
    with acting_as(world.sam), as_operator():
        memberships.block(Membership.objects.get(user=world.alice), by=world.sam)

        successions.carry_out(ticket, by=world.sam)

    assert letters(world.alice.email, about="another super admin") == []


def test_a_ticket_is_carried_out_once(world):
    ticket = succession(world, "vera@people.example")
    with acting_as(world.sam), as_operator():
        successions.carry_out(ticket, by=world.sam)

        with pytest.raises(RuleBroken, match="was closed on"):
            successions.carry_out(ticket, by=world.sam)


def test_a_person_without_a_portal_names_nobody(world):
    ticket = opened(world.nora, kind=Kind.SUPER_ADMIN, person_email="nora@people.example")

    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken, match="names no organization"):
        successions.carry_out(ticket, by=world.sam)
