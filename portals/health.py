"""GET /healthz: is every part there? For load balancers and `make run`."""

from collections.abc import Callable
from datetime import UTC, datetime

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

HEARTBEAT = "beat"
"""Where in the cache beat notes the time (msp_portal/beat.py)."""
_OLDEST_HEARTBEAT = 30


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 and a JSON line a component; 503 if one is down."""
    found: dict[str, bool] = {}
    for name, check in _CHECKS.items():
        found[name] = found.get("broker", True) and _answer(check)  # without it nobody hears of worker and beat
    lines = "".join(f'{{"component": "{name}", "ok": {"true" if ok else "false"}}}\n' for name, ok in found.items())
    response = HttpResponse(lines, status=200 if all(found.values()) else 503, content_type="application/x-ndjson")
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log each answer of a start
    return response


def _answer(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, OperationalError, RedisError, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _broker() -> bool:
    cache.set("healthz", 1, timeout=10)
    return bool(cache.get("healthz"))


def _worker() -> bool:
    return bool(current_app.control.ping(timeout=1.0, limit=1))


def _beat() -> bool:
    """Beat notes the time every five seconds by itself: workers may have long work before them."""
    at = cache.get(HEARTBEAT)
    return at is not None and bool((datetime.now(UTC) - at).total_seconds() < _OLDEST_HEARTBEAT)


_CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "broker": _broker,
    "worker": _worker,
    "beat": _beat,
}
