"""The request as the middleware leaves it for a signed-in person."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class PortalRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
