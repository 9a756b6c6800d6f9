"""Which MSP an act for a customer belongs to, and who works for the customer."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.models import User
from tenants import administrators, memberships, msps, teams
from tenants.models import Management, Membership
from tests.world import person


def test_an_act_is_the_msp_s_only_where_one_of_its_people_acts(world):
    with as_operator():
        assert teams.msp_of(world.first) == world.aurora.pk
        assert teams.msp_of(world.first, person=world.alice) == world.aurora.pk
        assert teams.msp_of(world.first, person=world.bob) is None


def test_who_left_the_msp_acts_for_it_no_more(world):
    with as_operator():
        assert teams.msp_of(world.first, person=world.blake) is None


def test_a_customer_that_left_has_no_msp(world):
    with as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())

        assert teams.msp_of(world.first) is None


def test_the_team_of_an_msp_is_who_may_manage_the_customer(world):
    assert teams.team(world.second) == (world.aurora, [world.alice, world.mira])
    assert teams.team(world.first) == (world.aurora, [world.alice, world.tom, world.mira])


def test_nobody_works_for_the_customer_of_a_suspended_msp(world):
    with as_operator():
        msps.suspend(world.aurora, reason="Fraud.", by=world.sam)
    assert teams.team(world.first) == (world.aurora, [])

    with as_operator():
        msps.resume(world.aurora, by=world.sam)
    assert teams.team(world.second) == (world.aurora, [world.alice, world.mira])


def test_the_team_of_a_direct_customer_is_its_own_people(world):
    assert teams.team(world.contoso) == (None, [world.carl])
    assert teams.managing(world.contoso) is None


def test_who_started_it_hears_of_it_while_he_works_there(world):
    with acting_as(world.alice):
        before = teams.leads(world.aurora, starter=world.tom)
        administrators.block(Membership.objects.get(user=world.tom), by=world.alice)
        after = teams.leads(world.aurora, starter=world.tom)

    assert (before, after) == ([world.alice, world.tom], [world.alice])
    with as_operator():
        assert teams.leads(world.aurora, starter=world.carl) == [world.alice]


def test_a_large_team_asks_as_many_queries_as_a_small_one(world):
    counts = []
    for number in (3, 27):
        _hire(world, number)
        with CaptureQueriesContext(connection) as asked:
            _, people = teams.team(world.first)
        counts.append((len(people), len(asked)))

    (few, before), (many, after) = counts
    assert many == few + 27
    assert before == after


def test_the_managing_msp_is_asked_for_without_its_people(world):
    with CaptureQueriesContext(connection) as asked, acting_as(world.alice):
        assert teams.managing(world.first) == world.aurora

    assert [one["sql"] for one in asked if "tenants_membership" in one["sql"]] == []


def _hire(world, number):
    """Technicians of Aurora, every third limited to its first customer."""
    with as_operator():
        role = world.aurora.roles.get(name="Technician")
        before = User.objects.count()
        for one in range(before, before + number):
            only = [world.first] if one % 3 == 0 else None
            memberships.join(person(f"hired-{one}@people.example"), role, by=world.alice, customers=only)


def test_a_colleague_is_named_in_a_company_as_in_an_msp(world):
    clara = person("clara@contoso.example", first_name="Clara")
    with as_operator():
        memberships.join(clara, world.contoso.roles.super_admin(), by=world.carl)

    with acting_as(world.carl):
        assert [teams.colleague(one.pk, of=world.carl) for one in (clara, world.alice)] == [str(clara), "Somebody else"]
