"""Counting and people at the same moment, in threads on PostgreSQL: one alert a cause, and nobody waits in a ring."""

import pytest
from django.utils import timezone

from accounts.acting import as_operator
from alerts import counting, handling
from alerts.handling import Reach
from alerts.models import Alert
from rules.errors import RuleBroken
from tests import world as cast
from tests.alerts import alarm
from tests.races.committed import at_once, by
from tests.services.ground import ground
from tests.world import World

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def world(committed: None) -> World:
    return cast.build()


def full():
    return counting.recount(full=True)


def lasting():
    with as_operator():
        return list(Alert.objects.lasting().order_by("pk"))


def test_ten_runs_at_once_open_one_alert_a_cause(world):
    ground(world).force("error")

    got = at_once(*[full] * 10)

    assert sum(one.opened for one in got) == 1
    assert [one.fingerprint for one in lasting()] == ["devices_attention:KC:error:"]


def test_two_take_it_on_at_once_and_one_is_told(world):
    alert = alarm.alert(world.first)

    got = at_once(*[by(who, handling.acknowledge, alert, by=who) for who in (world.alice, world.tom)])

    (no,) = [one for one in got if isinstance(one, RuleBroken)]
    assert (got.count(1), no.status) == (1, 409)


def test_runs_and_acts_on_all_alike_do_not_wait_for_each_other_in_a_ring(world):
    """Runs close what people lock: both lock in the order of the keys."""
    for _ in range(3):
        alerts = [alarm.alert(customer) for customer in (world.first, world.second) for _ in range(15)]
        snooze = {"until": None, "until_grows": True, "reach": Reach.ALL}

        got = at_once(
            full,
            by(world.alice, handling.acknowledge, alerts[0], by=world.alice, reach=Reach.ALL),
            full,
            by(world.mira, handling.snooze, alerts[-1], by=world.mira, **snooze),
        )

        assert all(isinstance(one, int | counting.Outcome | RuleBroken) for one in got), got
    assert lasting() == []


def test_an_alert_that_is_closed_meanwhile_is_said_to_be_over(world):
    alert = alarm.alert(world.first)

    got = at_once(full, by(world.alice, handling.snooze, alert, by=world.alice, until=None, until_grows=True))

    with as_operator():
        assert Alert.objects.get(pk=alert.pk).closed_at <= timezone.now()
    assert got[1] == 1 or (str(got[1]), got[1].status) == (handling.OVER, 409)
