"""The Reseller Portal: where a reseller starts, and its customers (FAQ Q6; knox.md 4.2)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from devices import resellers
from devices.models import Approval, ResellerCustomer, Upload
from devices.pages.reseller_forms import CustomerForm
from devices.pages.reseller_lists import CustomerList, counted, customers_csv
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import lists
from tenants.door import for_member
from tenants.models import Reseller
from tenants.pages import answers
from tenants.regions import Region

_SHOWN = 5
_UNFINISHED = (*Upload.RUNNING, Upload.State.CHECKED)


@require_GET
@for_member("reseller")
def reseller_home(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """What moves, what waits for customers, what went wrong; and the company with its Reseller ID."""
    mine = Upload.objects.filter(reseller=organization)
    brought = Approval.objects.filter(reseller=organization, devices__gt=0)
    rejected = brought.filter(state=Approval.State.REJECTED).exclude(decided_by=None)  # not what it deleted itself
    waiting = brought.filter(state=Approval.State.PENDING, is_complete=True).values("upload").distinct()
    context = {
        "organization": organization,
        "regions": [Region(region).label for region in organization.regions],
        "uploads": list(mine.select_related("uploaded_by").order_by("-pk")[:_SHOWN]),
        "running": mine.filter(state__in=_UNFINISHED)[: lists.CAP].count(),
        "waiting": waiting[: lists.CAP].count(),
        "rejected": list(rejected.order_by("-decided_at")[:3]),
        "customers": ResellerCustomer.objects.filter(reseller=organization)[: lists.CAP].count(),
    }
    return render(request, "devices/reseller_home.html", context)


@require_GET
@for_member("reseller")
def reseller_customers(request: PortalRequest, organization: Reseller) -> HttpResponse:
    listed = CustomerList(request.GET)
    page = listed.page(organization)
    context = {
        "organization": organization,
        "filters": listed,
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": page,
        "rows": counted(page.rows, organization),
        "statuses": ResellerCustomer.State.choices,
        "csv_url": reverse("reseller-customers-export") + lists.without(request.GET),
    }
    return answers.listed(request, "devices/reseller_customers.html", context)


@require_GET
@for_member("reseller")
def reseller_customers_export(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """CSV of what the list shows, up to the number of lines that one waits for."""
    listed = CustomerList(request.GET)
    rows = listed.rows(organization).order_by(*listed.sorting.order.by())[: rule.number("export_limit")]
    return answers.csv("customers", customers_csv(counted(rows, organization)))


@require_http_methods(["GET", "POST"])
@for_member("reseller")
def reseller_customer_add(request: PortalRequest, organization: Reseller) -> HttpResponse:
    """Add a customer by its KCS Customer ID. Each try counts, right or wrong (words.md rate.any)."""
    if request.method == "POST":
        rate_limits.consume(request, "name_customer")
    form = CustomerForm(data_of(request))
    status = answers.status(form)
    if form.is_valid():
        data = form.cleaned_data
        try:
            added = resellers.add_customer(
                organization, data["kcs_id"], internal_reference=data["internal_reference"], by=request.user
            )
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(
                request, f"You added the KCS Customer ID {added.kcs_id}. It is Pending until its side registers you."
            )
            return redirect(f"{reverse('reseller-upload-new')}?customer={added.kcs_id}")
    context = {"organization": organization, "form": form}
    return render(request, "devices/reseller_customer_add.html", context, status=status)
