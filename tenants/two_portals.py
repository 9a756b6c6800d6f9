"""Pages about one customer that stand in two portals: the MSP Portal, whose address names the customer, and the Knox
Admin Portal, for the customer's own people. Each is written once and opened by the doors of both.
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.acting import as_operator
from accounts.http import PortalRequest
from accounts.models import User
from audit.models import Side
from tenants import access
from tenants.door import MissingRight, TenantRequest, View, for_customer, for_member
from tenants.models import Customer, Membership, Msp

type Page = Callable[..., HttpResponseBase]
"""A view that is given the request, the place and what else the address says."""


@dataclass(frozen=True)
class Place:
    """In which portal a page is, about which customer, and what the person holds there."""

    customer: Customer
    msp: Msp | None
    """The one whose portal it is; None in the Knox Admin Portal."""
    rights: Set[str]
    """Over the customer."""
    msp_rights: Set[str] = frozenset()

    @property
    def side(self) -> Side:
        return Side.MSP if self.msp else Side.CUSTOMER

    @property
    def base(self) -> str:
        """The frame that the page's template extends."""
        return "portals/msp.html" if self.msp else "portals/admin_portal.html"

    @property
    def may_change(self) -> bool:
        return access.MANAGE in self.rights

    def needs(self, right: str) -> None:
        """Raises MissingRight (403) where the person does not hold it."""
        if right not in self.rights:
            raise MissingRight(right, self.msp or self.customer)

    def who(self, people: Iterable[int | None]) -> dict[int | None, str]:
        """These people as this side reads them: own colleagues by name, all others as the other organization; nobody
        as nothing. One query, and for an MSP one more where there are others."""
        wanted = set(people) - {None}
        own = User.objects.filter(pk__in=self._own(wanted)) if wanted else []
        read: dict[int | None, str] = {None: ""} | {one.pk: str(one) for one in own}
        others = wanted - read.keys()
        read |= dict.fromkeys(others, "An earlier MSP" if self.msp else "The MSP")
        if self.msp and others:
            with as_operator():  # an MSP does not see who works at its customer
                at_customer = Membership.objects.filter(user__in=others, customer=self.customer)
                read |= dict.fromkeys(at_customer.values_list("user_id", flat=True), self.customer.name)
        return read

    def is_own(self, person: int) -> bool:
        """Whether this person is of the own side. One query."""
        return self._own({person}).exists()

    def _own(self, people: Set[int | None]) -> QuerySet[Any, Any]:
        side = {"msp": self.msp} if self.msp else {"customer": self.customer}
        return Membership.objects.filter(user__in=people, **side).values("user")

    def url(self, in_msp: str, own: str, *args: object) -> str:
        """Of the route that has this name in the MSP Portal and that one in the Knox Admin Portal."""
        return reverse(in_msp, args=[self.customer.kcs_id, *args]) if self.msp else reverse(own, args=args)

    def context(self) -> dict[str, Any]:
        """What every page needs. The frame of the Knox Admin Portal knows the customer as the organization."""
        return {"base": self.base, ("customer" if self.msp else "organization"): self.customer}


def in_msp_portal(request: TenantRequest, customer: Customer) -> Place:
    """Of a page that is the MSP's alone."""
    return Place(customer, request.msp, request.customer_rights, request.msp_rights)


def in_admin_portal(request: PortalRequest, organization: Customer) -> Place:
    """Of a page that is the company's own alone."""
    return Place(organization, None, access.rights(request.user, organization))


def in_both(*methods: str) -> Callable[[Page], tuple[View, View]]:
    """The page for the MSP's people, and for the customer's own. The door of the MSP Portal asks for the right to
    change; in the Knox Admin Portal, whose roles differ from page to page, the page itself does (`Place.needs`)."""

    def doors(page: Page) -> tuple[View, View]:
        @wraps(page)
        def of_customer(request: TenantRequest, customer: Customer, **about: Any) -> HttpResponseBase:
            return page(request, in_msp_portal(request, customer), **about)

        @wraps(page)
        def own(request: PortalRequest, organization: Customer, **about: Any) -> HttpResponseBase:
            return page(request, in_admin_portal(request, organization), **about)

        allowed = require_http_methods([*methods])
        return allowed(for_customer(of_customer)), allowed(for_member("customer")(own))

    return doors
