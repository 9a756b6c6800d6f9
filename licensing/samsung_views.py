"""Samsung's side of licenses: what it sells, and every key, of which it can take back those that serve nobody."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import PortalRequest, data_of
from licensing import keys
from licensing.models import Key, Product
from licensing.reseller_lists import KEY_STATES, KeyList, state_of
from licensing.samsung_forms import WithdrawForm
from rules.errors import RuleBroken
from tenants import lists
from tenants.door import for_samsung
from tenants.pages import answers
from tenants.regions import Region


@require_GET
@for_samsung
def product_list(request: PortalRequest) -> HttpResponse:
    """The kinds of license with their rules; migrations alone change them."""
    return render(request, "licensing/samsung_products.html", {"products": list(Product.objects.order_by("pk"))})


class EveryKey(KeyList):
    """The keys of all license resellers: also by the start of the license reseller's name, or by its ID."""

    def matching(self) -> Q:
        by_name = Q(listing__name__istartswith=self.q) | Q(license_reseller__public_id="".join(self.q.split()))
        return super().matching() | by_name


@require_GET
@for_samsung
def key_list(request: PortalRequest) -> HttpResponse:
    listed = EveryKey(request.GET)
    rows = listed.narrowed(Key.objects.select_related("product", "listing", "customer"))
    page = lists.page(rows, listed.sorting.order, request.GET)
    context = {
        "filters": listed,
        "chips": listed.chips(),
        "views": listed.views(),
        "columns": listed.sorting.heads(),
        "page": page,
        "rows": [(one, KEY_STATES[state_of(one)]) for one in page.rows],
        "regions": Region.choices,
    }
    return answers.listed(request, "licensing/samsung_keys.html", context)


@require_http_methods(["GET", "POST"])
@for_samsung
def key_page(request: PortalRequest, pk: int) -> HttpResponse:
    """One key. One that nobody entered can be withdrawn here, with a reason."""
    every = Key.objects.select_related("product", "listing", "license_reseller", "customer", "issued_by")
    key = get_object_or_404(every, pk=pk)
    form, refusal, status = WithdrawForm(data_of(request), last5=key.last5), "", 200
    if form.is_bound:
        status = 422
    if form.is_valid():
        try:
            keys.withdraw(key, reason=form.cleaned_data["reason"], by=request.user)
        except RuleBroken as no:
            refusal, status = str(no), no.status
            key = get_object_or_404(every, pk=pk)
        else:
            messages.success(request, f"You withdrew {key}.")
            return redirect("samsung-key", pk)
    context = {
        "key": key,
        "state": KEY_STATES[state_of(key)],
        "may_withdraw": not key.customer_id and not key.withdrawn_at,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "licensing/samsung_key.html", context, status=status)
