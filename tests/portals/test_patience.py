"""Pages do not wait for ever (docs/adr/0037)."""

import os
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.acting import as_operator
from audit.models import Event
from tests import world as cast

pytestmark = pytest.mark.usefixtures("committed")
SENTENCE = "We stopped before anything was changed: others work on the same data right now."


@pytest.fixture
def world(committed):
    return cast.build()


@pytest.fixture
def patience(world, settings):
    settings.DATABASE_PATIENCE = 1


@pytest.fixture
def locked(world):
    """Somebody else changes customers, and does not end."""
    params = connection.get_connection_params()
    of_the_app = {name: params[name] for name in ("host", "port", "dbname", "user", "password", "options")}
    with psycopg.connect(**of_the_app) as other:
        other.execute("LOCK TABLE tenants_customer IN EXCLUSIVE MODE")
        yield
        other.rollback()


def limits():
    """Of a statement, and of a silence."""
    names = ["statement_timeout", "idle_in_transaction_session_timeout"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s), current_setting(%s)", names)
        return cursor.fetchone()


def be_silent(seconds):
    with transaction.atomic():
        limits()
        time.sleep(seconds)
        limits()


@pytest.mark.usefixtures("patience", "locked")
def test_a_page_that_waits_for_a_lock_is_stopped_and_says_so(world, client, caplog):
    client.force_login(world.alice)

    answer = client.post(reverse("customer-services", args=[world.first.kcs_id]), {"services": ["KE"]})

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert SENTENCE in answer.content.decode()
    assert "PostgreSQL stopped a page: canceling statement due to statement timeout" in caplog.text
    with as_operator():
        assert not Event.objects.filter(verb="customer.service_added").exists()


@pytest.mark.usefixtures("patience")
def test_a_silent_transaction_is_ended(world):
    with pytest.raises(DatabaseError, match="idle-in-transaction timeout"):
        be_silent(2)
    connection.close()


@pytest.mark.parametrize(("seconds", "limit"), [(0, "0"), (7, "7s")])
def test_the_limits_hold_for_one_transaction(settings, seconds, limit):
    settings.DATABASE_PATIENCE = seconds

    with transaction.atomic():
        inside = limits()

    assert (inside, limits()) == ((limit, limit), ("0", "0"))


@pytest.mark.parametrize(("process", "seconds"), [("wsgi", "60"), ("celery", "0")])
def test_only_web_processes_are_impatient(process, seconds):
    ask = f"import msp_portal.{process}; from django.conf import settings; print(settings.DATABASE_PATIENCE)"

    unset = {name: value for name, value in os.environ.items() if name != "DATABASE_PATIENCE"}

    told = subprocess.run([sys.executable, "-c", ask], env=unset, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == seconds
