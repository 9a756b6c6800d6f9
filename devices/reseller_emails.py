"""The letter about what a reseller did (words.md 4)."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import mail_choices
from accounts.models import User
from mail import outbox
from tenants.models import Customer, Msp, Reseller
from tenants.teams import DELETIONS
from tenants.times import written


def devices_deleted(  # noqa: PLR0913  (a letter has this many sides)
    customer: Customer, msp: Msp | None, people: Iterable[User], *, reseller: Reseller, devices: int, verified: int
) -> None:
    """To the customer's team: a reseller deleted devices, `verified` of which were approved already."""
    address = reverse("customer-devices", args=[customer.kcs_id]) if msp else reverse("admin-portal-devices")
    for person, stop in mail_choices.readers(people, DELETIONS):
        outbox.write(
            "devices/email/device_deleted",
            to=person.email,
            name=person.first_name,
            why=f"you work for {customer}",
            stop=stop,
            between=(msp.public_id, customer.kcs_id) if msp else None,
            context={
                "customer": customer,
                "reseller": reseller,
                "devices": devices,
                "verified": verified,
                "at": written(timezone.now(), person.zone),
                "button_url": settings.PORTAL_URL + address,
            },
        )
