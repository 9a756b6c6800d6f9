"""In which portal a page of a service stands, and for which customer. The pages are the same in both portals."""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.http import Http404

from accounts.http import PortalRequest
from devices.pages.places import Place, in_admin_portal, in_msp_portal
from services import modules
from services.console import Console
from tenants.door import TenantRequest
from tenants.models import Customer


class Tab(NamedTuple):
    code: str
    label: str
    url: str


@dataclass(frozen=True)
class ServicePlace:
    """A console of one customer, as this person sees it."""

    place: Place
    console: Console
    customer: Customer

    @property
    def may_change(self) -> bool:
        return self.place.may_change

    def url(self, page: str, *args: object) -> str:
        """Of a page below this console: `console`, `things`, `claims`, `history` …"""
        return self.place.url(page, self.console.slug, *args)

    def tabs(self) -> list[Tab]:
        kinds = [Tab(kind.code, kind.plural, self.url("things", kind.code)) for kind in self.console.kinds]
        claims = [Tab("claims", "Claims", self.url("claims"))] if self.console.has_claims else []
        history = Tab("history", "History", self.url("console-history"))
        return [Tab("devices", "Devices", self.url("console")), *kinds, *claims, history]

    def context(self, tab: str = "") -> dict[str, Any]:
        """What every page of a console needs; `tab` is the one that the page belongs to."""
        return self.place.context() | {
            "service_place": self,
            "console": self.console,
            "may_change": self.may_change,
            "tabs": self.tabs(),
            "tab": tab,
            "console_url": self.url("console"),
        }


def service_place(request: PortalRequest, customer: Customer, slug: str) -> ServicePlace:
    """Raises Http404 for a service that is none, or that the customer does not have."""
    console = modules.by_slug(slug)
    if console is None or not customer.services.filter(service=console.service).exists():
        raise Http404
    in_msp = hasattr(request, "management")  # set by the door of the MSP Portal
    place = in_msp_portal(cast("TenantRequest", request), customer) if in_msp else in_admin_portal(request, customer)
    return ServicePlace(place, console, customer)
