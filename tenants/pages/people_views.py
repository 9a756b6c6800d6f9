"""Administrators: the list, inviting, one person, and what can be done. The same in all four portals (places.py)."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rate_limits
from accounts.http import PortalRequest, data_of
from rules.errors import RuleBroken
from tenants import access, administrators, invitations, rights
from tenants.models import Customer, Membership
from tenants.pages import answers
from tenants.pages.people_forms import TEMPLATE, InviteForm, Line, MembershipForm
from tenants.pages.people_list import PeopleList, csv_rows, describe, with_named
from tenants.pages.places import (
    PeoplePlace,
    in_admin_portal,
    in_license_reseller_portal,
    in_msp_portal,
    in_reseller_portal,
)
from tenants.times import again, written

State = Membership.State
_ACTS = {
    "send": invitations.send_again,
    "revoke": invitations.revoke,
    "block": administrators.block,
    "unblock": administrators.unblock,
}
_SAID = {
    "send": "We emailed {email}. The link works until {until}.",
    "revoke": "You revoked the invitation of {email}.",
    "block": "{person} cannot sign in.",
    "unblock": "{person} can sign in again.",
}


def _administrators(request: PortalRequest, place: PeoplePlace) -> HttpResponse:
    listed = PeopleList(place, request.GET)
    context = place.context() | {
        "filters": listed,
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": listed.page(),
        "all_statuses": State.choices,
        "csv_url": f"{place.export_url}?{request.GET.urlencode()}",
    }
    return answers.listed(request, "tenants/administrators.html", context)


def _export(request: PortalRequest, place: PeoplePlace) -> HttpResponse:
    """CSV of what the list shows."""
    return answers.csv("administrators", csv_rows(PeopleList(place, request.GET)))


def _invite(request: PortalRequest, place: PeoplePlace) -> HttpResponse:
    """Invite one person, or all of a file: good lines are kept, every bad one is named."""
    if "template" in request.GET:
        return answers.csv("template", TEMPLATE)
    form = InviteForm(data_of(request), request.FILES or None, roles=place.roles, customers=_customers(request, place))
    context: dict[str, Any] = {"form": form, "groups": _groups(place), "all_roles": place.roles}
    status = answers.status(form)
    if form.is_valid():
        lines = form.cleaned_data["file"]
        try:
            if not lines:
                return _invited(request, place, form)
            context |= {"sent": (sent := _invite_lines(request, place, form, lines)), "bad": [
                one for one in sent if one.problem
            ]}  # fmt: skip
            status = 200
        except RuleBroken as no:
            status = answers.refuse(form, no)
            if isinstance(no, invitations.AlreadyHere):
                context |= {"taken": no.membership, "taken_url": place.url("administrator", no.membership.pk)}
    return render(request, "tenants/administrator_invite.html", place.context() | context, status=status)


def _person(request: PortalRequest, place: PeoplePlace, pk: int) -> HttpResponse:
    """One person: the role and customers, what they allow, and what can be done now."""
    person = _find(place, pk)
    customers = _customers(request, place)
    form = MembershipForm(data_of(request), roles=place.roles, customers=customers, initial=_now(person))
    obstacle = administrators.obstacle(person, mine=place.mine)
    refused = 0
    if form.is_valid():
        try:
            administrators.change(person, **form.membership(), by=request.user)
        except RuleBroken as no:
            refused = answers.refuse(form, no)
        else:
            messages.success(request, f"You saved {person.person}.")
            return redirect(place.url("administrator", pk))
    describe([person], place, total=len(customers or ()))
    stays = administrators.last_super_admin(person)
    context = place.context() | {
        "person": person,
        "form": form,
        "obstacle": obstacle,
        "acts": [
            (place.url("administrator-act", pk, act), label, symbol)
            for act, label, symbol in _possible(person, stays=bool(stays))
        ],
        "stays": stays,
        "link": invitations.newest_link(person) if person.state == State.PENDING else None,
        **effective(person),
    }
    return render(request, "tenants/administrator.html", context, status=refused or answers.status(form))


def _act(request: PortalRequest, place: PeoplePlace, pk: int, act: str) -> HttpResponse:
    """Send the invitation again, revoke it, block, unblock: one button each."""
    person = _find(place, pk)
    if act not in _ACTS:
        raise Http404
    if act == "send":
        rate_limits.consume(request, "invite")
    try:
        _ACTS[act](person, by=request.user)
    except RuleBroken as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _said(act, person, request))
    return redirect(place.url("administrator", pk))


def _possible(person: Membership, *, stays: bool) -> list[tuple[str, str, str]]:
    """The acts that the state allows (knox.md 9.3), each with its button."""
    if person.state == State.PENDING:
        return [("send", "Send a new link", "mail"), ("revoke", "Revoke invitation", "x")]
    if person.state == State.ACTIVE and not stays:
        return [("block", f"Block {person.person}", "lock")]
    return [("unblock", f"Unblock {person.person}", "check")] if person.state == State.BLOCKED else []


def effective(person: Membership) -> dict[str, Any]:
    """What a person may do now, read from the grants themselves, with where it comes from."""
    counts = access.counted(person)
    held = access.rights(person.user, person.organization) if person.user else set()
    rows = [
        {"right": rights.ALL[codename], "customers": counts.get(codename, 0)}
        for codename in rights.ALL
        if codename in held or codename in counts
    ]
    return {"effective": rows, "of_customers": bool(counts), "alone": person.scope != Membership.Scope.ALL}


def _find(place: PeoplePlace, pk: int) -> Membership:
    own = with_named(Membership.objects.filter(pk=pk, **access.column(place.organization)))
    person = own.select_related("role", "user", "msp", "reseller", "license_reseller", "customer").first()
    if person is None:
        raise Http404
    return person


def _customers(request: PortalRequest, place: PeoplePlace) -> list[Customer] | None:
    """Those that the person who asks may give: the ones that this person sees. None where there is no choice."""
    if not place.has_customers:
        return None
    managed = Customer.objects.filter(managements__msp=place.organization.pk, managements__ended_at=None)
    return list(managed.only("kcs_id", "name").order_by("name_key", "pk"))


def _now(person: Membership) -> dict[str, Any]:
    named = person.named.values_list("customer__kcs_id", flat=True) if person.scope != Membership.Scope.ALL else []
    return {"role": person.role_id, "scope": person.scope, "customers": list(named)}


def _groups(place: PeoplePlace) -> list[tuple[str, list[rights.Right]]]:
    """Each role that can be given, with what it allows."""
    return [(role.name, [one for key, one in rights.ALL.items() if key in role.rights]) for role in place.roles]


def _invited(request: PortalRequest, place: PeoplePlace, form: InviteForm) -> HttpResponse:
    rate_limits.consume(request, "invite")
    data = form.cleaned_data
    who = {name: data[name] for name in ("first_name", "last_name", "email")}
    person = invitations.invite(place.organization, **who, **form.membership(), by=request.user)
    messages.success(request, _said("send", person, request))
    return redirect(place.list_url)


def _invite_lines(request: PortalRequest, place: PeoplePlace, form: InviteForm, lines: list[Line]) -> list[Line]:
    """Each line with what became of it. Those beyond the limit of a day are named; the others are sent."""
    return [line._replace(problem=line.problem or _not_sent(request, place, form, line)) for line in lines]


def _not_sent(request: PortalRequest, place: PeoplePlace, form: InviteForm, line: Line) -> str:
    """Invite the person of a line. Says why not; empty if it was sent."""
    try:
        rate_limits.consume(request, "invite")
        invitations.invite(place.organization, **line.person, **form.membership(), by=request.user)
    except rate_limits.TooOften as no:
        return f"We did not email {line.person['email']}. {again(no, request.user.zone)}"
    except RuleBroken as no:
        return str(no)
    return ""


def _said(act: str, person: Membership, request: PortalRequest) -> str:
    link = invitations.newest_link(person) if act == "send" else None
    until = written(link.ends_at, request.user.zone) if link else ""
    return _SAID[act].format(email=person.address, person=person.person, until=until)


# Who changes what people may do is asked again who it is, some minutes after the sign-in (peers.md B20).
_sure = reauthentication_required
_PORTALS = (in_msp_portal, in_reseller_portal, in_license_reseller_portal, in_admin_portal)
VIEWS = [
    {
        "administrators": require_GET(portal(_administrators)),
        "administrators-export": require_GET(portal(_export)),
        "administrator-invite": require_http_methods(["GET", "POST"])(portal(_invite)),
        "administrator": require_http_methods(["GET", "POST"])(portal(_sure(_person, allow_get=True))),
        "administrator-act": require_POST(portal(_sure(_act))),
    }
    for portal in _PORTALS
]
"""The same pages for an MSP, a reseller, a license reseller and a customer, by the names of their routes."""
