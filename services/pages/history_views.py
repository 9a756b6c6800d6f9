"""What happened in a console: changes of state, and commands with their answers. Newest first."""

from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpResponse, QueryDict

from accounts.http import PortalRequest
from devices import inventory
from devices.models import Device
from devices.pages.bulk_act_list import started
from services.models import Command, Move
from services.pages.console_lists import because
from services.pages.places import ServicePlace, in_both
from tenants import lists
from tenants.pages import answers

_NEWEST = lists.Order("pk", descending=True)
_VIEWS = {"": "Changes of state", "commands": "Commands"}
MONTH = timedelta(days=30)
TONES = {"waiting": "wait", "sent": "wait", "done": "ok", "failed": "bad", "cancelled": "off"}
"""What the state of a command is drawn as."""


@in_both("GET", "HEAD")
def history(request: PortalRequest, at: ServicePlace) -> HttpResponse:
    commands = request.GET.get("show") == "commands"
    page = _commands(at, request.GET) if commands else _moves(at, request.GET)
    context = at.context("history") | {
        "at": at,
        "commands": commands,
        "shown": "commands" if commands else "",
        "views": [
            (key, label, lists.without(request.GET, "action", "state", "show", **({"show": key} if key else {})))
            for key, label in _VIEWS.items()
        ],
        "page": page,
        "chosen": request.GET.get("action" if commands else "state", ""),
        "choices": [(one.code, one.label) for one in (at.console.actions if commands else at.console.states)],
        "background": started(at.portal, "console", at.console.slug, within=MONTH),
        "typed": _typed(request.GET),
        "is_filtered": any(request.GET.get(name) for name in ("q", "action", "state")),
    }
    return answers.listed(request, "services/history.html", context)


def _typed(query: QueryDict) -> str:
    return query.get("q", "").strip()[:200]


def _own[M: Model](kind: type[M], at: ServicePlace, query: QueryDict) -> QuerySet[M]:
    """Of the console, or of the one device whose number is searched for."""
    rows = kind._default_manager.filter(customer=at.customer, service=at.console.service).select_related("device")
    typed = _typed(query)
    named = Device.objects.filter(inventory.by_number(typed), customer=at.customer)
    return rows.filter(device__in=named) if typed else rows


def _moves(at: ServicePlace, query: QueryDict) -> lists.Page[Move]:
    own = _own(Move, at, query)
    state = query.get("state", "")
    left = [""] if state == at.console.first.code else []  # whoever leaves the service has no state in it
    rows = own.filter(state__in=[state, *left]) if state in {one.code for one in at.console.states} else own
    page = lists.page(rows, _NEWEST, query)
    _name(page.rows, at)
    for row in page.rows:
        shown = vars(row)
        shown["from_state"] = at.console.state(row.before) if row.before else at.console.first
        shown["to_state"] = at.console.state(row.state) if row.state else at.console.first
        shown["why"] = because(at.console, row.reason)
    return page


def _commands(at: ServicePlace, query: QueryDict) -> lists.Page[Command]:
    own = _own(Command, at, query)
    action = query.get("action", "")
    rows: QuerySet[Command] = own.filter(action=action) if at.console.action(action) else own
    page = lists.page(rows, _NEWEST, query)
    _name(page.rows, at)
    for row in page.rows:
        shown = vars(row)
        declared = at.console.action(row.action)
        shown["label"] = declared.label if declared else row.action
        shown["tone"] = TONES[row.state]
    return page


def _name(rows: list[Any], at: ServicePlace) -> None:
    """`who` on each row, and `device_url`, the page of its device. One query."""
    who = at.portal.who(row.by_id for row in rows)
    for row in rows:
        vars(row)["device_url"] = at.place.url("device", row.device_id)
        vars(row)["who"] = who[row.by_id]


customer_console_history, own_console_history = history
