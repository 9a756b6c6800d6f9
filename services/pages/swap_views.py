"""Another device in the place of one: typed, checked and shown, then done."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from devices.models import Device
from rules.errors import RuleBroken
from services import swaps
from services.models import Enrollment
from services.pages.claim_forms import SwapForm
from services.pages.console_lists import told
from services.pages.places import ServicePlace, in_both
from tenants.pages import answers


@in_both("GET", "POST")
def _swap(request: PortalRequest, at: ServicePlace, pk: int) -> HttpResponse:
    """The form; sent, what would happen; sent again with `confirm`, the swap."""
    device = _device(at, pk)
    at.needs_the_right()
    form, preview = SwapForm(data_of(request)), None
    status = 422 if form.errors else 200
    if request.method == "POST":
        rate_limits.consume(request, "swap")
    if form.is_valid():
        to, model = form.cleaned_data["device"], form.cleaned_data["model"]
        try:
            if "confirm" in request.POST:
                new = swaps.swap(device, at.console, to, model=model, by=request.user)
                messages.success(request, f"{new} is in the place of {device} in {at.console.name}.")
                return redirect(at.place.url("device", new.pk))
            preview = swaps.preview(device, at.console, to, model=model, by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
    return render(request, "services/swap.html", _context(at, device, form, preview), status=status)


def _device(at: ServicePlace, pk: int) -> Device:
    own = Device.objects.filter(customer=at.customer, pk=pk).select_related("customer", "model").first()
    if own is None or at.console.swap is None:
        raise Http404
    return own


def _context(at: ServicePlace, device: Device, form: SwapForm, preview: swaps.Preview | None) -> dict[str, Any]:
    context = at.context() | {
        "device": device,
        "swap": at.console.swap,
        "form": form,
        "preview": preview,
        "obstacle": "" if form.is_bound else swaps.obstacle(device, at.console, at.place.msp),
        "back_url": at.place.url("device", device.pk),
    }
    if preview:
        context["kept"] = _kept(at, preview.enrollment)
    return context


def _kept(at: ServicePlace, enrollment: Enrollment) -> list[tuple[str, Any]]:
    """What the new device takes over: the thing, and the facts that the console's list shows."""
    kind = at.console.kind(enrollment.thing.kind) if enrollment.thing else None
    thing = [(kind.label, enrollment.thing)] if kind else []
    facts = zip(at.console.columns, told(enrollment.facts, at.console), strict=True)
    return [*thing, *((label, value) for (_, label), value in facts if value)]


customer_swap, own_swap = _swap
