"""One alert: what it is about, who is on it, and what people do about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from alerts import feed, handling
from alerts.models import Alert
from portals import dashboard
from portals.alert_forms import AssignForm, CommentForm, ReachForm, SnoozeForm
from rules.errors import RuleBroken
from tenants.door import TenantRequest, for_msp

type Act = Callable[[Alert, TenantRequest], str]
"""Does it, and says what happened. Raises RuleBroken where it may not be."""


class Unread(Exception):
    """What was filled in makes no sense. Carries the form, with its sentences beside the fields."""

    def __init__(self, name: str, form: Form) -> None:
        super().__init__(name)
        self.name, self.form = name, form


@require_GET
@for_msp()
def alert_page(request: TenantRequest, pk: int) -> HttpResponse:
    return _show(request, _get(request, pk))


@require_POST
@for_msp()
def alert_act(request: TenantRequest, pk: int, act: str) -> HttpResponse:
    """Acknowledge, assign, snooze and so on; back to where it was pressed, or the row alone for htmx."""
    if act not in ACTS:
        raise Http404
    alert = _get(request, pk)
    try:
        told = ACTS[act](alert, request)
    except Unread as wrong:
        return _show(request, alert, wrong=wrong)
    except RuleBroken as no:
        return _refused(request, alert, no)
    if request.htmx:
        return _swapped(request, _get(request, pk), told, act)
    messages.success(request, told)
    return redirect(_back(request, alert))


def _acknowledge(alert: Alert, request: TenantRequest) -> str:
    changed = handling.acknowledge(alert, by=request.user, reach=_reach(alert, request))
    return f"You acknowledged {_how_many(changed)}."


def _undo(alert: Alert, request: TenantRequest) -> str:
    changed = handling.undo(alert, by=request.user, reach=_reach(alert, request))
    return f"{_how_many(changed).capitalize()} {'is' if changed == 1 else 'are'} open again."


def _snooze(alert: Alert, request: TenantRequest) -> str:
    form = SnoozeForm(request.POST)
    _read("snooze_form", form)
    reach = _reach(alert, request)
    until, until_grows = form.until()
    changed = handling.snooze(alert, until=until, until_grows=until_grows, by=request.user, reach=reach)
    hidden = "Hidden" if changed == 1 else f"{changed:,} alerts hidden"
    if until is None:
        return f"{hidden} until the number grows."
    return f"{hidden} until {form.day(until)}. It comes back earlier if it gets worse."


def _wake(alert: Alert, request: TenantRequest) -> str:
    changed = handling.wake(alert, by=request.user, reach=_reach(alert, request))
    return f"{_how_many(changed).capitalize()} {'is' if changed == 1 else 'are'} open again."


def _assign(alert: Alert, request: TenantRequest) -> str:
    form = AssignForm(request.POST, people=handling.assignable(alert))
    _read("assign_form", form)
    person = form.person
    changed = handling.assign(alert, to=person, by=request.user, reach=_reach(alert, request))
    if person:
        return f"You assigned {_how_many(changed)} to {person}."
    return f"{_how_many(changed or 1).capitalize()} {'is' if changed <= 1 else 'are'} for everybody again."


def _comment(alert: Alert, request: TenantRequest) -> str:
    form = CommentForm(request.POST)
    _read("comment_form", form)
    written = handling.comment(alert, text=form.cleaned_data["text"], by=request.user, reach=_reach(alert, request))
    return "You added a comment." if written == 1 else f"You added a comment to {_how_many(written)}."


ACTS: dict[str, Act] = {
    "acknowledge": _acknowledge,
    "undo": _undo,
    "snooze": _snooze,
    "wake": _wake,
    "assign": _assign,
    "comment": _comment,
}
_BACK = {"acknowledge": "undo", "snooze": "wake"}
"""Which act takes another one back, in place of the row."""


def _get(request: TenantRequest, pk: int) -> Alert:
    """One of this MSP's alerts; the policies hide those of customers that the person does not see."""
    rows = feed.of_msp(request.msp).select_related("customer", "acknowledged_by", "assigned_to", "snoozed_by")
    return get_object_or_404(rows.with_comments(), pk=pk)


def _show(
    request: TenantRequest, alert: Alert, *, no: RuleBroken | None = None, wrong: Unread | None = None
) -> HttpResponse:
    may_handle = alert.pk in dashboard.handled(request, [alert]) and not alert.closed_at
    people = handling.assignable(alert) if may_handle else []
    context: dict[str, Any] = {
        "line": feed.line(alert),
        "alert": alert,
        "customer": alert.customer,
        "may_handle": may_handle,
        "comments": alert.comments.select_related("by").order_by("pk"),
        "comment_form": CommentForm(),
        "assign_form": AssignForm(people=people, initial={"to": alert.assigned_to_id}),
        "snooze_form": SnoozeForm(),
        "reach_form": ReachForm(alert=alert),
        "refusal": str(no) if no else "",
    }
    for act in ("comment", "assign", "snooze"):
        typed = request.POST if wrong and wrong.name == f"{act}_form" else None
        context[f"{act}_reach"] = ReachForm(typed, alert=alert, auto_id=f"id_{act}_%s")
    if wrong:
        context[wrong.name] = wrong.form
    return render(request, "portals/alert.html", context, status=no.status if no else 422 if wrong else 200)


def _refused(request: TenantRequest, alert: Alert, no: RuleBroken) -> HttpResponse:
    if not request.htmx:
        return _show(request, alert, no=no)
    context = {"line": feed.line(alert), "alert": alert, "told": str(no), "is_refused": True}
    return render(request, "portals/_alert_done.html", context, status=no.status)


def _swapped(request: TenantRequest, alert: Alert, told: str, act: str) -> HttpResponse:
    """The row as it is now, or what stands in its place, with the tiles counted again."""
    address = _next(request)
    context = dashboard.tiles(request, QueryDict(address.partition("?")[2]))
    context |= {"line": feed.line(alert), "told": told, "back": _BACK.get(act, ""), "next": address}
    if act not in _BACK:
        context |= {"handled": {alert.pk}, "snoozes": handling.CHOICES.items(), "is_open": True}
    return render(request, "portals/_alert_done.html", context)


def _reach(alert: Alert, request: TenantRequest) -> handling.Reached:
    form = ReachForm(request.POST, alert=alert)
    _read("reach_form", form)
    return form.reached


def _read(name: str, form: Form) -> None:
    if not form.is_valid():
        raise Unread(name, form)


def _how_many(changed: int) -> str:
    return "the alert" if changed == 1 else f"{changed:,} alerts"


def _next(request: TenantRequest) -> str:
    """Where the button stood, if that is a page of ours."""
    to = request.POST.get("next", "")
    is_ours = to.startswith("/") and to.isprintable() and url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return to if is_ours else ""


def _back(request: TenantRequest, alert: Alert) -> str:
    return _next(request) or reverse("alert", args=[alert.pk])
