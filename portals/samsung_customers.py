"""Companies as Samsung sees them: found by name or KCS Customer ID, and registered where they manage themselves."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import PortalRequest, data_of
from onboarding import customers
from onboarding.forms.customers import DirectCustomerForm
from portals import canary
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import lists
from tenants.door import for_samsung
from tenants.models import Customer, Management
from tenants.pages import answers

_VIEWS = {"": "All", "direct": "Direct", "managed": "With an MSP"}
_COLUMNS = {"name": ("Company", lists.Order("name_key")), "added": ("Added", lists.Order("id", descending=True))}


@require_GET
@for_samsung
def customer_list(request: PortalRequest) -> HttpResponse:
    query = request.GET
    sorting = lists.Sorting(query, _COLUMNS, default="name")
    view = query.get("view", "") if query.get("view") in _VIEWS else ""
    if "csv" in query:
        return answers.csv("customers", _csv_rows(_found(query, view).order_by(*sorting.order.by())))
    context = {
        "page": lists.page(_found(query, view), sorting.order, query),
        "columns": sorting.heads(),
        "csv_url": lists.without(query, csv="1"),
        "views": [
            (key, label, lists.without(query, "view", **({"view": key} if key else {})))
            for key, label in _VIEWS.items()
        ],
        "view": view,
        "q": query.get("q", ""),
        "chips": lists.chips(query, {"q": ("Search", query.get("q", ""))}),
    }
    return answers.listed(request, "portals/samsung_customers.html", context)


@require_http_methods(["GET", "POST"])
@for_samsung
def customer_register(request: PortalRequest) -> HttpResponse:
    """A company that manages itself. An MSP that wants to manage it later asks for its consent (FAQ Q5)."""
    form = DirectCustomerForm(data_of(request))
    status, twin = answers.status(form), None
    if form.is_valid():
        try:
            customer = customers.register(by=request.user, **form.cleaned_data)
        except RuleBroken as no:
            status = answers.refuse(form, no)
            twin = no.customer if isinstance(no, customers.TwinFound) else None
        else:
            messages.success(
                request,
                f"You registered {customer}, KCS Customer ID {customer.kcs_id}. We emailed {customer.contact_email} a "
                "link to its portal.",
            )
            return redirect(f"{reverse('samsung-customers')}?q={customer.kcs_id}")
    context = {"form": form, "twin": twin}
    return render(request, "portals/samsung_customer_add.html", context, status=status)


def _found(query: QueryDict, view: str) -> QuerySet[Customer]:
    running = Management.objects.filter(customer=OuterRef("pk"), ended_at=None)
    found = Customer.objects.filter(deleted_at=None).exclude(name=canary.company())
    if typed := query.get("q", "").strip():
        found = found.matching(typed)
    if view:
        found = found.filter(Exists(running) if view == "managed" else ~Exists(running))
    return found.annotate(
        msp=Subquery(running.values(found=JSONObject(name="msp__name", public_id="msp__public_id"))[:1])
    )


def _csv_rows(found: QuerySet[Any]) -> Iterator[list[object]]:
    """What the list shows, in its order, up to the length of an export."""
    yield ["Company", "KCS Customer ID", "City", "Country", "MSP", "MSP ID", "Access", "Added"]
    for one in found[: rule.number("export_limit")]:
        msp = one.msp or {"name": "", "public_id": ""}
        yield [
            *(one.name, one.kcs_id, one.city, one.country_name, msp["name"], msp["public_id"]),
            *(one.get_access_display(), one.added_at),
        ]
