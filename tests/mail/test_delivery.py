"""Sending over real SMTP: once, again after a refusal, once by two workers, later where a worker died."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as portal
from django.db import connection
from django.utils import timezone
from post_office.models import STATUS, Email

from mail import outbox
from mail.tasks import MAX_TRIES, deliver, deliver_waiting
from tests.mail.smtp import Server, free_port, serving
from tests.races.committed import at_once

pytestmark = pytest.mark.usefixtures("committed", "worker_here")
BUSY = "451 Try again later"


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with serving() as server:
        settings.MAILERS = server.config
        yield server


@pytest.fixture
def worker_here(committed: None) -> Iterator[None]:
    """Tasks that a sweep asks for run in this process."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def written(subject: str = "customers") -> Email:
    """A letter whose task was lost: only its row is there."""
    current_app.conf.task_always_eager = False
    letter = outbox.write(
        "tenants/email/export_ready",
        to="pia@polaris.example",
        name="Pia",
        about=[],
        why="you asked for this export",
        context={"export": {"what": subject}, "lines": "2", "until": "tomorrow", "button_url": "https://x.example/"},
    )
    current_app.conf.task_always_eager = True
    return letter


@pytest.fixture
def no_broker() -> Iterator[None]:
    """Nobody listens where tasks are left."""
    pool, given = current_app.amqp._producer_pool, current_app.conf.broker_write_url
    current_app.amqp._producer_pool = None
    current_app.conf.broker_write_url = f"redis://127.0.0.1:{free_port()}/0"
    yield
    current_app.amqp._producer_pool, current_app.conf.broker_write_url = pool, given


def state(letter: Email) -> tuple[int, int | None]:
    letter.refresh_from_db()
    return letter.status, letter.number_of_retries


def wait_of(letter: Email) -> int:
    """Seconds from now to the next try."""
    letter.refresh_from_db()
    return round((letter.scheduled_time - timezone.now()).total_seconds())


def test_what_was_written_stays_done_while_the_broker_is_gone(server: Server, no_broker: None) -> None:
    letter = written()  # nobody is told that it failed: it did not
    assert state(letter) == (STATUS.queued, None)
    Email.objects.update(created=timezone.now() - timedelta(minutes=1))

    deliver_waiting()

    assert len(server.arrived) == 1


