"""Around each request: the person and the time zone, headers of our own, idle sessions, signing in again for htmx."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts.acting import acting_as
from accounts.models import User

_LAST_ACT = "last_act"
_KEPT_SECONDS = 5 * 60


def acting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        with acting_as(user), timezone.override(user.zone if user else None):
            return get_response(request)

    return middleware


def own_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What Django has no setting for: the devices of a browser that no page of ours uses, and that pages of people who
    are signed in stay in no cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def signs_out_idle(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever did nothing for SESSION_IDLE_SECONDS signs in again (OWASP ASVS 7.3.1).

    A page that asks by itself is not somebody who acts. The instant is kept in the session, written every few minutes.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        now = time.time()
        if isinstance(request.user, User) and now - _last_act(request, now) > settings.SESSION_IDLE_SECONDS:
            logout(request)
            messages.info(request, "You did nothing here for a while, so we signed you out.")
        response = get_response(request)
        if isinstance(request.user, User) and _is_worth_noting(request, now):
            request.session[_LAST_ACT] = int(now)
        return response

    return middleware


def _last_act(request: HttpRequest, unknown: float) -> float:
    """Seconds since 1970."""
    at: float = request.session.get(_LAST_ACT, unknown)
    return at


def _is_worth_noting(request: HttpRequest, now: float) -> bool:
    """The first note is that of the sign-in itself; later ones are of what people do.

    A page only reads by itself. What people send from within it has its header, too: htmx hands it down.
    """
    if _LAST_ACT not in request.session:
        return True
    is_poll = request.method == "GET" and "X-Poll" in request.headers
    return now - _last_act(request, now) > _KEPT_SECONDS and not is_poll


def sign_in_again(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """When the session has ended, htmx opens the sign-in page instead of swapping it into a list."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "HX-Request" in request.headers and isinstance(response, HttpResponseRedirect):
            return HttpResponseClientRedirect(_back_to_the_page(request, response.url))
        return response

    return middleware


def _back_to_the_page(request: HttpRequest, to: str) -> str:
    """Whoever signs in again goes on at the page that was open: what htmx asked for is a part of one."""
    here, site = request.headers.get("HX-Current-URL", ""), request.build_absolute_uri("/")
    if here.startswith(site) and to.startswith(reverse("account_login")):
        return redirect_to_login(f"/{here.removeprefix(site)}").url
    return to
