"""Samsung admins and super admins sign in with a second step (setting MFA_REQUIRED).

Without one they read where to set it up, and nothing else opens. A session that was opened with one costs nothing;
for the others it is one query a click.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import SAMSUNG_ADMINS, User
from tenants.models import Membership

OPEN_TO_THEM = ("account_", "mfa_", "usersessions_")
"""The routes of one's own account, by the start of their names: there a second step is set up."""


class SecondFactor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not settings.MFA_REQUIRED or not _is_guarded(request, view):
            return None
        assert isinstance(request.user, User)  # noqa: S101  (see _is_guarded)
        with transaction.atomic():  # outside of one the policies show nothing
            if may_go_on(request.user):
                return None
            response = render(request, "portals/second_factor.html", status=403)
        if "HX-Request" in request.headers:
            response["HX-Refresh"] = "true"
        return response


def may_go_on(person: User) -> bool:
    """Whether the person has a second step, or needs none."""
    has = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    admin = User.groups.through.objects.filter(user=OuterRef("pk"), group__name=SAMSUNG_ADMINS)
    membership = Membership.objects.super_admins().filter(user=OuterRef("pk"), state=Membership.State.ACTIVE)
    needs = Exists(admin) | Exists(membership)
    return not User.objects.filter(needs, ~Exists(has), pk=person.pk).exists()


def _is_guarded(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    """Pages for signed-in people, but those of one's own account, in sessions without a second step."""
    if not isinstance(request.user, User) or not getattr(view, "login_required", True):
        return False
    name = (request.resolver_match.url_name if request.resolver_match else None) or ""
    if name.startswith(OPEN_TO_THEM):
        return False
    return all(record["method"] != "mfa" for record in get_authentication_records(request, request.user))
