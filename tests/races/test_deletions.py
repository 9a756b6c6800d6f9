"""Two decide on the deletion of a customer at one moment: one wins, and the other is told."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.utils import timezone

from accounts import samsung_admins
from accounts.acting import acting_as, as_operator
from accounts.models import User
from devices.models import Upload
from rules.errors import RuleBroken
from support import deletions
from support.models import Deletion, Message
from tenants.models import Customer
from tests.devices.sending import imeis, sent
from tests.races.committed import at_once, by, until_somebody_waits
from tests.support.ground import asked, kim, planned
from tests.world import World, build

pytestmark = pytest.mark.usefixtures("committed", "_quick_passwords")
ROUNDS = range(4)
State = Deletion.State
REASON = {"reason": "The contract still runs."}


@pytest.fixture
def made(committed: None) -> World:
    return build()


def decides(admin: User, act: Callable[..., Any], deletion: Deletion, **fields: Any) -> Callable[[], Any]:
    def deciding() -> Any:
        with as_operator():
            return act(deletion, by=admin, **fields)

    return by(admin, deciding)


def now(deletion: Deletion) -> Deletion:
    with as_operator():
        return Deletion.objects.get(pk=deletion.pk)


def told(answers: list[Any]) -> list[str]:
    return [str(one) for one in answers if isinstance(one, RuleBroken)]


def notes(deletion: Deletion) -> list[str]:
    """What Samsung wrote below the ticket."""
    with as_operator():
        return list(Message.objects.filter(ticket=deletion.ticket_id, by_samsung=True).values_list("text", flat=True))


@pytest.mark.parametrize("turn", ROUNDS)
def test_of_two_admins_who_start_it_at_once_one_is_the_first_person(made: World, turn: int) -> None:
    deletion, second = asked(made), kim()

    answers = at_once(*(decides(one, deletions.start, deletion) for one in (made.sam, second)))

    assert told(answers) == [f"This deletion is in another state now: {State.STARTED.label}. Nothing changed."]
    assert (now(deletion).state, now(deletion).approved_by) == (State.STARTED, None)


@pytest.mark.parametrize("turn", ROUNDS)
def test_what_one_admin_approves_and_another_rejects_has_one_outcome(made: World, turn: int) -> None:
    deletion, second = asked(made), kim()
    with acting_as(made.sam), as_operator():
        deletions.start(deletion, by=made.sam)

    answers = at_once(
        decides(second, deletions.approve, deletion), decides(made.sam, deletions.reject, deletion, **REASON)
    )

    found = now(deletion)
    assert found.state in (State.PLANNED, State.REJECTED)
    assert told(answers) == [f"This deletion is in another state now: {found.get_state_display()}. Nothing changed."]
    assert len(notes(deletion)) == 1


@pytest.mark.parametrize("turn", ROUNDS)
def test_two_seconds_who_approve_at_once_plan_it_once(made: World, turn: int) -> None:
    deletion, second = asked(made), kim()
    third = samsung_admins.appoint("joon@samsung.example", first_name="Joon", last_name="Han")
    with acting_as(made.sam), as_operator():
        deletions.start(deletion, by=made.sam)

    answers = at_once(*(decides(one, deletions.approve, deletion) for one in (second, third)))

    assert told(answers) == ["This deletion is in another state now: Planned. Nothing changed."]
    assert len(notes(deletion)) == 1


@pytest.mark.parametrize("turn", ROUNDS)
def test_who_takes_it_back_while_samsung_approves_reads_which_came_first(made: World, turn: int) -> None:
    deletion, second = asked(made), kim()
    with acting_as(made.sam), as_operator():
        deletions.start(deletion, by=made.sam)

    answers = at_once(
        decides(second, deletions.approve, deletion), by(made.alice, deletions.withdraw, deletion, by=made.alice)
    )

    found = now(deletion)
    assert found.state in (State.PLANNED, State.WITHDRAWN)
    assert told(answers) == [f"This deletion is in another state now: {found.get_state_display()}. Nothing changed."]


@pytest.mark.parametrize("early", [0.03, 0.01, 0.003, 0.0])
def test_an_undo_in_the_last_moment_and_the_clock_never_both_happen(made: World, early: float) -> None:
    """The undo looks at the time before it is over, the task after it: the locks decide between them."""
    deletion = planned(made)
    due = timezone.now() + timedelta(seconds=0.3)
    with as_operator():
        Deletion.objects.filter(pk=deletion.pk).update(due_at=due)
    undoes = decides(made.sam, deletions.undo, deletion)

    undone, gone = at_once(lambda: at(due - timedelta(seconds=early), undoes), lambda: at(due, deletions.run_due))

    with as_operator():
        is_gone = Customer.objects.get(pk=made.first.pk).deleted_at is not None
    assert (now(deletion).state, is_gone) in ((State.UNDONE, False), (State.DONE, True))
    assert (gone, isinstance(undone, RuleBroken)) == ((1, True) if is_gone else (0, False))


@pytest.mark.parametrize("turn", ROUNDS)
def test_two_workers_delete_a_customer_once(made: World, turn: int) -> None:
    deletion = planned(made)
    with as_operator():
        Deletion.objects.filter(pk=deletion.pk).update(due_at=timezone.now())

    gone = at_once(deletions.run_due, deletions.run_due)

    assert (sum(gone), now(deletion).state) == (1, State.DONE)


def at(moment: datetime, act: Callable[[], Any]) -> Any:
    """Do it then."""
    time.sleep(max(0, (moment - timezone.now()).total_seconds()))
    return act()


def test_a_deletion_waits_for_a_worker_without_holding_the_customer_that_it_wants(made: World) -> None:
    upload, deletion, is_at_it = sent(made.tom, imeis(1), customer=made.first), planned(made), Event()

    def worker() -> None:
        with as_operator():
            Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)
            is_at_it.set()
            until_somebody_waits()
            Customer.objects.select_for_update(no_key=True).get(pk=made.first.pk)

    with as_operator():
        Deletion.objects.filter(pk=deletion.pk).update(due_at=timezone.now())
    _, gone = at_once(worker, lambda: is_at_it.wait(30) and deletions.run_due())

    assert (gone, now(deletion).state) == (1, State.DONE)
