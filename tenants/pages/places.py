"""In which portal a page about an organization's own people stands. The same pages serve all four."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from tenants import access
from tenants.door import MemberRequest, TenantRequest, View, for_member, for_msp
from tenants.models import Membership, Msp, Role

type Page = Callable[..., HttpResponse]
"""A view that is given the request and the place."""
FRAMES = {
    "msp": "portals/msp.html",
    "reseller": "portals/reseller.html",
    "license_reseller": "portals/license_reseller.html",
    "customer": "portals/admin_portal.html",
}
PREFIXES = {"msp": "", "reseller": "reseller-", "license_reseller": "license-reseller-", "customer": "company-"}


@dataclass(frozen=True)
class PeoplePlace:
    """Whose people a page is about, in which portal, and who asks."""

    kind: str
    organization: access.Organization
    mine: Membership

    @property
    def has_customers(self) -> bool:
        """Only an MSP's people reach customers, and only an MSP makes roles of its own."""
        return isinstance(self.organization, Msp)

    @property
    def may_make_roles(self) -> bool:
        return self.has_customers and "manage_roles" in self.mine.role.rights

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{PREFIXES[self.kind]}{name}", args=args)

    @property
    def list_url(self) -> str:
        return self.url("administrators")

    @property
    def invite_url(self) -> str:
        return self.url("administrator-invite")

    @property
    def export_url(self) -> str:
        return self.url("administrators-export")

    @cached_property
    def roles(self) -> list[Role]:
        """Those that the person who asks may give: none with a right that the own role lacks."""
        rows = Role.objects.filter(**access.column(self.organization)).order_by("-is_built_in", "pk")
        return [role for role in rows if set(role.rights) <= set(self.mine.role.rights)]

    def context(self) -> dict[str, Any]:
        """What every page needs. The frames of the smaller portals know the company as the organization."""
        here = {"base": FRAMES[self.kind], "place": self}
        return here if self.kind == "msp" else here | {"organization": self.organization}


def in_msp_portal(page: Page, *, right: str = "manage_people") -> View:
    """The page behind the door of the MSP Portal."""

    @wraps(page)
    def view(request: TenantRequest, **about: Any) -> HttpResponseBase:
        return page(request, _place("msp", request, request.msp), **about)

    return for_msp(right)(view)


def _in_portal(kind: str, right: str) -> Callable[[Page], View]:
    def placed(page: Page) -> View:
        @wraps(page)
        def view(request: MemberRequest, organization: access.Organization, **about: Any) -> HttpResponseBase:
            return page(request, _place(kind, request, organization), **about)

        return for_member(kind, right=right)(view)

    return placed


in_reseller_portal = _in_portal("reseller", "manage_people")
in_license_reseller_portal = _in_portal("license_reseller", "manage_people")
in_admin_portal = _in_portal("customer", "manage_own_people")


def _place(kind: str, request: MemberRequest, organization: access.Organization) -> PeoplePlace:
    return PeoplePlace(kind, organization, request.membership)
