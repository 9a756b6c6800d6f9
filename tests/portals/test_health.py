"""What /healthz answers while the broker is away, and that nobody waits for one that says nothing."""

import json
import logging
import socket
from threading import Timer

import pytest
from django.conf import settings
from django.urls import reverse
from kombu import Connection
from redis.exceptions import TimeoutError as NoAnswer

from portals import health


@pytest.fixture
def silent():
    """A broker that takes connections and says nothing. Gone after a while, so that a test ends in any case."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        end = Timer(30, server.close)
        end.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        end.cancel()


def test_who_asks_a_silent_broker_is_let_go(silent):
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    with Connection(silent, transport_options=options) as connection, pytest.raises(NoAnswer):
        connection.channel()


def test_without_a_broker_nobody_waits_for_worker_and_beat(client, db, settings, silent, monkeypatch):
    monkeypatch.setitem(health._CHECKS, "worker", lambda: True)
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": silent, "OPTIONS": {"socket_timeout": 0.1}}}

    response = client.get(reverse("healthz"))

    up = [part["component"] for part in map(json.loads, response.content.splitlines()) if part["ok"]]
    assert (response.status_code, up) == (503, ["database"])


def test_a_letter_that_failed_is_said_in_our_line_alone():
    failed = logging.makeLogRecord({"name": "post_office", "msg": "Failed to send email", "request_id": "-"})
    logger = logging.getLogger("post_office")

    said = [handler.format(failed) for handler in logger.handlers]

    assert ([line for line in said if "PID" in line], logger.propagate) == ([], False)
