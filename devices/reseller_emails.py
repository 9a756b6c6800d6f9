"""The letter about what a reseller did (words.md 4)."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import mail_choices
from mail import outbox
from tenants import teams
from tenants.models import Customer, Reseller
from tenants.times import written


def devices_deleted(customer: Customer, *, reseller: Reseller, devices: int, verified: int) -> None:
    """To who reads of the customer: a reseller deleted devices, `verified` of which were approved already."""
    people = teams.readers(customer)
    for person, stop in mail_choices.readers(people, teams.DELETIONS):
        msp = people[person]
        address = reverse("customer-devices", args=[customer.kcs_id]) if msp else reverse("admin-portal-devices")
        outbox.write(
            "devices/email/device_deleted",
            to=person.email,
            name=person.first_name,
            why=f"you work for {customer}",
            about=[customer.kcs_id],
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
