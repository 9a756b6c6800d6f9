"""Check-ins of devices a second, through Django's whole handler, over those of a bare view.

The bare view stands behind the same middleware and does one SELECT and one UPDATE by an index in a transaction: what
any such end point needs at least. Half of the devices have a command to fetch. Both take turns, a few at a time: a
machine that gets slower meanwhile changes no figure.
"""

import io
import json
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from itertools import batched
from statistics import median
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse  # noqa: TID251  (a view to compare with)
from django.urls import clear_url_caches, path
from django.views.decorators.csrf import csrf_exempt

from accounts.acting import as_operator
from bench.database import Database
from msp_portal import urls
from services.models import Agent, Command
from tenants.models import Customer

DEVICES, ROUNDS, CHUNK = 1000, 7, 25
_HANDLER = WSGIHandler()


@csrf_exempt
@login_not_required
def bare(request: HttpRequest) -> JsonResponse:
    """One row by an index, read and written."""
    pk = json.loads(request.body)["pk"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, made_at FROM bench_bare WHERE id = %s", [pk])
        row = cursor.fetchone()
        cursor.execute("UPDATE bench_bare SET seen_at = now() WHERE id = %s", [pk])
    return JsonResponse({"id": row and row[0]})


def measure(database: Database, customer: Customer, devices: list[int]) -> dict[str, Any]:
    """Figures a second for agents and for the bare view, and their ratio. `devices` are the customer's, verified."""
    numbers = devices[:DEVICES]
    known = _agents(customer, numbers)
    _bare_table(database, len(numbers))
    urls.urlpatterns.insert(0, path("bare", bare, name="bench-bare"))
    clear_url_caches()
    others: list[Asked] = [("/bare", {"pk": pk}, "") for pk in range(1, len(numbers) + 1)]
    _seconds(known), _seconds(others)  # what is loaded once
    raw: dict[str, Any] = {"checkins": [], "bare": []}
    for _ in range(ROUNDS):
        _waiting(customer, numbers)
        took = [0.0, 0.0]
        for chunk in batched(zip(known, others, strict=True), CHUNK, strict=False):
            for place, asked in enumerate(zip(*chunk, strict=True)):
                took[place] += _seconds(asked)
        raw["checkins"].append(len(numbers) / took[0])
        raw["bare"].append(len(numbers) / took[1])
    raw["checkins_vs_bare"] = median(one / other for one, other in zip(raw["checkins"], raw["bare"], strict=True))
    return raw


type Asked = tuple[str, dict[str, Any], str]


def _seconds(asked: Sequence[Asked]) -> float:
    """How long these requests take, one after the other."""
    environs = [_environ(*one) for one in asked]
    start = time.perf_counter()
    for environ in environs:
        response = _HANDLER(environ, _start)
        response.close()
        assert response.status_code == HTTPStatus.OK
    return time.perf_counter() - start


def _start(status: str, head: list[tuple[str, str]], error: Any = None, /) -> Callable[[bytes], object]:
    return bytes


def _environ(address: str, body: dict[str, Any], secret: str) -> dict[str, Any]:
    raw = json.dumps(body).encode()
    return {
        "REQUEST_METHOD": "POST", "PATH_INFO": address, "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(raw)), "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "wsgi.input": io.BytesIO(raw), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


def _agents(customer: Customer, devices: list[int]) -> list[Asked]:
    known = {pk: secrets.token_urlsafe(32) for pk in devices}
    with as_operator():
        Agent.objects.filter(device__in=devices).delete()
        Agent.objects.bulk_create(
            Agent(customer=customer, device_id=pk, secret=sha256(secret.encode()).digest())
            for pk, secret in known.items()
        )
    return [("/agent/v1/checkin", {"firmware": "S921BXXU4AXH2"}, secret) for secret in known.values()]


def _waiting(customer: Customer, devices: list[int]) -> None:
    """They were here five minutes ago. A command for every second one; what was sent before has been answered."""
    with as_operator():
        Agent.objects.filter(device__in=devices).update(seen_at=Now() - timedelta(minutes=5))
        Command.objects.filter(device__in=devices).delete()
        Command.objects.bulk_create(
            Command(customer=customer, device_id=pk, service="KC", action="lock", params={}) for pk in devices[::2]
        )


def _bare_table(database: Database, rows: int) -> None:
    with database.owner() as owner:
        owner.execute("DROP TABLE IF EXISTS bench_bare")
        owner.execute("CREATE TABLE bench_bare (id bigint PRIMARY KEY, made_at timestamptz, seen_at timestamptz)")
        owner.execute("CREATE INDEX ON bench_bare (seen_at)")  # as agents have one
        owner.execute("INSERT INTO bench_bare SELECT n, now(), now() FROM generate_series(1, %s) n", [rows])
        owner.execute("GRANT SELECT, UPDATE ON bench_bare TO portal_app")
