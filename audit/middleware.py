"""Each request gets a number, which the log, the activity log and the error page share, and a line in the log."""

import logging
import time
import uuid
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from audit.origin import Origin, acting_from, origin

log = logging.getLogger(__name__)


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        number, began = uuid.uuid4().hex[:16], time.perf_counter()
        request.META["PORTAL_REQUEST_ID"] = number
        with acting_from(Origin(number, get_adapter().get_client_ip(request))):
            response = get_response(request)
            _note(request, response, took=time.perf_counter() - began)
        response["X-Request-ID"] = number
        return response

    return middleware


def _note(request: HttpRequest, response: HttpResponse, *, took: float) -> None:
    """Who was shown what. A web server's own log knows neither the person nor which part of an address is a secret."""
    person = getattr(getattr(request, "user", None), "pk", None) or "-"
    said = (request.method, _address(request), response.status_code, took * 1000, person, origin().address)
    log.info("%s %s %d %.0f ms person %s from %s", *said)


def _address(request: HttpRequest) -> str:
    """Without the query, in which people search. Of a page that a link opens without sign-in, the pattern alone: the
    rest is the key. What leads nowhere is left out, as it may be such a link without its end."""
    match = request.resolver_match
    if match is None:
        return "-"
    is_open = not getattr(match.func, "login_required", True)
    return f"/{match.route}" if is_open and match.kwargs else escape_uri_path(request.path)
