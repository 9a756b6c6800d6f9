"""What can be chosen: devices without a seat for a license, licenses that can replace one."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from devices.models import Device
from licensing.models import License, Seat, opening


def devices_without_a_seat(license: License) -> QuerySet[Device]:
    """Verified devices of the customer that no license gives the services of this one."""
    seats = Seat.objects.filter(opening(*license.product.opens), customer=license.customer_id, device=OuterRef("pk"))
    rows = Device.objects.filter(~Exists(seats), customer=license.customer_id, state=Device.State.VERIFIED)
    return rows.select_related("model")


def matching(devices: QuerySet[Device], typed: str) -> QuerySet[Device]:
    """Search by the whole IMEI, MEID or serial number, or by an order number."""
    number = "".join(typed.split()).upper()
    asked = Q(imei=number) | Q(meid=number) | Q(serial=number) | Q(order_number=typed)
    return devices.filter(asked) if typed else devices


def replacements(license: License) -> list[License]:
    """Licenses of the customer that run, take new devices and open the same services."""
    rows = License.objects.kept().in_state(License.State.ACTIVE).filter(customer=license.customer_id, replaced_by=None)
    found = rows.exclude(pk=license.pk).select_related("product").order_by("name", "pk")[:200]
    return [one for one in found if set(license.product.opens) <= set(one.product.opens)]
