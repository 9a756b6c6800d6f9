"""The roles of an MSP: the list, making one, changing one, deleting one (knox.md 9.3)."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import PortalRequest, data_of
from rules.errors import RuleBroken
from tenants import rights, roles
from tenants.models import Membership, Msp, Role
from tenants.pages import answers
from tenants.pages.people_forms import RoleForm
from tenants.pages.places import PeoplePlace, in_msp_portal

_SHOWN = 20


def _roles(request: PortalRequest, place: PeoplePlace) -> HttpResponse:
    there = Count("memberships", filter=~Q(memberships__state=Membership.State.REVOKED))
    rows = Role.objects.filter(msp=place.organization.pk).annotate(people=there).order_by("-is_built_in", "name")
    own = [(role, rights.labels(role.rights)) for role in rows]
    context = place.context() | {"roles": own, "only_built_in": all(role.is_built_in for role, _ in own)}
    return render(request, "tenants/roles.html", context)


def _add(request: PortalRequest, place: PeoplePlace) -> HttpResponse:
    form = RoleForm(data_of(request))
    refused = 0
    if form.is_valid():
        try:
            role = roles.add(_msp(place), by=request.user, **_typed(form))
        except RuleBroken as no:
            refused = answers.refuse(form, no)
        else:
            messages.success(request, f"You added {role}.")
            return redirect("roles")
    context = place.context() | {"form": form, "groups": _groups(form, place)}
    return render(request, "tenants/role.html", context, status=refused or answers.status(form))


def _role(request: PortalRequest, place: PeoplePlace, pk: int) -> HttpResponse:
    """Change a role. Where people have it, a second step shows what they get and lose."""
    role = _find(place, pk)
    now = {"name": role.name, "description": role.description, "rights": role.rights}
    form = RoleForm(data_of(request), initial=now)
    context = place.context() | {"role": role, "obstacle": roles.obstacle(role, mine=place.mine)}
    refused = 0
    if form.is_valid():
        change = roles.preview(role, chosen=form.cleaned_data["rights"])
        if change.people and (change.added or change.removed) and "sure" not in request.POST:
            return render(request, "tenants/role_change.html", context | {"form": form, "change": change})
        try:
            roles.change(role, by=request.user, **_typed(form))
        except RuleBroken as no:
            refused = answers.refuse(form, no)
        else:
            messages.success(request, f"You saved {role}. It counts from now on.")
            return redirect("roles")
    context |= {
        "form": form,
        "groups": _groups(form, place),
        "holders": list(roles.holders(role)[:_SHOWN]),
        "in_use": roles.in_use(role),
    }
    return render(request, "tenants/role.html", context, status=refused or answers.status(form))


def _delete(request: PortalRequest, place: PeoplePlace, pk: int) -> HttpResponse:
    role = _find(place, pk)
    try:
        roles.delete(role, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
        return redirect(reverse("role", args=[pk]))
    messages.success(request, f"You deleted {role}.")
    return redirect("roles")


def _msp(place: PeoplePlace) -> Msp:
    assert isinstance(place.organization, Msp)  # noqa: S101  (roles have the door of the MSP Portal)
    return place.organization


def _find(place: PeoplePlace, pk: int) -> Role:
    role = Role.objects.filter(pk=pk, msp=place.organization.pk).select_related("msp", "group").first()
    if role is None:
        raise Http404
    return role


def _typed(form: RoleForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {"name": data["name"], "description": data["description"], "chosen": data["rights"]}


def _groups(form: RoleForm, place: PeoplePlace) -> list[tuple[str, list[dict[str, Any]]]]:
    """The boxes in their groups: each right with what it allows, whether it is ticked, and whether it can be given."""
    ticked = set(form["rights"].value() or [])
    mine = set(place.mine.role.rights)
    return [
        (
            group.label,
            [{"right": one, "ticked": one.codename in ticked, "off": one.codename not in mine} for one in group.rights],
        )
        for group in rights.MSP
    ]


_sure = reauthentication_required
role_list = require_GET(in_msp_portal(_roles, right=roles.RIGHT))
role_add = require_http_methods(["GET", "POST"])(in_msp_portal(_sure(_add, allow_get=True), right=roles.RIGHT))
role = require_http_methods(["GET", "POST"])(in_msp_portal(_sure(_role, allow_get=True), right=roles.RIGHT))
role_delete = require_POST(in_msp_portal(_sure(_delete), right=roles.RIGHT))
