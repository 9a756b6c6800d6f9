"""The Knox Deployment App: the customer's page with the QR code, and what a phone opens with it."""

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from accounts.rate_limits import TooOften
from devices import deployment_app, singles
from devices.models import Device
from devices.pages import qr
from devices.pages.app_forms import EnrollForm
from rules.errors import RuleBroken
from tenants import access
from tenants.door import MissingRight, for_member
from tenants.models import Customer


@require_http_methods(["GET", "POST"])
@for_member("customer")
def deployment_app_page(request: PortalRequest, organization: Customer) -> HttpResponse:
    """The code of a direct customer, as phones scan it, for people who may act only: whoever has it can add a device.
    A managed one reads why it has none."""
    may_change = access.MANAGE in access.rights(request.user, organization)
    no: RuleBroken | None = None
    if request.method == "POST":
        if not may_change:
            raise MissingRight(access.MANAGE, organization)
        act = deployment_app.renew if request.POST.get("act") == "renew" else deployment_app.make
        try:
            act(organization, by=request.user)
        except RuleBroken as broken:
            no = broken
        else:
            messages.success(request, "You made a code. Show it to the people with the phones.")
            return redirect(request.path)
    code = deployment_app.code_of(organization)
    url = settings.PORTAL_URL + reverse("enroll", args=[code.code]) if code and may_change else ""
    context = {
        "organization": organization,
        "code": code,
        "url": url,
        "qr": qr.picture(url) if url else "",
        "may_change": may_change,
        "is_managed": organization.is_managed,
        "refusal": str(no) if no else "",
    }
    return render(request, "devices/app_code.html", context, status=no.status if no else 200)


# Without a CSRF token: the app on the phone has no session, and nobody is signed in. Whoever has the code may add a
# device, with this form or without it, so a foreign page could do no more than its own visitor.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enroll(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR code opens on a phone. The app itself posts the same form and reads JSON."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return _enroll_app(request, code)
    _count(request, code)
    try:
        customer = deployment_app.customer_of(code)
        form = EnrollForm(data_of(request))
        device = _enroll(code, form) if form.is_valid() else None
    except RuleBroken as no:
        return render(request, "devices/app_closed.html", {"reason": str(no)}, status=no.status)
    context = {"customer": customer, "form": EnrollForm() if device else form, "device": device}
    return render(request, "devices/app_enroll.html", context, status=422 if form.errors else 200)


def _enroll(code: str, form: EnrollForm) -> Device | None:
    """Add the device; what is wrong with it goes to its field."""
    try:
        return deployment_app.enroll(code, typed=form.cleaned_data["device"], model=form.cleaned_data["model"])
    except singles.Refused as no:
        form.add_error(no.field, str(no))
        return None


def _enroll_app(request: HttpRequest, code: str) -> JsonResponse:
    """The same for the app: its answers have the names of Samsung's own API (knox.md 4.3)."""
    try:
        _count(request, code)
        customer = deployment_app.customer_of(code)
        form = EnrollForm(request.POST)
        if request.method != "POST":
            return JsonResponse({"customer": customer.name})
        if not form.is_valid():
            return JsonResponse({"message": next(iter(form.errors.values()))[0]}, status=422)
        device = deployment_app.enroll(code, typed=form.cleaned_data["device"], model=form.cleaned_data["model"])
    except TooOften as no:
        head = {"Retry-After": str(no.wait)}
        return JsonResponse({"message": "Too many devices at once. Try again later."}, status=429, headers=head)
    except singles.Refused as no:
        told = {"message": str(no), "problem": no.problem.name, "code": no.problem.code}
        return JsonResponse(told, status=no.status)
    except RuleBroken as no:
        return JsonResponse({"message": str(no)}, status=no.status)
    return JsonResponse({"device": device.identifier, "customer": customer.name}, status=201)


def _count(request: HttpRequest, code: str) -> None:
    """Tries are counted for the code and for the address."""
    rate_limits.consume(request, "enroll", whose=f"code-{sha256(code.encode()).hexdigest()}")
    rate_limits.consume(request, "enroll")
