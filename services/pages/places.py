"""In which portal a page of a service stands, and for which customer. The pages are the same in both portals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, NamedTuple

from django.http import Http404, HttpResponseBase
from django.urls import NoReverseMatch

from accounts.http import PortalRequest
from devices.pages import places as device_places
from devices.pages.places import DevicePlace
from services import modules
from services.console import Console
from tenants import access, two_portals
from tenants.door import View
from tenants.models import Customer


class Tab(NamedTuple):
    code: str
    label: str
    url: str


@dataclass(frozen=True)
class ServicePlace:
    """A console of one customer, as this person sees it."""

    portal: two_portals.Place
    console: Console

    @property
    def place(self) -> DevicePlace:
        """The one of the devices' pages."""
        return device_places.of(self.portal)

    @property
    def customer(self) -> Customer:
        return self.portal.customer

    @property
    def may_change(self) -> bool:
        return self.portal.may_change

    def needs_the_right(self) -> None:
        """Raises MissingRight (403) where the person may only look."""
        self.portal.needs(access.MANAGE)

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
            "console": self.console,
            "may_change": self.may_change,
            "tabs": self.tabs(),
            "tab": tab,
            "console_url": self._there("console"),
        }


type Page = Callable[..., HttpResponseBase]
"""A view that is given the request and the place."""


def in_both(*methods: str) -> Callable[[Page], tuple[View, View]]:
    """The page in both portals (tenants/two_portals.py), of the console that the address names."""

    def doors(page: Page) -> tuple[View, View]:
        @wraps(page)
        def of_console(request: PortalRequest, portal: two_portals.Place, slug: str, **about: Any) -> HttpResponseBase:
            return page(request, service_place(portal, slug), **about)

        return two_portals.in_both(*methods)(of_console)

    return doors


def service_place(portal: two_portals.Place, slug: str) -> ServicePlace:
    """Raises Http404 for a service that is none, or that the customer does not have."""
    console = modules.by_slug(slug)
    if console is None or not portal.customer.services.filter(service=console.service).exists():
        raise Http404
    return ServicePlace(portal, console)
