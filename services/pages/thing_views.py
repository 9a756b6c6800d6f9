"""Pages of the things of a service: list, one, add, change, delete, end. The same for every kind of every service, in
the MSP Portal and in the Knox Admin Portal.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import PortalRequest, data_of
from rules import settings as rule
from rules.errors import RuleBroken
from services import campaigns, copies, fields, things
from services.console import Kind
from services.models import Enrollment, Thing, ThingVersion
from services.pages import thing_forms
from services.pages.places import ServicePlace, in_both
from services.pages.thing_lists import TONES, ThingList, csv_rows
from tenants import lists
from tenants.models import Access
from tenants.numbers import counted
from tenants.pages import answers

_VERSIONS_SHOWN = 20


@in_both("GET", "HEAD")
def listed(request: PortalRequest, at: ServicePlace, kind: str) -> HttpResponse:
    found = ThingList(at, kind_of(at, kind), request.GET)
    if "csv" in request.GET:
        return _csv(found)
    page = found.page()
    context = at.context(found.kind.code) | {
        "at": at,
        "kind": found.kind,
        "listed": found,
        "page": page,
        "chips": found.chips(),
        "columns": found.sorting.heads(),
        "rows": [
            (row, at.url("thing", found.kind.code, row.pk), TONES.get(vars(row)["state"], "")) for row in page.rows
        ],
        "add_url": at.url("thing-add", found.kind.code) if at.may_change else "",
        "csv_url": lists.without(request.GET, csv="1"),
    }
    return answers.listed(request, "services/things.html", context)


@in_both("GET", "POST")
def add(request: PortalRequest, at: ServicePlace, kind: str) -> HttpResponse:
    at.needs_the_right()
    declared = kind_of(at, kind)
    form = thing_forms.to_add(at.customer, at.console, declared, data_of(request))
    status = answers.status(form)
    if form.is_valid():
        try:
            thing = things.add(
                at.customer, at.console, declared, name=form.cleaned_data["name"],
                settings=thing_forms.settings_of(form), by=request.user,
            )  # fmt: skip
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"You added {thing}.")
            return redirect(at.url("thing", declared.code, thing.pk))
    context = page_of(at, declared, [(f"Add {low(declared)}", "")])
    context |= {"form": form, "parts": thing_forms.parts(form, declared), "back_url": at.url("things", declared.code)}
    return render(request, "services/thing_form.html", context, status=status)


@in_both("GET", "HEAD")
def one(request: PortalRequest, at: ServicePlace, kind: str, pk: int) -> HttpResponse:
    declared, thing = kind_of(at, kind), find(at, kind, pk)
    offered = fields.fill(declared.form(), at.customer, at.console.service)
    state = things.state_of(thing)
    context = page_of(at, declared, [(thing.name, "")]) | _devices(at, declared, thing)
    context |= {
        "thing": thing,
        "state": state,
        "state_tone": TONES.get(state, "off"),
        "facts": thing_forms.facts(offered, thing.settings),
        "versions": _versions(at, thing, offered),
        "origin": copies.origins([thing]).get(thing.pk),
        "acts": _acts(at, declared, thing, state) if at.may_change else {},
    }
    return render(request, "services/thing.html", context)


@in_both("GET", "POST")
def edit(request: PortalRequest, at: ServicePlace, kind: str, pk: int) -> HttpResponse:
    at.needs_the_right()
    declared, thing = kind_of(at, kind), find(at, kind, pk)
    form = thing_forms.to_change(thing, at.console, declared, data_of(request))
    url, status = at.url("thing", declared.code, thing.pk), answers.status(form)
    if form.is_valid():
        try:
            things.change(
                thing, name=form.cleaned_data["name"], settings=thing_forms.settings_of(form),
                seen=form.cleaned_data["seen"] or 0, by=request.user,
            )  # fmt: skip
        except RuleBroken as no:
            status = answers.refuse(form, no)
            thing.refresh_from_db()
            thing_forms.show_newest(form, thing.version)
        else:
            messages.success(request, f"You saved {form.cleaned_data['name']}.")
            return redirect(url)
    context = page_of(at, declared, [(thing.name, url), ("Change", "")])
    context |= {"form": form, "parts": thing_forms.parts(form, declared), "thing": thing, "back_url": url}
    return render(request, "services/thing_form.html", context, status=status)


@in_both("GET", "POST")
def delete(request: PortalRequest, at: ServicePlace, kind: str, pk: int) -> HttpResponse:
    declared = kind_of(at, kind)
    does = "Nobody can bring it back."
    if declared.is_copied:
        does += " Copies at other customers stay."

    def do(thing: Thing) -> str:
        things.delete(thing, by=request.user)
        return f"You deleted {thing}."

    question = f"Delete {low(declared)}", does
    return _confirmed(request, at, find(at, kind, pk), question, do, leads_to=at.url("things", declared.code))


@in_both("GET", "POST")
def end(request: PortalRequest, at: ServicePlace, kind: str, pk: int) -> HttpResponse:
    """Cancel it for good. 404 for a kind that has no end."""
    declared, thing = kind_of(at, kind), find(at, kind, pk)
    if declared.end is None:
        raise Http404

    def do(thing: Thing) -> str:
        moved = things.end(thing, by=request.user)
        return f"You cancelled {thing}. It lets go of {counted(moved, 'device')}."

    leads_to = at.url("thing", declared.code, thing.pk)
    return _confirmed(request, at, thing, (declared.end.label, declared.end.says), do, leads_to=leads_to)


customer_things, own_things = listed
customer_thing_add, own_thing_add = add
customer_thing, own_thing = one
customer_thing_edit, own_thing_edit = edit
customer_thing_delete, own_thing_delete = delete
customer_thing_end, own_thing_end = end


def kind_of(at: ServicePlace, code: str) -> Kind:
    kind = at.console.kind(code)
    if kind is None:
        raise Http404
    return kind


def find(at: ServicePlace, kind: str, pk: int) -> Thing:
    own = Thing.objects.filter(customer=at.customer, service=at.console.service, kind=kind)
    return get_object_or_404(own.select_related("customer"), pk=pk)


def low(kind: Kind) -> str:
    return kind.label.lower()


def page_of(at: ServicePlace, kind: Kind, trail: list[tuple[str, str]]) -> dict[str, Any]:
    """What every page of a thing needs. `trail`: what stands behind the list, each with its address (last: none)."""
    steps = [(kind.plural, at.url("things", kind.code)), *trail]
    return at.context(kind.code) | {"at": at, "kind": kind, "trail": steps}


def _confirmed(  # noqa: PLR0913  (the one place of two pages)
    request: PortalRequest,
    at: ServicePlace,
    thing: Thing,
    question: tuple[str, str],
    do: Callable[[Thing], str],
    *,
    leads_to: str,
) -> HttpResponse:
    """The question and, once answered, the verb. A refusal stands on the page with its status."""
    at.needs_the_right()
    _, kind = things.declared(thing)
    url, refusal, status = at.url("thing", kind.code, thing.pk), "", 200
    if request.method == "POST":
        try:
            done = do(thing)
        except RuleBroken as no:
            refusal, status = str(no), no.status
        else:
            messages.success(request, done)
            return redirect(leads_to)
    title, does = question
    context = page_of(at, kind, [(thing.name, url), (title, "")])
    context |= {"thing": thing, "title": title, "does": does, "refusal": refusal, "back_url": url}
    context |= {"devices": _having(thing).count()}
    return render(request, "services/thing_confirm.html", context, status=status)


def _having(thing: Thing) -> Any:
    return Enrollment.objects.filter(customer=thing.customer_id, service=thing.service, thing=thing.pk)


def _devices(at: ServicePlace, kind: Kind, thing: Thing) -> dict[str, Any]:
    """How the devices that have it stand, as a bar and as a table, and how many have an older version."""
    if not kind.is_assigned:
        return {}
    counts = campaigns.progress(thing)
    total = sum(count for _, count in counts)
    older = _having(thing).filter(thing_version__lt=thing.version).count() if kind.pushes and total else 0
    devices_url = f"{at.url('console')}?thing={thing.pk}"
    rows, x = [], 0.0
    for state, count in counts:
        share = 100 * count / total
        rows.append({"state": state, "count": count, "x": f"{x:.2f}", "share": f"{share:.2f}",
                     "percent": round(share), "url": f"{devices_url}&state={state.code}"})  # fmt: skip
        x += share
    return {"total": total, "older": older, "progress": rows, "devices_url": devices_url}


def _versions(at: ServicePlace, thing: Thing, form: forms.Form) -> list[dict[str, Any]]:
    """The newest first, each with who saved it and what changed: label, before, after."""
    kept = ThingVersion.objects.filter(thing=thing).order_by(F("version").desc())
    found = list(kept[: _VERSIONS_SHOWN + 1])
    who = at.portal.who(one.by_id for one in found)
    before = [*found[1:], None]
    pairs = list(zip(found, before, strict=True))[:_VERSIONS_SHOWN]
    return [
        {
            "version": new,
            "who": who[new.by_id],
            "changes": _changes(form, old.settings, new.settings) if old else [],
        }
        for new, old in pairs
    ]


def _changes(form: forms.Form, old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    was, now = thing_forms.facts(form, old), thing_forms.facts(form, new)
    return [(label, before, after) for (label, before), (_, after) in zip(was, now, strict=True) if before != after]


def _acts(at: ServicePlace, kind: Kind, thing: Thing, state: str) -> dict[str, Any]:
    """Addresses of what a person can do with it, by name; an empty one is not offered."""
    over = state in ("cancelled", "expired")
    own = (kind.code, thing.pk)
    msp = kind.is_copied and at.place.msp is not None
    free = thing.customer.access == Access.NONE  # of others nothing is copied (services/copies.py)
    acts = {
        "edit": "" if over else at.url("thing-edit", *own),
        "end": at.url("thing-end", *own) if kind.end and not over else "",
        "delete": at.url("thing-delete", *own),
        "copyable": at.url("thing-copyable", *own) if msp and (free or thing.is_copyable) else "",
        "copy": at.url("thing-copy", *own) if msp and free and thing.is_copyable else "",
    }
    push = at.console.action(kind.pushes) if kind.pushes else None
    if push and not over:
        query = f"?thing={thing.pk}&all=1"
        acts |= {"push": at.url("console-act", push.code) + query, "push_label": push.label}
    return acts


def _csv(found: ThingList) -> HttpResponse:
    """What the list shows, up to the number of lines that one waits for."""
    name = f"{found.console.slug}-{found.kind.plural.lower().replace(' ', '-')}-{found.customer.kcs_id}"
    return answers.csv(name, csv_rows(found, rule.number("export_limit")))
