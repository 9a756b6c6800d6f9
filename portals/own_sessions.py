"""Ending one of one's own sessions, from the list of where one is signed in."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts import browsers
from accounts.http import PortalRequest


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def session_end(request: PortalRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        return redirect("account_logout")
    get_adapter().end_sessions([session])
    messages.success(request, f"You signed out of {browsers.named(session.user_agent)}.")
    return redirect("usersessions_list")
