"""In which portal a page of devices stands. The pages are the same in the MSP Portal and the Knox Admin Portal."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.http import PortalRequest
from audit.models import Side
from devices import inventory
from devices.models import Device
from tenants import access
from tenants.door import TenantRequest
from tenants.models import Customer, Msp


@dataclass(frozen=True)
class Place:
    """Which portal a page is in, about which customer (none: all of an MSP), and what the person may do there."""

    base: str
    names: str
    side: Side
    customer: Customer | None
    msp: Msp | None
    may_change: bool
    may_delete: bool = False

    def url(self, page: str, *args: object) -> str:
        own = [self.customer.kcs_id] if self.customer and self.side == Side.MSP else []
        return reverse(f"{self.names}-{page}", args=[*own, *args])

    @cached_property
    def customers(self) -> list[int]:
        if self.customer:
            return [self.customer.pk]
        return inventory.customers_of(self.msp) if self.msp else []

    def devices(self) -> QuerySet[Device]:
        return inventory.of_customers(self.customers)

    def context(self) -> dict[str, Any]:
        """What every page needs. The frames know the customer by these two names."""
        name = {Side.MSP: "customer", Side.CUSTOMER: "organization"}[self.side]
        return {"base": self.base, "place": self, "list_url": self.url("devices")} | (
            {name: self.customer, "of": self.customer} if self.customer else {}
        )


def in_msp_portal(request: TenantRequest, customer: Customer) -> Place:
    held = request.customer_rights
    return Place(
        "portals/msp.html", "customer", Side.MSP, customer, request.msp, access.MANAGE in held, access.DELETE in held
    )


def all_of_msp(request: TenantRequest) -> Place:
    return Place("portals/msp.html", "all", Side.MSP, None, request.msp, may_change=False)


def in_admin_portal(request: PortalRequest, customer: Customer) -> Place:
    held = access.rights(request.user, customer)
    names = ("portals/admin_portal.html", "admin-portal")
    return Place(*names, Side.CUSTOMER, customer, None, access.MANAGE in held, access.DELETE in held)
