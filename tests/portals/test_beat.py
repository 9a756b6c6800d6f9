"""The clock's tasks, on a machine whose own clock is wrong for a while."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import current_app

from msp_portal.beat import Scheduler
from portals import health
from tests.mail.worker import asked_of_the_worker

LETTERS = "mail.tasks.deliver_waiting"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def beat(tmp_path: Path) -> Iterator[Scheduler]:
    with time_machine.travel(NOON, tick=False):
        scheduler = Scheduler(current_app, schedule_filename=str(tmp_path / "beat"), lazy=False)
        asked(scheduler, NOON)
        yield scheduler
        scheduler.close()


def asked(scheduler: Scheduler, now: datetime) -> int:
    """How often the delivery of letters is asked for, forty seconds after this time."""
    for seconds in (0, 40):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            while scheduler.tick() == 0:
                pass
    return [name for name, _ in asked_of_the_worker()].count(LETTERS)


def test_beat_tells_that_it_lives_without_a_worker(beat: Scheduler) -> None:
    """Workers may be busy with uploads for minutes; that is not the end of the portal."""
    later = NOON + timedelta(seconds=80)

    with time_machine.travel(later, tick=False):
        old = health._beat()
        beat.tick()
        assert (old, health._beat()) == (False, True)


@pytest.mark.parametrize("minutes", [1, 60, -60])
def test_tasks_go_on_when_the_clock_is_set(beat: Scheduler, minutes: int) -> None:
    assert asked(beat, NOON + timedelta(minutes=minutes)) >= 1
