"""In whose name a person writes to Samsung, and in which portal's frame the pages stand.

There is no door: who cannot open any portal has the most reason to write. The policies say which tickets a person sees.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.http import PortalRequest
from support.models import Ticket
from tenants import access, door, one_portal
from tenants.access import Organization
from tenants.models import ORGANIZATIONS, Msp
from tenants.pages.places import FRAMES

LONE = "base_lone.html"


@dataclass(frozen=True)
class Frame:
    """The organization that the person works for in this session, if there is one, and how its pages look."""

    kind: str = ""
    own: Organization | None = None
    base: str = LONE
    rights: Set[str] = frozenset()

    @property
    def portal(self) -> str:
        return one_portal.TITLES.get(self.kind, "")

    @property
    def public_id(self) -> str:
        """Names the organization in a form. Empty for who works for none."""
        return self.own.public_id if self.own else ""

    @property
    def msp(self) -> Msp | None:
        return self.own if isinstance(self.own, Msp) else None

    @property
    def may_change_customers(self) -> bool:
        """Whether this person may ask to take something away from one: in an MSP that is open, with the right."""
        return self.msp is not None and self.base != LONE and access.MANAGE in self.rights

    def tickets(self, request: PortalRequest) -> QuerySet[Ticket]:
        """Those of this organization, and what the person wrote before there was one."""
        nobodys = Q(opened_by=request.user, **{f"{column}__isnull": True for column in ORGANIZATIONS})
        mine = Q(**access.column(self.own)) if self.own else Q()
        return Ticket.objects.filter(mine | nobodys if self.own else nobodys)

    def context(self) -> dict[str, Any]:
        return {"base": self.base, "frame": self, "organization": self.own}


def of(request: PortalRequest) -> Frame:
    """The launched membership, else the first one. Sets what the frame of the MSP Portal shows."""
    memberships = [one for one in door.memberships_of(request.user) if not one.is_closed]
    kind, chosen = request.session.get(door.PORTAL, (None, None))
    launched = [one for one in memberships if one.kind == kind and one.organization.pk == chosen]
    membership = next(iter(launched or memberships), None)
    if membership is None:
        return Frame()
    request.membership, own = membership, membership.organization  # type: ignore[attr-defined]  # as the doors do
    kind = next(iter(access.column(own)))
    if isinstance(own, Msp):
        request.msp = own  # type: ignore[attr-defined]  # as the door of the MSP Portal does
    return Frame(kind, own, FRAMES[kind] if _is_open(request, kind, own) else LONE, frozenset(membership.role.rights))


def _is_open(request: PortalRequest, kind: str, own: Organization) -> bool:
    """Whether its frame would lead somewhere: not while another portal is open, nor for a suspended MSP."""
    return request.user.open_portal in ("", kind) and not getattr(own, "suspended_at", None)
