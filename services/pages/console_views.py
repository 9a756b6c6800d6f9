"""The console of a service: the devices of one customer in it, and what can be done with them."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.acting import acting_as
from accounts.http import PortalRequest
from accounts.models import User
from services.console import Console
from services.pages.console_lists import ConsoleList, csv_rows, decorate, shown
from services.pages.places import ServicePlace, in_both
from services.picking import Picked
from tenants import exports, lists, recent
from tenants.pages import answers


@in_both("GET", "HEAD")
def console(request: PortalRequest, at: ServicePlace) -> HttpResponseBase:
    """The list; with `csv` the file of it; with `waiting` the rows whose commands had no answer when last drawn."""
    if "waiting" in request.GET:
        return _waiting(request, at)
    listed = ConsoleList(at, request.GET, recent.keys(request.session))
    if "csv" in request.GET:
        return _csv(request, at, listed)
    page = listed.page()
    decorate(page.rows, at)
    things = listed.things()
    obstacle = at.console.obstacle(at.place.msp)
    context = at.context("devices") | {
        "at": at,
        "listed": listed,
        "page": page,
        "heads": listed.sorting.heads(),
        "states": listed.states(),
        "attention": listed.attention(),
        "things": things,
        "chips": listed.chips(things),
        "obstacle": obstacle,
        "offers": listed.offers(obstacle) if at.may_change else [],
        "waiting": [row for row in page.rows if row.waits],
        "swaps": False,
        "csv_url": f"{request.path}{lists.without(request.GET, csv='1')}",
    }
    if request.htmx:
        return render(request, "services/console.html#rows", context)
    context["about"] = at.console.about(at.customer)
    context["others"] = [
        (name, reverse("customer-console", args=[kcs_id, at.console.slug])) for kcs_id, name in listed.others()
    ]
    return render(request, "services/console.html", context)


def _waiting(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    """Asked every few seconds while a shown device has not answered; htmx swaps each cell where it is."""
    picked = Picked.read(at.customer, at.console, request.GET)
    rows = decorate(list(shown(picked.devices(), at.console)[: lists.PAGE_SIZE]), at)
    context = at.context() | {"rows": rows, "waiting": [row for row in rows if row.waits], "swaps": True}
    return render(request, "services/_console_waiting.html", context)


def _csv(request: PortalRequest, at: ServicePlace, listed: ConsoleList) -> HttpResponseBase:
    """Of the ticked rows, or of all that the list shows; streamed, so that its length does not matter."""
    devices = listed.picked.devices() if listed.picked.ids and not listed.picked.all else listed.picked.listed()
    rows = shown(devices, at.console).order_by(*listed.sorting.order.by())
    return answers.streamed(f"{at.console.slug}-{at.customer.kcs_id}", _file(request.user, rows, at.console))


def _file(person: User, rows: QuerySet[Any], of: Console) -> Iterator[str]:
    """Runs after the request's own transaction, so it opens its own, on behalf of the same person."""
    with acting_as(person), transaction.atomic():
        yield from exports.lines(csv_rows(rows, of))


customer_console, own_console = console
