"""The MSP Dashboard: what needs attention, for one customer or for all, and the figures beside it (FAQ Q12)."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import rate_limits
from alerts import bell, feed, handling, tasks
from alerts.models import Alert, AlertQuerySet, Severity
from portals import charts, figures
from portals.figures import Figures, InService
from rules import settings as rule
from tenants import access
from tenants.door import TenantRequest, for_msp
from tenants.models import Customer
from tenants.pages import answers

_PAGE = "portals/msp_dashboard.html"
_SHOWN = 10
_STATES = ("open", "acknowledged", "snoozed", "closed")
_TONES = [("ok", "Well"), ("wait", "On the way"), ("warn", "To look at"), ("bad", "Failed"), ("off", "Not in use")]
_SHORT = 16
_ACROSS = 9
_OWN = ("mark", "csrfmiddlewaretoken")
"""Parameters that are not part of what is shown."""
_UNFILTERED = dict.fromkeys(("state", "severity", "topic", "kind", "service", "assigned"), "")
"""All open alerts of the customers that are shown."""


@require_GET
@for_msp()
def msp_dashboard(request: TenantRequest) -> HttpResponse:
    """The whole page; asked with a mark, what changed since, or the time of the facts alone."""
    query = _query(request.GET)
    scope = _scope(request, query)
    if "mark" in request.GET and request.GET["mark"] == (pulse := figures.pulse(request.msp, scope)).mark:
        stamp = {"as_of": pulse.as_of, "is_part": True}
        answer = render(request, f"{_PAGE}#stamp", stamp)
        answer["HX-Reswap"] = "none"
        return answer
    counted = figures.of(request.msp, scope, by_seats=query.get("licenses") == "seats")
    context = _head(request, query, counted, scope) | _feed(request, query, counted, scope)
    context |= _beside(query, counted, scope)
    context["is_part"] = "mark" in request.GET
    return render(request, f"{_PAGE}#dash" if context["is_part"] else _PAGE, context)


@require_POST
@for_msp()
def msp_dashboard_recount(request: TenantRequest) -> HttpResponse:
    """Count the alerts of this MSP again, now. The page shows them as soon as they are counted."""
    rate_limits.consume(request, "recount", whose=f"msp{request.msp.pk}")
    tasks.recount_msp.delay(request.msp.pk)
    return redirect(_address(_query(request.POST)))


@require_POST
@for_msp()
def msp_bell(request: TenantRequest) -> HttpResponse:
    """The person looked at the alerts: by the bell, or because a page showed them for some seconds, up to `through`."""
    shown = request.POST.get("through")
    through = bell.newest(feed.of_msp(request.msp).urging()) if shown is None else bell.opened(shown)
    if through:
        bell.seen(request.user, request.msp, through=through)
    if request.htmx:
        return render(request, "portals/_bell.html", {"oob": True})
    return redirect(reverse("msp-dashboard") + "#alerts")


@require_GET
@for_msp()
def alert_export(request: TenantRequest) -> HttpResponse:
    """CSV of the alerts that the list shows, up to as many as an export may have."""
    query = _query(request.GET)
    rows = _list(request, query).rows(_base(request, _scope(request, query)))
    newest = rows.order_by("-since", "-pk").values("pk")[: rule.number("export_limit")]
    return answers.csv("alerts", feed.csv_rows(rows.filter(pk__in=newest)))


def handled(request: TenantRequest, alerts: list[Alert]) -> set[int]:
    """Keys of those that this person may do something about. One query."""
    known = {one.customer_id for one in alerts if one.customer_id}
    own: set[int | None] = set(
        Customer.objects.granted(request.user, access.MANAGE).filter(pk__in=known).values_list("pk", flat=True)
    )
    if "add_customers" in request.msp_rights:  # of what the MSP does not manage yet
        own.add(None)
    return {one.pk for one in alerts if one.customer_id in own}


def tiles(request: TenantRequest, query: QueryDict) -> dict[str, Any]:
    """What the tiles show, for an answer that swaps them alone."""
    scope = _scope(request, query)
    counted = figures.of(request.msp, scope)
    return {"figures": counted, "counts": counted.alerts, "scope": scope}


def _head(request: TenantRequest, query: QueryDict, counted: Figures, scope: Customer | None) -> dict[str, Any]:
    by_seats = query.get("licenses") == "seats"
    return {
        "figures": counted,
        "counts": counted.alerts,
        "mark": counted.mark,
        "as_of": counted.as_of,
        "seen_through": _seen_through(query, counted),
        "again": _again(query, counted.mark),
        "scope": scope,
        "customer": scope,  # whose data is on the page, for the rail
        "customers": counted.customers,
        "may_add": "add_customers" in request.msp_rights,
        "by_seats": by_seats,
        "other_licenses": _address(query, licenses="" if by_seats else "seats"),
        "full_bar_days": figures.FULL_BAR_DAYS,
    }


def _feed(request: TenantRequest, query: QueryDict, counted: Figures, scope: Customer | None) -> dict[str, Any]:
    """The alerts of the page that is asked for, and the ways to other ones."""
    asked = _list(request, query)
    page = asked.page(_base(request, scope), size=_SHOWN)
    counts = counted.alerts
    return {
        "asked": asked,
        "page": page,
        "lines": feed.lines(page.rows),
        "handled": handled(request, page.rows),
        "chips": [
            ("", "All", "", counts.get("all", 0), _address(query, severity="")),
            *(
                (one.value, one.label, feed.SYMBOLS[one], counts.get(one.value, 0), _address(query, severity=one.value))
                for one in Severity
            ),
        ],
        "ways": {state: _address(query, **_UNFILTERED | {"state": state}) for state in _STATES},
        "snoozes": handling.CHOICES.items(),
        "all_customers_url": _address(query, customer=""),
        "newest_url": _address(query, state=query.get("state", "")),
        "csv_url": reverse("alert-export") + _tail(query),
    }


def _beside(query: QueryDict, counted: Figures, scope: Customer | None) -> dict[str, Any]:
    """Bars and strips, which need the largest of all rows."""
    return {
        "attention": _attention(query, counted.services, scope),
        "in_services": _in_services(counted.services),
        "seats": [
            {"name": _short(one.console.name), "used": one.used, "seats": one.seats, "boxes": one.filling}
            for one in counted.seats
        ],
        "tones": _TONES,
        "strip": charts.strip(counted.customers, across=_ACROSS),
        "calm": sum(not one.total for one in counted.customers),
    }


def _attention(query: QueryDict, services: list[InService], scope: Customer | None) -> list[dict[str, Any]]:
    """Devices that need somebody, service by service: in the customer's console, or by the alerts that name the
    customers."""
    most = max((one.failed + one.other for one in services), default=0)
    return [
        {
            "name": _short(one.console.name),
            "url": _devices(query, one, scope),
            "failed": one.failed,
            "other": one.other,
            "boxes": charts.parts([("bad", one.failed), ("warn", one.other)], most=most),
        }
        for one in services
    ]


def _devices(query: QueryDict, row: InService, scope: Customer | None) -> str:
    if scope:
        return reverse("customer-console", args=[scope.kcs_id, row.console.slug])
    named = {"kind": "devices_attention", "service": row.console.service.value}
    return _address(query, **_UNFILTERED | named) + "#alerts"


def _in_services(services: list[InService]) -> list[dict[str, Any]]:
    """All devices of each service, by what their states mean."""
    most = max((one.total for one in services), default=0)
    return [
        {
            "name": _short(one.console.name),
            "total": one.total,
            "states": one.by_state,
            "boxes": charts.parts(one.by_tone.items(), most=most),
        }
        for one in services
    ]


def _short(name: str) -> str:
    """A service's name beside a bar, which needs the room."""
    short = name.removesuffix(" for Business")
    return short if len(short) <= _SHORT else short.removeprefix("Knox ")


