"""Each request gets a number, which the log, the activity log and the error page share."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Origin:
    """Where an act came from: a request, or (both empty) a background job."""

    request_id: str = ""
    address: str | None = None


_NOWHERE = Origin()
_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin() -> Origin:
    return _origin.get() or _NOWHERE


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        number = uuid.uuid4().hex[:16]
        request.META["PORTAL_REQUEST_ID"] = number
        before = _origin.set(Origin(number, get_adapter().get_client_ip(request)))
        try:
            response = get_response(request)
        finally:
            _origin.reset(before)
        response["X-Request-ID"] = number
        return response

    return middleware
