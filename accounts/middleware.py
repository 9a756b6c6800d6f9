"""What a request brings with it: the person for the policies, and the person's time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.acting import acting_as
from accounts.models import User


def acting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        with acting_as(user), timezone.override(user.zone if user else None):
            return get_response(request)

    return middleware
