"""The MSP's own company, as its super admin sees it: who it is, and how its customers reach it (knox.md 2.1)."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import data_of
from portals.forms import SupportForm
from tenants import msps
from tenants.door import TenantRequest, for_msp
from tenants.pages import answers
from tenants.regions import Region


@require_http_methods(["GET", "POST"])
@for_msp("change_msp")
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth has no types
def msp_company(request: TenantRequest) -> HttpResponse:
    msp = request.msp
    form = SupportForm(data_of(request), initial={name: getattr(msp, name) for name in SupportForm.base_fields})
    if form.is_valid():
        msps.change_support(msp, by=request.user, **form.cleaned_data)
        messages.success(request, "You saved how customers reach you.")
        return redirect("msp-company")
    context = {"msp": msp, "region": Region(msp.region).label, "form": form}
    return render(request, "portals/msp_company.html", context, status=answers.status(form))
