"""Numbers of the business: the newest counts, older ones are its history."""

import pytest
from django.db import connection

from audit.models import Event
from rules import settings as rule
from rules.models import Setting
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "value"), [("export_limit", 5000), ("export_days", 7), ("link_days", 7)])
def test_the_first_numbers_are_there(db: None, name: str, value: int) -> None:
    assert rule.number(name) == value


def test_a_number_that_nobody_set_is_an_error(db: None) -> None:
    with pytest.raises((Setting.DoesNotExist, IndexError)):
        rule.number("nothing")


def test_a_change_counts_at_once_and_keeps_what_was(world: World) -> None:
    rule.change("link_days", to=14, reason="Holidays", by=world.sam)
    rule.change("link_days", to=3, reason="Back to work", by=world.sam)

    history = Setting.objects.filter(name="link_days").order_by("pk")
    assert rule.number("link_days") == 3
    assert [(one.value, one.reason, one.by) for one in history][1:] == [
        (14, "Holidays", world.sam),
        (3, "Back to work", world.sam),
    ]
    assert history[0].value == 7


def test_a_change_of_one_number_leaves_the_others(world: World) -> None:
    rule.change("link_days", to=14, reason="Holidays", by=world.sam)

    assert rule.number("export_days") == 7


def test_of_two_changes_in_one_moment_the_later_row_counts(world: World) -> None:
    first = rule.change("link_days", to=14, reason="Holidays", by=world.sam)
    second = rule.change("link_days", to=3, reason="Back to work", by=world.sam)
    Setting.objects.filter(pk=second.pk).update(since=first.since)

    assert rule.number("link_days") == 3


def test_a_change_is_recorded_for_samsung_with_its_reason(world: World) -> None:
    changed = rule.change("link_days", to=14, reason="Holidays", by=world.sam)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_operator")
        (event,) = Event.objects.about(changed)
        cursor.execute("SET LOCAL ROLE portal_app")
    assert (event.actor_name, event.side) == ("Sam Park", "samsung")
