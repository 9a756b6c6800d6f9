"""An action on the picked devices: first whom it affects, who is left out, and what it needs; then it is done."""

from dataclasses import dataclass, replace
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.http import PortalRequest, data_of
from audit.models import Side
from devices import bulk_acts
from devices.models import Device
from licensing import obstacles
from rules import settings as rule
from rules.errors import RuleBroken
from services import bulk_actions, engine
from services.console import Action
from services.engine import GONE, Options, Preview
from services.pages.act_forms import ActForm, form_for
from services.pages.places import ServicePlace, in_both
from services.picking import Picked
from tenants import access
from tenants.numbers import counted
from tenants.pages import answers

NOBODY_TICKED = "Tick the devices first, or all that match."
_NAMED = 5


@dataclass(frozen=True)
class LeftOut:
    """Devices on which the action is not possible: their state in words, how many, and the first of them."""

    label: str
    tone: str
    count: int
    first: list[str]


@in_both("GET", "HEAD", "POST")
def act(request: PortalRequest, at: ServicePlace, action: str) -> HttpResponseBase:
    at.needs_the_right()
    declared = at.console.action(action)
    if declared is None or not declared.states:
        raise Http404
    page = reauthentication_required(_act) if declared.danger else _act
    answer: HttpResponseBase = page(request, at, declared)
    return answer


def _act(request: PortalRequest, at: ServicePlace, action: Action) -> HttpResponse:
    picked = Picked.read(at.customer, at.console, request.GET)
    preview = engine.preview(picked, at.console, action)
    if not preview.affected and not preview.left_out:
        messages.error(request, GONE if "device" in request.GET or "all" in request.GET else NOBODY_TICKED)
        return redirect(at.url("console"))
    affected = engine.possible(picked.devices(), at.console, action)
    form, no = form_for(at, action, preview, data_of(request), wanted=_wanted(affected, preview)), _closed(at, action)
    if form.is_valid() and not no:
        try:
            return _done(request, at, action, picked, preview, _confirmed(form.options(), action, preview))
        except RuleBroken as broken:
            no = broken
    if no and form.is_bound:
        answers.refuse(form, no)
    context = at.context("devices") | _context(at, action, picked, preview, form) | {"refusal": no}
    return render(request, "services/act.html", context, status=_status(form, no))


def _confirmed(options: Options, action: Action, preview: Preview) -> Options:
    """A dangerous action reaches no more devices than the page said and the person typed."""
    return replace(options, at_most=preview.affected) if action.danger else options


def _done(  # noqa: PLR0913, PLR0917  (what a press of the button needs)
    request: PortalRequest, at: ServicePlace, action: Action, picked: Picked, preview: Preview, options: Options
) -> HttpResponse:
    """At once, or by a worker, where nobody waits for so many. Raises RuleBroken."""
    if bulk_acts.is_many(preview.affected):
        query = request.GET.urlencode()
        asked = bulk_actions.ask(picked, at.console, action, preview, query, options=options, by=request.user)
        return redirect(at.place.url("bulk-act", asked.pk))
    done = engine.act(picked, at.console, action, options=options, by=request.user)
    messages.success(request, _said(at, action, done))
    return redirect(at.url("console"))


def _closed(at: ServicePlace, action: Action) -> RuleBroken | None:
    """Why nobody can do it for this customer now."""
    no = at.console.obstacle(at.place.msp) or action.closed(at.customer)
    return RuleBroken(no, status=403) if no else None


def _wanted(affected: QuerySet[Device], preview: Preview) -> str:
    one = affected.first() if preview.affected == 1 else None
    return one.identifier if one else f"{preview.affected:,}"


def _context(at: ServicePlace, action: Action, picked: Picked, preview: Preview, form: ActForm) -> dict[str, Any]:
    kind = at.console.kind(action.assigns) if action.assigns else None
    affected = engine.possible(picked.devices(), at.console, action).order_by("pk")[:_NAMED]
    return {
        "at": at,
        "action": action,
        "says": _says(at, action),
        "preview": preview,
        "is_many": bulk_acts.is_many(preview.affected),
        "affected": [one.identifier for one in affected],
        "left_out": _left_out(at, picked, preview),
        "form": form,
        "kind": kind,
        "kind_url": at.url("thing-add", kind.code) if kind and not form.things else "",
        "no_license": bool(preview.new_seats) and at.console.needs_license and not form.licenses,
        "key_url": _key_url(at),
        "back_url": at.url("console"),
    }


def _says(at: ServicePlace, action: Action) -> str:
    if "{days}" not in action.says:
        return action.says
    clock = next(one for one in at.console.clocks if one.setting and action.now in one.states)
    return action.says.format(days=counted(rule.number(clock.setting), "day"))


def _left_out(at: ServicePlace, picked: Picked, preview: Preview) -> list[LeftOut]:
    """In the order of the console's states. One query for the first of each."""
    if not preview.left_out:
        return []
    nth = Window(RowNumber(), partition_by=F("in_state"), order_by=F("pk"))
    there = engine.in_service(picked.devices(), at.console).order_by().filter(in_state__in=preview.left_out)
    named: dict[str, list[str]] = {}
    for one in there.annotate(nth=nth).filter(nth__lte=_NAMED):
        named.setdefault(one.in_state, []).append(one.identifier)
    return [
        LeftOut(state.label, state.tone, preview.left_out[state.code], named.get(state.code, []))
        for state in at.console.states
        if state.code in preview.left_out
    ]


def _key_url(at: ServicePlace) -> str:
    """Empty for those who may not enter one."""
    is_msp = at.place.side == Side.MSP
    if access.LICENSES not in at.portal.rights or (is_msp and obstacles.of_the_msp(at.customer)):
        return ""
    if is_msp:
        return reverse("license-enter", args=[at.customer.kcs_id])
    return reverse("admin-portal-license-enter")


def _said(at: ServicePlace, action: Action, done: int) -> str:
    devices = f"{counted(done, 'device')} of {at.customer}"
    if action.is_command:
        return f"{action.label}: we sent the command to {devices}. A device answers when it is online."
    return f"{action.label}: done for {devices}."


def _status(form: ActForm, no: RuleBroken | None) -> int:
    if not form.is_bound:
        return 200
    return no.status if no else 422


customer_console_act, own_console_act = act
