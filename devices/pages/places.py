"""In which portal a page of devices stands. The pages are the same in the MSP Portal and the Knox Admin Portal."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from audit.models import Side
from devices.models import Device
from tenants import access, two_portals
from tenants.door import TenantRequest
from tenants.models import Customer, Msp, managed_by


@dataclass(frozen=True)
class DevicePlace:
    """Which portal a page is in, about which customer (none: all of an MSP), and what the person may do there."""

    portal: two_portals.Place | None
    msp: Msp | None

    @property
    def customer(self) -> Customer | None:
        return self.portal.customer if self.portal else None

    @property
    def side(self) -> Side:
        return Side.MSP if self.msp else Side.CUSTOMER

    @property
    def may_change(self) -> bool:
        return self.portal is not None and self.portal.may_change

    @property
    def may_delete(self) -> bool:
        return self.portal is not None and access.DELETE in self.portal.rights

    def url(self, page: str, *args: object) -> str:
        if self.portal:
            return self.portal.url(f"customer-{page}", f"admin-portal-{page}", *args)
        return reverse(f"all-{page}", args=args)

    @property
    def own(self) -> Q:
        """The condition for rows of its customer, or of all customers of the MSP."""
        if self.msp and not self.customer:
            return managed_by(self.msp)
        return Q(customer=self.customer)

    def devices(self) -> QuerySet[Device]:
        return Device.objects.filter(self.own)

    def context(self) -> dict[str, Any]:
        """What every page needs."""
        own = self.portal.context() | {"of": self.customer} if self.portal else {"base": "portals/msp.html"}
        return own | {"place": self, "list_url": self.url("devices")}


def of(portal: two_portals.Place) -> DevicePlace:
    return DevicePlace(portal, portal.msp)


def all_of_msp(request: TenantRequest) -> DevicePlace:
    return DevicePlace(None, request.msp)
