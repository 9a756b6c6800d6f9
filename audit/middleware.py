"""Each request gets a number, which the log, the activity log and the error page share."""

import uuid
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse

from audit.origin import Origin, acting_from


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        number = uuid.uuid4().hex[:16]
        request.META["PORTAL_REQUEST_ID"] = number
        with acting_from(Origin(number, get_adapter().get_client_ip(request))):
            response = get_response(request)
        response["X-Request-ID"] = number
        return response

    return middleware
