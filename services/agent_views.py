"""/agent/v1/: what devices call (docs/agent-v1.md). JSON over POST; a secret of the device in place of a session."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts import rate_limits
from accounts.acting import acting_as
from accounts.rate_limits import TooOften
from rules.errors import RuleBroken
from services import agent_schemas, agents, answers, modules
from services.agent_schemas import LONGEST, Malformed

type Take = Callable[[HttpRequest, dict[str, Any]], dict[str, Any]]

ERRORS = {400: "malformed", 401: "no_agent", 404: "unknown", 409: "taken", 413: "too_large", 429: "too_often"}
_OFTEN = "Too many requests. Wait as long as Retry-After says."


def _answering(take: Take) -> Callable[[HttpRequest], JsonResponse]:
    """The frame around each: reads the body, answers refusals as JSON.

    Without a CSRF token, as there is no session: whoever has the secret speaks for the device. Each verb opens the
    transaction of its own database role, and nobody's, whoever may be signed in in this browser.
    """

    @csrf_exempt
    @login_not_required
    @require_POST
    @transaction.non_atomic_requests
    @wraps(take)
    def view(request: HttpRequest) -> JsonResponse:
        try:
            with acting_as(None):
                return JsonResponse(take(request, _body(request, take.__name__)))
        except Malformed as no:
            return _refused(HTTPStatus.BAD_REQUEST, str(no))
        except agents.NoAgent as no:
            return _unknown(request, no)
        except RuleBroken as no:
            return _refused(no.status, str(no))
        except TooOften as no:
            return _too_often(no)

    return view


def _body(request: HttpRequest, name: str) -> dict[str, Any]:
    """Nobody without an agent's secret has a body read, other than that of `enroll`."""
    if name != "enroll":
        _secret(request)
    try:
        raw = request.read(LONGEST + 1)
    except UnreadablePostError:
        raise Malformed("The body ended too early.") from None
    if len(raw) > LONGEST:
        raise RuleBroken(f"A body has at most {LONGEST} bytes. Send the rest in another request.", status=413)
    return agent_schemas.body_of(name, raw)


def _secret(request: HttpRequest) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not secret:
        raise agents.NoAgent
    return secret


def _count(request: HttpRequest, act: str) -> str:
    """The secret, after one more act was counted for it."""
    secret = _secret(request)
    rate_limits.consume(request, act, whose=sha256(secret.encode()).hexdigest())
    return secret


def _unknown(request: HttpRequest, no: agents.NoAgent) -> JsonResponse:
    """Counted for the address, after the look: phones that share it and are known go on."""
    try:
        rate_limits.consume(request, "agent_unknown")
    except TooOften as often:
        return _too_often(often)
    return _refused(no.status, str(no))


def _too_often(no: TooOften) -> JsonResponse:
    return _refused(HTTPStatus.TOO_MANY_REQUESTS, _OFTEN, {"Retry-After": str(no.wait)})


def _refused(status: int, sentence: str, head: dict[str, str] | None = None) -> JsonResponse:
    told = {"error": ERRORS[status], "sentence": sentence}
    return JsonResponse(told, status=status, headers=head)


@_answering
def enroll(request: HttpRequest, body: dict[str, Any]) -> dict[str, Any]:
    rate_limits.consume(request, "agent_enroll")
    names = ("identifier", "secret", "firmware", "version")
    told = agents.enroll(body["code"], **{name: body[name] for name in names if name in body})
    return {"device": told.device, "interval": told.interval}


@_answering
def checkin(request: HttpRequest, body: dict[str, Any]) -> dict[str, Any]:
    told = agents.check_in(_secret(request), firmware=body.get("firmware"), version=body.get("version"))
    if told.is_quick:  # who comes in time is not counted: the limit is far below that
        _count(request, "agent_checkin")
    return {"commands": told.commands, "interval": told.interval}


@_answering
def report(request: HttpRequest, body: dict[str, Any]) -> dict[str, Any]:
    secret = _count(request, "agent_report")
    said = answers.report(
        secret, answers=body.get("answers", ()), events=body.get("events", ()), facts=body.get("facts")
    )
    return {"accepted": said.accepted, "ignored": said.ignored}


@login_not_required
@require_GET
def schema(request: HttpRequest) -> JsonResponse:
    return JsonResponse(agent_schemas.document(_events))


def _events() -> dict[str, list[str]]:
    return {console.service: [one.code for one in console.events] for console in modules.CONSOLES.values()}
