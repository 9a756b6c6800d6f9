"""The code with which devices of a customer enroll, as a picture that they scan; and a new one in its place."""

import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import PortalRequest
from devices.pages import qr
from services import codes
from services.pages.places import ServicePlace, in_both


@in_both("GET", "HEAD", "POST")
def code(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    """For people who may act only: whoever has the code can speak for a device."""
    at.needs_the_right()
    if request.method == "POST":
        if request.POST.get("act") == "renew" and codes.known(at.customer):
            codes.renew(at.customer, at.console, by=request.user)
            messages.success(request, "You made a new code. The one before no longer works.")
        else:
            codes.of(at.customer, by=request.user)
            messages.success(request, "You made a code. Show it to the people with the phones.")
        return redirect(request.path)
    found = codes.known(at.customer)
    context = at.context("code") | {"at": at, "code": found}
    if found:
        who = at.portal.who([found.made_by_id])[found.made_by_id]
        context |= {"qr": qr.picture(_scanned(found.code)), "who": who}
    return render(request, "services/code.html", context)


def _scanned(code: str) -> str:
    """What an agent reads (docs/agent-v1.md)."""
    return json.dumps({"portal": f"{settings.PORTAL_URL}/agent/v1/", "code": code})


customer_console_code, own_console_code = code
