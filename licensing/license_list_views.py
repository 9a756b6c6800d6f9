"""The lists of licenses, of all customers and of one (knox.md 5.6), and the same as CSV."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from devices.pages.bulk_act_list import started
from licensing import ledger, obstacles
from licensing.models import License, LicenseQuerySet, opening
from rules import settings as rule
from tenants import access, exports, lists, two_portals
from tenants.door import TenantRequest, for_customer, for_msp
from tenants.models import Access, Customer, CustomerService, KnoxService, Management, Msp, looked_up
from tenants.pages import answers

_COLUMNS = {
    "name": ("License name", lists.Order("name")),
    "left": ("Seats", lists.Order("seats_left")),
    "end": ("End", lists.Order("ends_at")),
}
STATUSES = [(state.value, state.label) for state in License.State]
TABS = [("full", "No access customers"), ("joint", "Full access customers")]
TRIAL = ("trial_devices", "trial_days")
_ACCESS = {"full": Access.NONE, "joint": Access.FULL}


class LicenseList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at.

    `customer`: the list of this one alone; else of all that the person sees, in the tab that the address names.
    """

    def __init__(self, query: QueryDict, *, customer: Customer | None = None) -> None:
        self.query, self.customer = query, customer
        self.q = "" if customer else query.get("q", "").strip()[:200]
        self.services = [one for one in query.getlist("service") if one in KnoxService.values]
        self.status = query.get("status", "") if query.get("status") in License.State.values else ""
        self.hides_trials = bool(query.get("hide_trials"))
        self.tab = query.get("tab", "") if query.get("tab") in _ACCESS else "full"
        self.sorting = lists.Sorting(query, _COLUMNS, default="name")

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.services or self.status or self.hides_trials)

    def rows(self, user: User, msp: Msp | None) -> LicenseQuerySet:
        """The licenses that `user` may see and the address asks for, with `seats_left`."""
        rows = License.objects.kept().filter(self._own(user, msp))
        if self.services:
            rows = rows.filter(opening(*self.services))
        if self.status:
            rows = rows.in_state(License.State(self.status))
        if self.hides_trials:
            rows = rows.filter(is_trial=False)
        return rows.annotate(seats_left=F("seats") - F("used")).select_related("customer", "product")

    def _own(self, user: User, msp: Msp | None) -> Q:
        if self.customer:
            return Q(customer=self.customer)
        here = Management.objects.filter(customer=OuterRef("pk"), msp=msp, ended_at=None)
        seen = Customer.objects.granted(user, access.VIEW).filter(Exists(here), access=_ACCESS[self.tab])
        return looked_up(Q(customer__in=seen.matching(self.q) if self.q else seen))

    def page(self, user: User, msp: Msp | None, *, forecast_days: int | None = None) -> lists.Page[License]:
        """Each row with `full_on`: until when its seats last at this pace."""
        page = lists.page(self.rows(user, msp), self.sorting.order, self.query)
        forecast = ledger.full_on(page.rows, days=forecast_days)
        for license in page.rows:
            license.full_on = forecast.get(license.pk)
        return page

    def chips(self) -> list[lists.Chip]:
        names = [KnoxService(one).label for one in self.services]
        return lists.chips(self.query, {
            "q": ("Customer", self.q),
            "service": ("Services", " or ".join(names)),
            "status": ("Status", License.State(self.status).label if self.status else ""),
            "hide_trials": ("Trials", "hidden" if self.hides_trials else ""),
        })  # fmt: skip


@require_GET
@for_msp()
def license_list(request: TenantRequest) -> HttpResponse:
    listed = LicenseList(request.GET)
    context = _context(request, listed) | {
        "tabs": [(value, label, lists.without(request.GET, tab=value)) for value, label in TABS],
        "list_url": reverse("license-list"),
        "csv_url": reverse("license-export") + "?" + request.GET.urlencode(),
        "may_order": "add_customers" in request.msp_rights,
        "may_enter_keys": access.LICENSES in request.membership.role.rights,
    }
    return answers.listed(request, "licensing/licenses.html", context)


@require_GET
@for_customer
def customer_licenses(request: TenantRequest, customer: Customer) -> HttpResponse:
    listed = LicenseList(request.GET, customer=customer)
    may_change = access.LICENSES in request.customer_rights
    numbers = rule.numbers("forecast_days", *TRIAL)
    context = _context(request, listed, forecast_days=numbers["forecast_days"]) | {
        "customer": customer,
        "list_url": reverse("customer-licenses", args=[customer.kcs_id]),
        "csv_url": reverse("customer-license-export", args=[customer.kcs_id]) + "?" + request.GET.urlencode(),
        "may_change": may_change,
        "may_order": may_change and "add_customers" in request.msp_rights,
        "background": started(two_portals.in_msp_portal(request, customer), "licenses"),
        "obstacle": obstacles.of_the_msp(customer),
        "trial": trial_of(customer, numbers) if may_change else None,
    }
    return answers.listed(request, "licensing/customer_licenses.html", context)


@require_GET
@for_msp()
def license_export(request: TenantRequest) -> HttpResponse:
    """CSV of all that the list shows; a long one is made by the worker and mailed."""
    listed = LicenseList(request.GET)
    rows = listed.rows(request.user, request.msp)
    if rows.order_by()[: (limit := rule.number("export_limit")) + 1].count() <= limit:
        return _file(rows, "licenses")
    export = exports.request(
        "licenses",
        maker="licensing.tasks.export_licenses",
        params={"query": request.GET.urlencode()},
        msp=request.msp,
        by=request.user,
    )
    return redirect("export", export.pk)


@require_GET
@for_customer
def customer_license_export(request: TenantRequest, customer: Customer) -> HttpResponse:
    rows = LicenseList(request.GET, customer=customer).rows(request.user, request.msp)
    return _file(rows, f"licenses-{customer.kcs_id}")


def trial_of(customer: Customer, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Whether the customer can start its trial of Knox Configure, and how large it is (FAQ Q9). One query."""
    had = License.objects.filter(customer=OuterRef("customer"), service=OuterRef("service"), is_trial=True)
    has = CustomerService.objects.filter(customer=customer, service=KnoxService.CONFIGURE)
    row = has.annotate(had=Exists(had)).first()
    return {"can_start": bool(row and not row.had), **{name: numbers[name] for name in TRIAL}}


def csv_rows(rows: QuerySet[License]) -> Iterator[list[object]]:
    """The report of knox.md 5.6, head first: the table, masked key, start, KCS Customer ID."""
    yield [
        *("License name", "Services", "License type", "Status", "Customer", "KCS Customer ID", "Seats bought"),
        *("Seats used", "Seats left", "Start", "End", "Days left", "License key"),
    ]
    now = timezone.now()
    for one in rows.select_related("key__product").iterator(chunk_size=2000):
        yield [
            one.name,
            one.product.opens_text,
            one.product.name,
            one.state_at(now).label,
            one.customer.name,
            one.customer.kcs_id,
            *(one.seats, one.used, one.left),
            *(one.starts_at, one.ends_at),
            one.days_left(now),
            one.key.masked if one.key else "",
        ]


def _context(request: TenantRequest, listed: LicenseList, *, forecast_days: int | None = None) -> dict[str, Any]:
    return {
        "filters": listed,
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": listed.page(request.user, request.msp, forecast_days=forecast_days),
        "all_services": KnoxService.choices,
        "all_statuses": STATUSES,
    }


def _file(rows: QuerySet[License], name: str) -> HttpResponse:
    return answers.csv(name, csv_rows(rows.order_by("customer", "name", "pk")))
