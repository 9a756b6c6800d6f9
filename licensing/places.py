"""In which portal a page of one customer's licenses stands: the MSP's, or the customer's own Knox Admin Portal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts.http import PortalRequest
from licensing import obstacles
from licensing.models import License
from tenants import access, two_portals
from tenants.door import View
from tenants.models import Customer

PAGES = ("key", "rename", "extend", "seats", "reduce", "replace", "remove", "devices", "assign", "release")
"""Of one license; each is a route `license-…` and a route `admin-portal-license-…`."""


@dataclass(frozen=True)
class LicensePlace:
    """Which portal a page is in, about which customer, and what the person may do with its licenses there."""

    portal: two_portals.Place
    jointly: str
    """Why the MSP only sees: customer and MSP both manage. Empty in every other case."""

    @property
    def customer(self) -> Customer:
        return self.portal.customer

    @property
    def is_msp(self) -> bool:
        return self.portal.msp is not None

    @property
    def has_right(self) -> bool:
        return access.LICENSES in self.portal.rights

    @property
    def may_change(self) -> bool:
        return self.has_right and not self.jointly

    @property
    def may_order(self) -> bool:
        return self.may_change and "add_customers" in self.portal.msp_rights

    @property
    def list_url(self) -> str:
        return self.portal.url("customer-licenses", "admin-portal-licenses")

    @property
    def enter_url(self) -> str:
        return self._url("license-enter")

    @property
    def order_url(self) -> str:
        """Where the MSP orders for this customer. A company asks a license reseller itself."""
        return f"{reverse('order-new')}?customer={self.customer.kcs_id}" if self.may_order else ""

    def license_url(self, license: License, page: str = "") -> str:
        return self._url(f"license-{page}" if page else "license", license.pk)

    def urls(self, license: License) -> dict[str, str]:
        """The addresses of everything about one license."""
        own = {page: self.license_url(license, page) for page in PAGES}
        trial, product = f"?trial={license.pk}", f"&product={license.product.code}"
        return own | {
            "license": self.license_url(license),
            "enter": self.enter_url + (trial if license.is_trial else ""),
            "order": self.order_url and self.order_url + ("" if license.is_trial else product),
        }

    def needs_right(self) -> None:
        """The forms are for those who may send them."""
        self.portal.needs(access.LICENSES)

    def context(self, license: License | None = None) -> dict[str, Any]:
        """What every page needs."""
        here = self.portal.context() | {"place": self, "customer": self.customer}
        return here | {"license": license, "urls": self.urls(license)} if license else here

    def _url(self, name: str, *args: object) -> str:
        return self.portal.url(name, f"admin-portal-{name}", *args)


type Page = Callable[..., HttpResponse]
"""A view that is given the request and the place."""


def in_both(*methods: str) -> Callable[[Page], tuple[View, View]]:
    """The page in both portals. To change something needs the right to, which is more than the doors ask for."""

    def doors(page: Page) -> tuple[View, View]:
        @wraps(page)
        def of_licenses(request: PortalRequest, portal: two_portals.Place, **about: Any) -> HttpResponse:
            place = LicensePlace(portal, obstacles.of_the_msp(portal.customer) if portal.msp else "")
            if request.method not in ("GET", "HEAD"):
                place.needs_right()
            return page(request, place, **about)

        return two_portals.in_both(*methods)(of_licenses)

    return doors
