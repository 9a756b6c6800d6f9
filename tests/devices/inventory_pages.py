"""Pages of the inventory: opened, and what is on them."""

import csv
import io

from django.urls import reverse

from accounts.acting import acting_as, as_operator
from devices import resellers
from devices.models import Device
from tests.devices.sending import from_reseller


def rows(response):
    """The numbers on the page, in order."""
    return [row.identifier for row in response.context["page"].rows]


def csv_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def numbered(number):
    with as_operator():
        return Device.objects.get(imei=number)


def waits(world, number):
    """A reseller that Aurora knows sends a device for its first customer."""
    with acting_as(world.alice):
        resellers.register(world.first, world.reseller.public_id, by=world.alice, msp=world.aurora)
    from_reseller(world, [number], target=world.first)


def page(client, world, query=""):
    return client.get(reverse("customer-devices", args=[world.first.kcs_id]) + query)


def act_url(world, act, *devices, query=""):
    """Of an act on these devices of the first customer."""
    ticks = "&".join(f"device={device.pk}" for device in devices)
    return reverse(f"customer-devices-{act}", args=[world.first.kcs_id]) + f"?{query}{ticks}"
