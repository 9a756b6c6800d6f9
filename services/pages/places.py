"""In which portal a page of a service stands, and for which customer. The pages are the same in both portals."""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.http import Http404
from django.urls import NoReverseMatch

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
        """Those whose pages are there."""
        kinds = [(kind.code, kind.plural, "things", kind.code) for kind in self.console.kinds]
        claims = [("claims", "Claims", "claims")] if self.console.has_claims else []
        wanted: list[tuple[str, ...]] = [("devices", "Devices", "console"), *kinds, *claims]
        wanted += [("code", "Enroll devices", "console-code")] if self.may_change else []
        wanted.append(("history", "History", "console-history"))
        return [Tab(code, label, url) for code, label, page, *args in wanted if (url := self._there(page, *args))]

    def _there(self, page: str, *args: object) -> str:
        try:
            return self.url(page, *args)
        except NoReverseMatch:
            return ""

    def context(self, tab: str = "") -> dict[str, Any]:
        """What every page of a console needs; `tab` is the one that the page belongs to."""
        return self.place.context() | {
            "service_place": self,
            "console": self.console,
            "may_change": self.may_change,
            "tabs": self.tabs(),
            "tab": tab,
            "console_url": self._there("console"),
        }


def service_place(request: PortalRequest, customer: Customer, slug: str) -> ServicePlace:
    """Raises Http404 for a service that is none, or that the customer does not have."""
    console = modules.by_slug(slug)
    if console is None or not customer.services.filter(service=console.service).exists():
        raise Http404
    in_msp = hasattr(request, "management")  # set by the door of the MSP Portal
    place = in_msp_portal(cast("TenantRequest", request), customer) if in_msp else in_admin_portal(request, customer)
    return ServicePlace(place, console, customer)