def test_a_letter_arrives_once_however_often_its_task_runs(server: Server) -> None:
    letter = written("Ångström 🙂")

    for _ in range(3):
        deliver(letter.pk)
    deliver_waiting()

    (arrived,) = server.arrived
    assert state(letter) == (STATUS.sent, None)
    assert arrived["X-RcptTo"] == "pia@polaris.example"
    assert arrived["Message-ID"] == letter.message_id
    assert [part.get_content_type() for part in arrived.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_letter_that_is_not_there_is_nobodys(server: Server) -> None:
    deliver(10**12)

    assert server.arrived == []


def at_its_time(letter: Email, time_machine: Any) -> None:
    """The next try."""
    letter.refresh_from_db()
    time_machine.move_to(letter.scheduled_time or timezone.now())
    deliver(letter.pk)


def test_a_refused_letter_waits_longer_each_time(server: Server, time_machine: Any) -> None:
    server.refuse(BUSY)
    letter, waits = written(), []

    for _ in range(4):
        at_its_time(letter, time_machine)
        waits.append(wait_of(letter))

    assert waits == pytest.approx([30, 60, 120, 240], abs=3)
    assert state(letter) == (STATUS.requeued, 4)
    assert server.arrived == []


def test_a_task_that_was_asked_for_again_and_again_is_one_try(server: Server) -> None:
    """As many are, while workers wait for a silent mail server."""
    server.refuse(BUSY)
    letter = written()

    for _ in range(MAX_TRIES + 1):
        deliver(letter.pk)

    assert (state(letter), letter.logs.count()) == ((STATUS.requeued, 1), 1)


def test_a_refused_letter_goes_out_when_its_time_has_come(server: Server, time_machine: Any) -> None:
    server.refuse(BUSY)
    letter = written()
    deliver(letter.pk)
    server.refuse(None)
    deliver_waiting()
    assert server.arrived == []

    time_machine.move_to(timezone.now() + timedelta(seconds=31))
    deliver_waiting()
    deliver_waiting()

    assert (len(server.arrived), state(letter)[0]) == (1, STATUS.sent)


def test_a_worker_waits_for_a_silent_server_a_while_only() -> None:
    read = "from django.conf import settings; print(settings.MAILERS['default']['OPTIONS'])"
    environment = os.environ | {"EMAIL_URL": "smtp://127.0.0.1:25", "DJANGO_SETTINGS_MODULE": "msp_portal.settings"}

    told = subprocess.check_output([sys.executable, "-c", read], env=environment, cwd=portal.BASE_DIR, text=True)

    assert "'timeout': 20" in told


def test_a_mail_server_that_is_not_there_is_tried_again(settings: Any) -> None:
    server = Server()
    server.port = free_port()
    settings.MAILERS = server.config
    letter = written()

    deliver(letter.pk)

    assert (state(letter), wait_of(letter)) == ((STATUS.requeued, 1), pytest.approx(30, abs=3))


def test_a_letter_that_is_refused_for_ever_is_given_up_and_kept(server: Server, time_machine: Any) -> None:
    server.refuse("550 No such mailbox")
    letter = written()
    for _ in range(MAX_TRIES + 1):
        at_its_time(letter, time_machine)
    assert state(letter) == (STATUS.failed, MAX_TRIES)

    server.refuse(None)
    time_machine.move_to(timezone.now() + timedelta(days=30))
    deliver_waiting()

    assert server.arrived == []
    assert letter.logs.count() == MAX_TRIES + 1


def test_one_refused_letter_does_not_hold_up_the_others(server: Server, time_machine: Any) -> None:
    letters = [written(f"list {number}") for number in range(3)]
    answers = iter([BUSY, None, None])
    server.answer = lambda: next(answers)
    time_machine.move_to(timezone.now() + timedelta(seconds=21))

    deliver_waiting()

    assert [state(letter)[0] for letter in letters] == [STATUS.requeued, STATUS.sent, STATUS.sent]
    assert len(server.arrived) == 2


def test_the_sweep_leaves_a_fresh_letter_to_its_own_task(server: Server, time_machine: Any) -> None:
    letter = written()
    deliver_waiting()
    assert server.arrived == []

    time_machine.move_to(letter.created + timedelta(seconds=20))
    deliver_waiting()

    assert len(server.arrived) == 1


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_that_take_the_same_letter_at_once_send_it_once(server: Server, workers: int) -> None:
    server.take(0.2)
    letter = written()

    at_once(*workers * [lambda: deliver(letter.pk)])

    assert (len(server.arrived), state(letter)[0]) == (1, STATUS.sent)


def test_workers_that_sweep_at_once_send_each_letter_once(server: Server, time_machine: Any) -> None:
    letters = [written(f"list {number}") for number in range(6)]
    time_machine.move_to(timezone.now() + timedelta(seconds=21))
    server.take(0.02)

    at_once(*3 * [deliver_waiting])
    deliver_waiting()

    assert sorted(mail["Subject"] for mail in server.arrived) == sorted(letter.subject for letter in letters)


WORKER = "import django, sys; django.setup(); from mail.tasks import deliver; deliver(int(sys.argv[1]))"


def other_worker(letter: Email, server: Server) -> subprocess.Popen[bytes]:
    """A worker in a process of its own, with this test's database and mail server."""
    at = connection.settings_dict
    environment = {
        "DATABASE_URL": f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}",
        "DATABASE_ROLE": "portal_app",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "DJANGO_SETTINGS_MODULE": "msp_portal.settings",
    }
    command = [sys.executable, "-c", WORKER, str(letter.pk)]
    return subprocess.Popen(command, env=os.environ | environment, cwd=portal.BASE_DIR)


def test_a_letter_whose_worker_died_goes_out_later_once(server: Server, time_machine: Any) -> None:
    letter = written()
    worker: list[subprocess.Popen[bytes]] = []

    def die() -> str:
        worker[0].send_signal(signal.SIGKILL)
        return BUSY

    server.answer = die
    worker.append(other_worker(letter, server))
    assert worker[0].wait(90) == -signal.SIGKILL  # it starts Python first, on a machine that may be busy
    assert (state(letter)[0], server.arrived) == (STATUS.queued, [])

    server.refuse(None)
    time_machine.move_to(timezone.now() + timedelta(seconds=21))
    deliver_waiting()
    deliver_waiting()

    assert (len(server.arrived), state(letter)[0]) == (1, STATUS.sent)
