"""Many workers write to the same person at once: one email, each alert told once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from alerts import digests, urgent
from alerts.models import Severity, Told
from tests.alerts.alarm import alert
from tests.mail.letters import letters
from tests.races.committed import at_once
from tests.world import World, build

pytestmark = pytest.mark.usefixtures("committed", "_quick_passwords")
ALICE = "alice@aurora.example"


@pytest.fixture
def world(committed: None) -> World:
    world = build()
    Email.objects.all().delete()
    world.alice.digest_hour = 0  # has come, at any hour
    world.alice.save(update_fields=["digest_hour"])
    return world


def test_doubled_tasks_write_one_daily_email(world: World) -> None:
    for _ in range(3):
        alert(world.first)

    at_once(*6 * [lambda: digests.send(world.alice.pk)])

    assert ([mail.subject for mail in letters(ALICE)], Told.objects.count()) == (["3 alerts at Fjordline Freight"], 3)


def test_the_daily_email_and_the_one_at_once_do_not_tell_the_same(world: World) -> None:
    alert(world.first, kind="seats_missing", severity=Severity.CRITICAL)
    through = timezone.now() + timedelta(seconds=1)

    at_once(
        *3 * [lambda: digests.send(world.alice.pk), lambda: urgent.tell(world.alice.pk, through=through)],
    )

    assert (len(letters(ALICE)), Told.objects.count()) == (1, 1)
