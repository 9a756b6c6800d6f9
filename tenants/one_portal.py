"""One sign-in works in one portal at a time, across all sessions of a person (FAQ Q14).

Which kind of portal is open stands on the person's row, so a door that finds its own kind there asks nothing. Several
browsers and several organizations of one kind are fine: the session says which organization.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import sessions
from accounts.http import PortalRequest
from accounts.models import User
from tenants import account_events

TITLES = {
    "msp": "Knox MSP Portal",
    "reseller": "Knox Reseller Portal",
    "license_reseller": "License Reseller Portal",
    "customer": "Knox Admin Portal",
    "samsung": "Samsung Admin Portal",
}
"""What people call each kind (words.md 1)."""
_NOTHING = {"open_portal": "", "open_session": "", "open_since": None, "open_browser": ""}


class PortalClash(PermissionDenied):
    """Another kind of portal is open: answered with words.md portal.clash."""

    def __init__(self, kind: str, organization_id: int) -> None:
        super().__init__("portal.clash")
        self.kind, self.organization_id = kind, organization_id


def enter(request: PortalRequest, kind: str, organization_id: int) -> None:
    """Go into a portal of this kind, or raise PortalClash. Opens it if none is open."""
    person, here = request.user, request.session.session_key
    if person.open_portal == kind and person.open_session == here:
        return
    if is_open(person, here=here):
        if person.open_portal != kind:
            raise PortalClash(kind, organization_id)
        return
    if not _take(request, kind):  # another request was first: look at what it opened
        person.refresh_from_db(fields=list(_NOTHING))
        enter(request, kind, organization_id)


def is_open(person: User, *, here: str | None) -> bool:
    """Whether a portal is open in a session that lives: this one (`here`), or another one of the person."""
    return bool(person.open_portal) and (person.open_session == here or sessions.lives(person.open_session, of=person))


@transaction.atomic
def leave(request: PortalRequest) -> None:
    """Sign out of the portal that is open. If it is open in another browser, that browser is signed out."""
    person = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    if is_open(person, here=request.session.session_key):
        account_events.note("portal.left", person, portal=TITLES[person.open_portal])
        if person.open_session != request.session.session_key:
            sessions.end(person.open_session, of=person)
    User.objects.filter(pk=person.pk).update(**_NOTHING)
    request.user.refresh_from_db(fields=list(_NOTHING))


def _take(request: PortalRequest, kind: str) -> bool:
    """Open a portal, unless what this request knows of the person is old. One statement, so one of two wins."""
    person = request.user
    seen = {"pk": person.pk, "open_portal": person.open_portal, "open_session": person.open_session}
    opened = {
        "open_portal": kind,
        "open_session": request.session.session_key,
        "open_since": timezone.now(),
        "open_browser": request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")[:200],
    }
    if not User.objects.filter(**seen).update(**opened):
        return False
    for name, value in opened.items():
        setattr(person, name, value)
    return True
