"""Which MSP an act for a customer belongs to."""

from django.utils import timezone

from accounts.acting import as_operator
from tenants import teams
from tenants.models import Management


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