def _list(request: TenantRequest, query: QueryDict) -> feed.AlertList:
    return feed.AlertList(query, user=request.user)


def _base(request: TenantRequest, scope: Customer | None) -> AlertQuerySet:
    return feed.of_customer(scope, msp=request.msp) if scope else feed.of_msp(request.msp)


def _scope(request: TenantRequest, query: QueryDict) -> Customer | None:
    """The one customer whose alerts are asked for; one that is not this person's is not there."""
    kcs_id = query.get("customer", "").replace("\x00", "")
    if not kcs_id:
        return None
    found = Customer.objects.granted(request.user, access.VIEW)
    customer = found.filter(kcs_id=kcs_id, managements__msp=request.msp, managements__ended_at=None).first()
    if customer is None:
        raise Http404
    return customer


def _query(given: QueryDict) -> QueryDict:
    """What the address asks to be shown, without what belongs to one request, and without empty values."""
    query = given.copy()
    for name in list(query):
        if name in _OWN or not query[name]:
            del query[name]
    return query


def _address(query: QueryDict, **changed: str) -> str:
    """The dashboard with these parameters; a change leads back to the newest alerts."""
    copy = query.copy()
    for name, value in changed.items():
        copy.pop("after", None)
        copy.pop("before", None)
        copy[name] = value
    return reverse("msp-dashboard") + _tail(copy)


def _seen_through(query: QueryDict, counted: Figures) -> str:
    """Up to where somebody has looked who sees this page for a while; empty where it shows some alerts only."""
    is_narrowed = bool(query.keys() - {"licenses"})
    return bell.sealed(counted.newest) if counted.newest and not is_narrowed else ""


def _again(query: QueryDict, mark: str) -> str:
    """What the page asks for by itself. The mark stands in the address: `hx-vals` would be sent by all within, too."""
    return f"{_address(query)}{'&' if query else '?'}mark={mark}"


def _tail(query: QueryDict) -> str:
    query = _query(query)
    return f"?{query.urlencode()}" if query else ""
