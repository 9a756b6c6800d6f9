"""The request as the middleware leaves it for a signed-in person, and what a form reads of it."""

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class PortalRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


def data_of(request: HttpRequest) -> QueryDict | None:
    """What was posted, also if that is nothing; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
