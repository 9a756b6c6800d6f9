"""The activity log in each portal: the page, and the CSV of what it shows (knox.md 9.2)."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.acting import as_operator
from accounts.http import PortalRequest
from audit.categories import Category, groups
from audit.models import Event, Side
from devices.models import ResellerCustomer
from portals.activity_list import ActivityList, Log, csv_rows, lines
from rules import settings as rule
from tenants import access
from tenants.door import TenantRequest, for_member, for_msp, for_samsung
from tenants.models import Customer, LicenseReseller, Membership, Msp, Reseller
from tenants.pages import answers

_PEOPLE = 200
"""How many colleagues can be chosen by name; others are found by the keyword."""
_THE_CUSTOMERS_SIDE = "The side of the customer"
_NAMED: dict[str, Any] = {"msp_id": Msp, "reseller_id": Reseller, "license_reseller_id": LicenseReseller}


@require_GET
@for_msp()
def msp_activity(request: TenantRequest) -> HttpResponse:
    return _page(request, _of_msp(request), "activity")


@require_GET
@for_msp()
def msp_activity_export(request: TenantRequest) -> HttpResponse:
    return _csv(request, _of_msp(request))


@require_GET
@for_member("reseller")
def reseller_activity(request: PortalRequest, organization: Reseller) -> HttpResponse:
    return _page(request, _of_reseller(request, organization), "reseller-activity")


@require_GET
@for_member("reseller")
def reseller_activity_export(request: PortalRequest, organization: Reseller) -> HttpResponse:
    return _csv(request, _of_reseller(request, organization))


@require_GET
@for_member("license_reseller")
def license_reseller_activity(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    return _page(request, _of_license_reseller(request, organization), "license-reseller-activity")


@require_GET
@for_member("license_reseller")
def license_reseller_activity_export(request: PortalRequest, organization: LicenseReseller) -> HttpResponse:
    return _csv(request, _of_license_reseller(request, organization))


@require_GET
@for_member("customer")
def company_activity(request: PortalRequest, organization: Customer) -> HttpResponse:
    return _page(request, _of_company(request, organization), "admin-portal-activity")


@require_GET
@for_member("customer")
def company_activity_export(request: PortalRequest, organization: Customer) -> HttpResponse:
    return _csv(request, _of_company(request, organization))


@require_GET
@for_samsung
def samsung_activity(request: PortalRequest) -> HttpResponse:
    return _page(request, _of_samsung(), "samsung-activity")


@require_GET
@for_samsung
def samsung_activity_export(request: PortalRequest) -> HttpResponse:
    return _csv(request, _of_samsung())


def _page(request: PortalRequest, log: Log, name: str) -> HttpResponse:
    listed = ActivityList(request.GET, log)
    page = listed.page()
    context = {
        "base": log.base,
        "log": log,
        "filters": listed,
        "names": listed.names(),
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": page,
        "lines": lines(page.rows, log),
        "all_categories": Category.choices,
        "all_events": groups(),
        "csv_url": reverse(f"{name}-export") + "?" + request.GET.urlencode(),
        **log.context,
    }
    return answers.listed(request, "portals/activity.html", context)


def _csv(request: PortalRequest, log: Log) -> HttpResponse:
    """What the filters show, the newest first, up to the length of an export."""
    listed = ActivityList(request.GET, log)
    rows = list(listed.rows().order_by(*listed.sorting.order.by())[: rule.number("export_limit")])
    return answers.csv("activity", csv_rows(lines(rows, log)))


def _of_msp(request: TenantRequest) -> Log:
    is_own_only = "view_activity" not in request.msp_rights
    events = Event.objects.filter(msp_id=request.msp.pk)
    return Log(
        "portals/msp.html", Side.MSP, _mine(events, request, is_own_only), is_own_only,
        {} if is_own_only else _people(msp=request.msp), _customers, _names, {},
    )  # fmt: skip


def _of_reseller(request: PortalRequest, reseller: Reseller) -> Log:
    """Its customers as it knows them, by their KCS Customer ID. Who manages one is not a reseller's to know."""
    is_own_only = "manage_people" not in access.rights(request.user, reseller)
    events = Event.objects.filter(reseller_id=reseller.pk)

    def customers(ids: set[int]) -> dict[int, str]:
        own = ResellerCustomer.objects.filter(reseller=reseller, customer__in=ids)
        return dict(own.values_list("customer_id", "kcs_id"))

    def organizations(rows: list[Event]) -> dict[tuple[str, int], str]:
        columns = ("msp_id", "customer_id")
        return {(column, getattr(row, column)): _THE_CUSTOMERS_SIDE for row in rows for column in columns}

    return Log(
        "portals/reseller.html", Side.RESELLER, _mine(events, request, is_own_only), is_own_only,
        {} if is_own_only else _people(reseller=reseller), customers, organizations, {"organization": reseller},
    )  # fmt: skip


def _of_license_reseller(request: PortalRequest, reseller: LicenseReseller) -> Log:
    is_own_only = "manage_people" not in access.rights(request.user, reseller)
    events = Event.objects.filter(license_reseller_id=reseller.pk)
    return Log(
        "portals/license_reseller.html", Side.RESELLER, _mine(events, request, is_own_only), is_own_only,
        {} if is_own_only else _people(license_reseller=reseller), _customers, _names, {"organization": reseller},
    )  # fmt: skip


def _of_company(request: PortalRequest, customer: Customer) -> Log:
    is_own_only = "manage_own_people" not in access.rights(request.user, customer)
    events = Event.objects.for_company(customer.pk)
    return Log(
        "portals/admin_portal.html", Side.CUSTOMER, _mine(events, request, is_own_only), is_own_only,
        {} if is_own_only else _people(customer=customer), _customers, _names, {"organization": customer},
    )  # fmt: skip


def _of_samsung() -> Log:
    return Log("portals/samsung.html", Side.SAMSUNG, Event.objects.all(), False, {}, _customers, _names, {})


def _mine(events: Any, request: PortalRequest, is_own_only: bool) -> Any:
    return events.filter(actor_id=request.user.pk) if is_own_only else events


def _people(**organization: Any) -> dict[int, str]:
    """The colleagues by name, also those who are blocked: what they did stays. One query."""
    own = Membership.objects.filter(**organization).exclude(user=None).select_related("user")
    people = sorted((membership.user for membership in own.order_by("pk")[:_PEOPLE]), key=str)
    return {person.pk: str(person) for person in people}


def _customers(ids: set[int]) -> dict[int, str]:
    """Names of the customers that the reader may see; of others there is none."""
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _names(rows: list[Event]) -> dict[tuple[str, int], str]:
    """Names of the MSPs and resellers of these events, which the other side may read but not list."""
    found: dict[tuple[str, int], str] = {}
    for column, model in _NAMED.items():
        if ids := {getattr(row, column) for row in rows} - {None}:
            with as_operator():
                named = model.objects.filter(pk__in=ids).values_list("pk", "name")
                found |= {(column, pk): name for pk, name in named}
    return found
