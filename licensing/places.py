"""In which portal a page of one customer's licenses stands: the MSP's, or the customer's own Knox Admin Portal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts.http import PortalRequest
from audit.models import Side
from licensing import obstacles
from licensing.models import License
from tenants import access
from tenants.door import MissingRight, TenantRequest, View, for_customer, for_member
from tenants.models import Customer, Msp

PAGES = ("key", "rename", "extend", "seats", "reduce", "replace", "remove", "devices", "assign", "release")
"""Of one license; each is a route `license-…` and a route `company-license-…`."""


@dataclass(frozen=True)
class Place:
    """Which portal a page is in, about which customer, and what the person may do there."""

    base: str
    side: Side
    customer: Customer
    acts_for: Msp | Customer
    has_right: bool
    may_order: bool
    jointly: str
    """Why the MSP only sees: customer and MSP both manage. Empty in every other case."""

    @property
    def is_msp(self) -> bool:
        return self.side == Side.MSP

    @property
    def may_change(self) -> bool:
        return self.has_right and not self.jointly

    @property
    def list_url(self) -> str:
        return self._url("customer-licenses") if self.is_msp else reverse("company-licenses")

    @property
    def trial_url(self) -> str:
        return self._url("trial-start") if self.is_msp else reverse("company-trial")

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
        if not self.has_right:
            raise MissingRight(access.LICENSES, self.acts_for)

    def context(self, license: License | None = None) -> dict[str, Any]:
        """What every page needs. The frame of the Knox Admin Portal knows the customer as the organization."""
        here: dict[str, Any] = {"base": self.base, "place": self, "customer": self.customer}
        if license:
            here |= {"license": license, "urls": self.urls(license)}
        return here if self.is_msp else here | {"organization": self.customer}

    def _url(self, name: str, *args: object) -> str:
        if self.is_msp:
            return reverse(name, args=[self.customer.kcs_id, *args])
        return reverse(f"company-{name}", args=args)


type Page = Callable[..., HttpResponse]
"""A view that is given the request and the place."""


def in_msp_portal(page: Page) -> View:
    """The page behind the door of the MSP Portal."""

    @wraps(page)
    def view(request: TenantRequest, customer: Customer, **about: Any) -> HttpResponseBase:
        has_right = access.LICENSES in request.customer_rights
        jointly = obstacles.of_the_msp(customer)
        may_order = has_right and not jointly and "add_customers" in request.msp_rights
        place = Place("portals/msp.html", Side.MSP, customer, request.msp, has_right, may_order, jointly)
        return page(request, place, **about)

    return for_customer(view)


def in_admin_portal(page: Page) -> View:
    """The page behind the door of the Knox Admin Portal. To change something needs the right to."""

    @wraps(page)
    def view(request: PortalRequest, organization: Customer, **about: Any) -> HttpResponseBase:
        has_right = access.LICENSES in access.rights(request.user, organization)
        place = Place("portals/admin_portal.html", Side.CUSTOMER, organization, organization, has_right, False, "")
        if request.method not in ("GET", "HEAD"):
            place.needs_right()
        return page(request, place, **about)

    return for_member("customer")(view)
