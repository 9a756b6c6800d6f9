"""The bell: what is new to this person, up to the cap."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from alerts import bell, feed
from alerts.models import Alert, Severity
from tests.alerts.alarm import alert

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def unread(msp, person):
    with acting_as(person):
        return bell.new_to(feed.of_msp(msp).urging(), user=person)[: bell.CAP].count()


def look(msp, person):
    with acting_as(person):
        bell.seen(person, msp, through=bell.newest(feed.of_msp(msp)))


def test_everybody_has_a_number_of_the_own_customers(world):
    alert(world.first)
    alert(world.second)

    assert {who: unread(world.aurora, getattr(world, who)) for who in ("alice", "tom", "bob", "blake")} == {
        "alice": 2,
        "tom": 1,
        "bob": 0,
        "blake": 0,
    }


def test_looking_empties_it_for_the_one_who_looked(world):
    alert(world.first)

    look(world.aurora, world.alice)

    assert (unread(world.aurora, world.alice), unread(world.aurora, world.vera)) == (0, 1)


def test_who_looks_at_one_msp_has_not_looked_at_the_other(world):
    alert(world.foreign, age=HOUR)
    alert(world.first)

    look(world.aurora, world.mira)

    assert [unread(msp, world.mira) for msp in (world.aurora, world.borealis)] == [0, 1]


def test_what_opens_later_counts_and_what_was_seen_does_not(world):
    alert(world.first, age=HOUR)
    look(world.aurora, world.alice)

    alert(world.first)

    assert unread(world.aurora, world.alice) == 1


def test_a_seen_alert_that_changes_counts_only_while_it_is_critical(world):
    calm, grave = alert(world.first, age=HOUR), alert(world.first, age=HOUR, severity=Severity.CRITICAL)
    look(world.aurora, world.alice)
    with as_operator():
        Alert.objects.filter(pk__in=[calm.pk, grave.pk]).update(changed_at=timezone.now())

    assert unread(world.aurora, world.alice) == 1


def test_an_old_page_does_not_bring_back_what_was_seen(world):
    alert(world.first)
    look(world.aurora, world.alice)

    with acting_as(world.alice):
        bell.seen(world.alice, world.aurora, through=timezone.now() - HOUR)

    assert unread(world.aurora, world.alice) == 0


@pytest.mark.parametrize(("count", "words"), [(0, ""), (7, "7"), (99, "99"), (100, "99+")])
def test_the_number_in_words(count, words):
    assert bell.shown(count) == words
