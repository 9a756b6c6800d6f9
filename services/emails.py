"""The letters about services."""

from accounts.models import User
from mail import outbox
from services import agents
from services.models import Thing
from tenants import teams
from tenants.models import Customer, Msp


def invitation(customer: Customer, *, to: Thing, devices: int, by: User) -> None:
    """To a user of Knox Manage, who has no account here: the code that enrolls the devices."""
    msp_id = teams.msp_of(customer)
    msp = Msp.objects.filter(pk=msp_id).first() if msp_id else None
    outbox.write(
        "services/email/enroll",
        to=to.settings["email"],
        name=to.name,
        why=f"you use devices of {customer}",
        context={
            "customer": customer,
            "code": agents.code_of(customer, by=by),
            "devices": "one device" if devices == 1 else f"{devices:,} devices",
            "what": "device" if devices == 1 else "devices",
        },
        between=(msp.public_id, customer.kcs_id) if msp else None,
    )
