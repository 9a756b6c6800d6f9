"""Pages of a console stand in two portals: each is written once and opened by the doors of both."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from services.pages.places import ServicePlace, service_place
from tenants import access
from tenants.door import MissingRight, TenantRequest, for_customer, for_member
from tenants.models import Customer

type Page = Callable[..., HttpResponseBase]


def in_both(*methods: str) -> Callable[[Page], tuple[Page, Page]]:
    """The page for the MSP's people, and for the customer's own."""

    def doors(page: Page) -> tuple[Page, Page]:
        @wraps(page)
        def of_customer(request: TenantRequest, customer: Customer, slug: str, **more: Any) -> HttpResponseBase:
            return page(request, service_place(request, customer, slug), **more)

        @wraps(page)
        def own(request: PortalRequest, organization: Customer, slug: str, **more: Any) -> HttpResponseBase:
            return page(request, service_place(request, organization, slug), **more)

        allowed = require_http_methods([*methods])
        msp, customer = (
            cast(Any, for_customer(cast(Any, of_customer))),
            cast(Any, for_member("customer")(cast(Any, own))),
        )
        return cast(Page, allowed(msp)), cast(Page, allowed(customer))

    return doors


def needs_the_right(at: ServicePlace) -> None:
    """Raises MissingRight (403) where the person may only look."""
    if not at.may_change:
        raise MissingRight(access.MANAGE, at.place.msp or at.customer)
