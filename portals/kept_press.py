"""A press that waits for the password, which allauth keeps in the session and sends again afterwards."""

import json

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect

from accounts.http import PortalRequest


def drop(request: PortalRequest) -> None:
    """The organization is another one from now on: what was pressed for the one before must not reach it."""
    kept = request.session.get(STATE_SESSION_KEY, {})
    if "request" in kept:
        state = {"path": json.loads(kept["request"])["path"]}
        request.session[STATE_SESSION_KEY] = {"callback": f"{__name__}.{refuse.__name__}", "state": state}


def refuse(request: PortalRequest, state: dict[str, str]) -> HttpResponseRedirect:
    """What allauth does in place of sending, once the password was right."""
    wanted = get_next_redirect_url(request)
    if wanted and wanted != state["path"]:  # the password is for another page, which shows by itself
        return redirect(wanted)
    messages.error(request, "You launched another portal since, so we did not send it. Open the page again.")
    return redirect("knox-dashboard")
