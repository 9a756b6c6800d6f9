"""How the portal says no on a page of its own: rights, portals, old sessions, and what is not there."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from redis.exceptions import RedisError

from accounts.models import User
from accounts.rate_limits import TooOften
from onboarding import access_changes
from onboarding.models import Application, Program
from portals.kinds import KINDS
from tenants import access
from tenants.door import ConsolesClosed, MissingRight, NoPortal, OrganizationSuspended
from tenants.models import Management, Membership, Msp
from tenants.one_portal import PortalClash
from tenants.times import again, written

logger = logging.getLogger(__name__)
_PROGRAMS = {"msp": Program.MSP, "reseller": Program.RESELLER, "license_reseller": Program.RESELLER}
GetResponse = Callable[[HttpRequest], HttpResponse]


def readable(get_response: GetResponse) -> GetResponse:
    """Turns away what no page of ours sends: a NUL in the address, which PostgreSQL does not take."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info + unquote(request.META["QUERY_STRING"]):
            return HttpResponse(render_to_string("400.html"), status=400)
        return get_response(request)

    return middleware


class Slashes(CommonMiddleware):
    """Leads whoever looks to the address with its slash. What is sent leads nowhere: it would be lost on the way."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


class Refusals:
    """Answers the refusals that views raise with our own pages, also while DEBUG."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and request.resolver_match is None and response.status_code == HTTPStatus.NOT_FOUND:
            return _nowhere(request)
        if request.method == "GET" and response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return _only_sent(request, allow=response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        causes = (exception, exception.__cause__)  # Django wraps what PostgreSQL says
        answers = (answer for kind, answer in _ANSWERS.items() if any(isinstance(one, kind) for one in causes))
        answer = next(answers, None)
        if answer is None:
            return None
        with transaction.atomic():  # the view's own is rolled back, and outside of one the policies show nothing
            return answer(request, exception)


@login_not_required
def not_found(request: HttpRequest, path: str = "") -> HttpResponse:
    """Every address that leads nowhere."""
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The way back is the page with the form: many addresses that take one have no page of their own."""
    came_from = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return render(request, "403_csrf.html", {"back": came_from if is_ours else ""}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault. Asks neither the database nor the shell: they may be what broke."""
    number = request.META.get("PORTAL_REQUEST_ID", "")
    return HttpResponse(render_to_string("500.html", {"request_id": number}), status=500)


def _nowhere(request: HttpRequest) -> HttpResponse:
    """An address that no view has: our own page, in place of the one of Django while DEBUG."""
    with transaction.atomic():  # as in process_exception
        return not_found(request)


def _only_sent(request: HttpRequest, *, allow: str) -> HttpResponse:
    """An address that takes what a button sends, opened as a page."""
    with transaction.atomic():  # as in process_exception
        response = render(request, "405.html", status=405)
    response["Allow"] = allow
    return response


def _not_there(request: HttpRequest, no: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def _denied(request: HttpRequest, no: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def _closed(request: HttpRequest, no: ConsolesClosed) -> HttpResponse:
    message = access_changes.closed_sentence(no.customer_id)
    return render(request, "403.html", {"title": "No access", "message": message}, status=403)


def _missing_right(request: HttpRequest, no: MissingRight) -> HttpResponse:
    active = Membership.objects.super_admins().filter(state=Membership.State.ACTIVE)
    admins = active.filter(**access.column(no.organization)).select_related("user")
    own = (
        Membership.objects.filter(user=request.user.pk, **access.column(no.organization)).select_related("role").first()
    )
    context = {
        "right": no.right,
        "role": own.role.name if own else "",
        "super_admins": " or ".join(str(membership.user) for membership in admins),
    }
    return render(request, "403.html", context, status=403)


def _too_often(request: HttpRequest, no: TooOften) -> HttpResponse:
    zone = request.user.zone if isinstance(request.user, User) else ZoneInfo("UTC")
    response = render(request, "429.html", {"message": again(no, zone)}, status=429)
    response["Retry-After"] = str(no.wait)
    return response


def _stopped(request: HttpRequest, no: Exception) -> HttpResponse:
    """By PostgreSQL: too long (docs/adr/0037), or one of two that waited for each other. Nothing was changed."""
    logger.warning("PostgreSQL stopped a page: %s", no)
    return _later(request)


def _uncounted(request: HttpRequest, no: Exception) -> HttpResponse:
    """allauth lets nobody sign in whose tries it cannot count; our own limits go on (accounts/rate_limits.py)."""
    logger.error("Valkey does not answer, so nobody can sign in: %s", no)
    return _later(
        request, title="Nobody can sign in right now", message="The part that guards sign-in does not answer."
    )


def _later(request: HttpRequest, **said: str) -> HttpResponse:
    response = render(request, "503.html", said, status=503)
    response["Retry-After"] = "60"
    return response


def _no_portal(request: HttpRequest, no: NoPortal) -> HttpResponse:
    """Somebody who works for no such organization: blocked, an applicant whom Samsung has not approved, or else
    for whom the portal is (words.md person.blocked, application.waiting, .rejected, .none)."""
    assert isinstance(request.user, User)  # noqa: S101  (a door stands behind LoginRequiredMiddleware)
    blocked = Membership.objects.filter(user=request.user, state=Membership.State.BLOCKED).first()
    own = Application.objects.filter(applicant=request.user, program=_PROGRAMS.get(no.column))
    context = {
        "blocked_at": blocked and blocked.blocked_at,
        "application": own.order_by("sent_at").last(),
        "whose": KINDS[no.column].whose,
    }
    return render(request, "portals/no_portal.html", context, status=403)


def _taken_away(request: HttpRequest, no: Exception) -> HttpResponse | None:
    """The MSP lost the customer, or the customer its consoles, while what was pressed waited for its turn: the verb
    went on without the rows that the policies hide since then, and was rolled back. Anything else is our fault."""
    management: Management | None = getattr(request, "management", None)
    if management:
        is_over = not Management.objects.filter(pk=management.pk, ended_at=None).exists()
        return _not_there(request, no) if is_over else None
    own: Membership | None = getattr(request, "membership", None)
    if own and own.customer and access.VIEW not in access.rights(own.user, own.customer):
        return _closed(request, ConsolesClosed(own.customer.pk))
    return None


def _suspended(request: HttpRequest, no: OrganizationSuspended) -> HttpResponse:
    context = {"title": f"{no.msp.name} is suspended", "message": suspended_sentence(no.msp)}
    return render(request, "403.html", context, status=403)


def suspended_sentence(msp: Msp) -> str:
    """Why nobody can open the portal of this MSP; empty if everybody can."""
    if not msp.suspended_at:
        return ""
    since = written(msp.suspended_at, timezone.get_current_timezone())
    return (
        f"Samsung suspended {msp.name} on {since}. Nobody of the company can open the Knox MSP Portal until Samsung "
        f"ends this. Its customers are not affected. Reason: {msp.suspended_reason}"
    )


def _clash(request: HttpRequest, no: PortalClash) -> HttpResponse:
    """Somebody who is signed in to another portal (FAQ Q14): its name, where, and the one click that goes on."""
    assert isinstance(request.user, User)  # noqa: S101  (a door stands behind LoginRequiredMiddleware)
    here = request.session.session_key
    launched_for = request.POST.get("next", "") if request.method == "POST" else request.get_full_path()
    context = {
        "open_kind": request.user.open_portal,
        "open": KINDS[request.user.open_portal],
        "is_here": request.user.open_session == here,
        "wanted_kind": no.kind,
        "wanted": KINDS[no.kind],
        "organization_id": no.organization_id,
        "organization": _name(no),
        "next": launched_for,
        "number": request.META.get("PORTAL_REQUEST_ID", ""),
    }
    response = render(request, "portals/not_authorized.html", context, status=403)
    if "HX-Request" in request.headers:
        response["HX-Refresh"] = "true"  # a list that loads its next rows opens the page as a whole
    return response


def _name(no: PortalClash) -> str:
    """The organization whose portal was wanted, by name."""
    if no.kind == "samsung":
        return "Samsung"
    membership = Membership.objects.filter(**{f"{no.kind}_id": no.organization_id}).select_related(no.kind).first()
    return membership.organization.name if membership else ""


# The most special first: the doors' refusals are kinds of PermissionDenied.
_ANSWERS: dict[type[Exception], Callable[..., HttpResponse | None]] = {
    MissingRight: _missing_right,
    ConsolesClosed: _closed,
    NoPortal: _no_portal,
    PortalClash: _clash,
    OrganizationSuspended: _suspended,
    TooOften: _too_often,
    psycopg.errors.QueryCanceled: _stopped,
    psycopg.errors.DeadlockDetected: _stopped,
    RedisError: _uncounted,
    Http404: _not_there,
    PermissionDenied: _denied,
    ObjectDoesNotExist: _taken_away,
    DatabaseError: _taken_away,
}
