"""Pages of the catalog of models, in the Samsung Admin Portal."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import PortalRequest, data_of
from devices import catalog, catalog_import
from devices.catalog_import import Plan
from devices.models import DeviceModel
from devices.pages.catalog_forms import CatalogForm, ImportForm
from devices.pages.catalog_list import CatalogList, csv_rows
from devices.pages.upload_handlers import takes_files
from rules.errors import RuleBroken
from tenants import lists
from tenants.door import for_samsung
from tenants.pages import answers
from tenants.regions import Region

_SHOWN_LINES = 200


@require_GET
@for_samsung
def model_list(request: PortalRequest) -> HttpResponse:
    found = CatalogList(request.GET)
    context = {
        "found": found,
        "page": found.page(),
        "heads": found.sorting.heads(),
        "all_regions": Region.choices,
        "csv_query": lists.without(request.GET),
    }
    return answers.listed(request, "devices/catalog.html", context)


@require_GET
@for_samsung
def model_export(request: PortalRequest) -> HttpResponse:
    """CSV of what the list shows, in its order and in the form that the import reads."""
    found = CatalogList(request.GET)
    return answers.csv("models", csv_rows(found.rows().order_by(*found.sorting.order.by())))


@require_http_methods(["GET", "POST"])
@for_samsung
def model_add(request: PortalRequest) -> HttpResponse:
    form = CatalogForm(data_of(request))
    status = answers.status(form)
    if form.is_valid():
        try:
            model = catalog.add(**form.facts(), by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"{model.code} is in the catalog.")
            return redirect("model-list")
    return render(request, "devices/catalog_model.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@for_samsung
def model_edit(request: PortalRequest, pk: int) -> HttpResponse:
    model = get_object_or_404(DeviceModel, pk=pk)
    form = CatalogForm.of(data_of(request), model)
    status = answers.status(form)
    if form.is_valid():
        try:
            model = catalog.change(model, **form.facts(), by=request.user)
        except RuleBroken as no:
            status = answers.refuse(form, no)
        else:
            messages.success(request, f"You saved {model.code}.")
            return redirect("model-list")
    return render(request, "devices/catalog_model.html", {"model": model, "form": form}, status=status)


@takes_files
@require_http_methods(["GET", "POST"])
@for_samsung
def model_import(request: PortalRequest) -> HttpResponse:
    """First what the lines would do, then, with `apply`, doing it."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    template = "devices/catalog_import.html"
    if not form.is_valid():
        return render(request, template, {"form": form}, status=answers.status(form))
    try:
        content, name = form.content()
        lines = catalog_import.read(content, name=name)
    except RuleBroken as no:
        form.add_error("file", str(no))
        return render(request, template, {"form": form}, status=no.status)
    if "apply" not in request.POST:
        return render(request, "devices/catalog_preview.html", _preview(lines))
    done = catalog_import.apply(lines, by=request.user)
    messages.success(request, _said(done))
    return redirect("model-list")


def _preview(lines: list[catalog_import.Line]) -> dict[str, Any]:
    plan = catalog_import.plan(lines)
    return {
        "plan": plan,
        "bad": plan.bad[:_SHOWN_LINES],
        "shown": plan.shown[:_SHOWN_LINES],
        "most": _SHOWN_LINES,
        "same": len(plan.lines) - len(plan.bad) - len(plan.shown),
        "text": catalog_import.as_text([line for line in plan.lines if not line.problem]),
    }


def _said(done: Plan) -> str:
    if not done.does_something:
        return "The catalog has all of these lines already. Nothing changed."
    return f"Models added: {len(done.added):,}. Models changed: {len(done.changed):,}. TACs added: {len(done.tacs):,}."
