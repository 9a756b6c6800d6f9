"""The Knox Dashboard: first page after sign-in, with a panel and LAUNCH for each portal (FAQ Q4)."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import preferences
from accounts.http import PortalRequest, data_of
from accounts.models import User
from audit import events
from audit.models import Side
from onboarding import access_changes
from onboarding.forms.applications import AGREEMENTS
from onboarding.models import Application, Program
from portals import kept_press, refusals
from portals.forms import PreferencesForm
from portals.kinds import KINDS
from tenants import account_events, administrators, door, lists, one_portal
from tenants.models import Management, Membership, Msp
from tenants.pages import answers
from tenants.regions import Region


@dataclass
class Panel:
    """One portal that this person may open, and for which organization."""

    key: str
    title: str
    text: str
    organization: str = ""
    organization_id: int = 0
    id_label: str = ""
    public_id: str = ""
    region: str = ""
    role: str = ""
    closed: str = ""  # why it cannot be opened
    is_open: bool = False  # the one that this person works in now
    facts: list[tuple[str, int]] = field(default_factory=list)


@login_not_required
@require_safe
def knox_dashboard(request: HttpRequest) -> HttpResponse:
    if not isinstance(request.user, User):
        return render(request, "portals/welcome.html", {"programs": Program.choices})
    own = Application.objects.filter(applicant=request.user).order_by("sent_at")
    newest = {one.program: one for one in own}
    offered = (Application.State.SUBMITTED, Application.State.REJECTED)  # on its panel: wait, or apply again
    taken = {program for program, one in newest.items() if one.state in offered}
    memberships = door.memberships_of(request.user)
    taken |= {Program.MSP.value for membership in memberships if membership.msp_id}
    open_kind = request.user.open_portal
    if open_kind and not one_portal.is_open(request.user, here=request.session.session_key):
        open_kind = ""
    context = {
        "panels": _panels(request.user, memberships, open_kind),
        "applications": [one for one in newest.values() if one.state != Application.State.APPROVED],
        "may_apply": [(value, label) for value, label in Program.choices if value not in taken],
        "stopped": None if memberships else administrators.stopped(request.user),
    }
    return render(request, "portals/knox_dashboard.html", context)


@require_POST
def launch(request: PortalRequest, portal: str, organization_id: int) -> HttpResponse:
    """Open a portal for one of the organizations in which this person works.

    `leave` comes from the page "Not authorized": sign out of the portal that is open, and go to the page that was
    asked for (FAQ Q14).
    """
    target, whose = _organization(request.user, portal, organization_id)
    if "leave" in request.POST:
        one_portal.leave(request)
    one_portal.enter(request, portal, organization_id)
    launched = [portal, organization_id]
    if request.session.get(door.PORTAL) != launched:
        rotate_token(request)  # a form in another window shows the organization before: it must not change this one
        kept_press.drop(request)
    request.session[door.PORTAL] = launched
    events.record("portal.launched", target, by=request.user, portal=KINDS[portal].title, **whose)
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if is_ours else KINDS[portal].home)


def _organization(user: User, portal: str, organization_id: int) -> tuple[Model, dict[str, Any]]:
    """What a person of this portal works for, and how history names it; 404 for what is not the person's."""
    if portal == "samsung" and user.is_samsung_admin and not organization_id:
        return user, {"side": Side.SAMSUNG}
    for membership in door.memberships_of(user):
        if (
            membership.kind == portal
            and getattr(membership, f"{portal}_id") == organization_id
            and not membership.is_closed
        ):
            if membership.msp:
                door.refuse_suspended(membership.msp)
            return membership.organization, account_events.whose(membership)
    raise Http404


@require_http_methods(["GET", "POST"])
def preferences_page(request: PortalRequest) -> HttpResponse:
    now = {"time_zone": request.user.time_zone, "theme": request.user.theme}
    form = PreferencesForm(data_of(request), initial=now)
    if request.method == "POST" and form.is_valid():
        preferences.save(request.user, **form.cleaned_data)
        account_events.note("account.preferences_changed", request.user)
        messages.success(request, "You saved your preferences.")
        return redirect("preferences")
    status = answers.status(form)
    return render(request, "portals/preferences.html", {"form": form}, status=status)


@login_not_required
@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    """One of the agreements that an applicant reads."""
    if name not in AGREEMENTS:
        raise Http404
    return render(request, "portals/document.html", {"name": name, "title": AGREEMENTS[name]})


@csrf_exempt  # changes nothing, and a program that sends something reads the same
@login_not_required
def no_api(request: HttpRequest, path: str = "") -> HttpResponse:
    """There is no API for MSPs (FAQ Q13); the address says so."""
    return render(request, "portals/no_api.html", status=404)


def _panels(user: User, memberships: list[Membership], open_kind: str) -> list[Panel]:
    panels = [_closed_panel(membership) if membership.is_closed else _panel(membership) for membership in memberships]
    if user.is_samsung_admin:
        kind = KINDS["samsung"]
        panels.append(Panel("samsung", kind.title, kind.text, organization="Samsung"))
    for panel in panels:
        panel.is_open = panel.key == open_kind and not panel.closed
    return panels


def _panel(membership: Membership) -> Panel:
    column, organization = membership.kind, membership.organization
    kind = KINDS[column]
    panel = Panel(
        column,
        kind.title,
        kind.text,
        organization=organization.name,
        organization_id=organization.pk,
        id_label=organization.id_label,
        public_id=organization.public_id,
        role=membership.role.name,
    )
    if isinstance(organization, Msp):
        panel.closed = refusals.suspended_sentence(organization)
        panel.region = Region(organization.region).label
        panel.facts = [("Customers", _customers(organization))]
    return panel


def _closed_panel(membership: Membership) -> Panel:
    assert membership.customer_id  # noqa: S101  (is_closed)
    kind, closed = KINDS["customer"], access_changes.closed_sentence(membership.customer_id)
    return Panel("customer", kind.title, kind.text, organization="No access", closed=closed)


def _customers(msp: Msp) -> int:
    """Customers that the person who asks may see (the policies count for nobody else)."""
    return Management.objects.filter(msp=msp).exclude(state=Management.State.ENDED)[: lists.CAP + 1].count()
