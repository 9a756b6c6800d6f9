"""The letters about services."""

from django.conf import settings
from django.urls import reverse

from accounts.acting import as_operator
from accounts.models import User
from mail import outbox
from services.console import Console
from services.models import Thing
from tenants import teams
from tenants.models import Customer, Msp


def invitation(customer: Customer, *, to: Thing, code: str, devices: int) -> None:
    """To a user of Knox Manage, who has no account here: the code that enrolls the devices."""
    msp = teams.managing(customer)
    outbox.write(
        "services/email/enroll",
        to=to.settings["email"],
        name=to.name,
        why=f"you use devices of {customer}",
        about=[customer.kcs_id],
        context={
            "customer": customer,
            "code": code,
            "devices": "one device" if devices == 1 else f"{devices:,} devices",
            "what": "device" if devices == 1 else "devices",
        },
        between=(msp.public_id, customer.kcs_id) if msp else None,
    )


def code_renewed(customer: Customer, console: Console, *, by: User) -> None:
    """To the leads, to the people of a company that manages itself, or with Full access to both: where the new code is.
    Never the code.

    Where somebody of the other side did it, one reads that side's name.
    """
    is_own = teams.msp_of(customer, person=by) is None
    managing, readers = _hearing(customer, starter=None if is_own else by)
    for person, msp in readers.items():
        page = reverse("customer-console-code", args=[customer.kcs_id, console.slug]) if msp else ""
        page = page or reverse("admin-portal-console-code", args=[console.slug])
        other = customer if msp else managing
        outbox.write(
            "services/email/code",
            to=person.email,
            name=person.first_name,
            why=f"you manage {customer}" if msp else f"you are an administrator of {customer}",
            about=[customer.kcs_id],
            context={
                "customer": customer,
                "console": console,
                "by": by if is_own == (msp is None) else other,
                "button_url": settings.PORTAL_URL + page,
            },
            between=(msp.public_id, customer.kcs_id) if msp else None,
        )


def _hearing(customer: Customer, *, starter: User | None) -> tuple[Msp | None, dict[User, Msp | None]]:
    """The MSP, and who hears it, each with the MSP that the person reads it for. As the operator: a customer with Full
    access does not see the people of its MSP."""
    with as_operator():
        msp = teams.managing(customer)
        own = {person: None for person, of in teams.readers(customer).items() if of is None}
        leads = teams.leads(msp, starter=starter) if msp else []
        return msp, dict.fromkeys(leads, msp) | own
