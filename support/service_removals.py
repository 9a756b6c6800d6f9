"""Taking a service away from a customer: only Samsung does, after a ticket (words.md service.remove)."""

from django.db import transaction

from accounts.models import User
from audit import events
from audit.models import Side
from rules.errors import RuleBroken
from services.models import Claim, Enrollment, Thing
from support import emails, tickets
from support.models import Ticket
from tenants.models import Customer, CustomerService, KnoxService


@transaction.atomic
def carry_out(ticket: Ticket, *, by: User) -> Ticket:
    """Remove the services that the ticket names. No device may be in one of them. Runs as the operator."""
    ticket = tickets.locked(ticket, by=by)
    if ticket.about_id is None or ticket.carried_out_at:
        raise RuleBroken(f"Ticket {ticket.pk} asks for no service of a customer any more.", status=409)
    customer = Customer.objects.select_for_update().get(pk=ticket.about_id)
    if not tickets.still_asks(ticket, about=customer.pk):
        raise RuleBroken(msp_left(customer), status=409)
    found = CustomerService.objects.filter(customer=customer, service__in=ticket.services)
    services = [KnoxService(row.service) for row in found.order_by("pk")]
    if not services:
        raise RuleBroken(f"{customer} has none of these services any more.", status=409)
    if customer.services.count() == len(services):
        raise RuleBroken(f"{customer} would have no service left. A customer keeps one.")
    for service in services:
        _refuse_in_use(customer, service)
        Thing.objects.filter(customer=customer, service=service, claims=None).delete()
    found.delete()
    names = " and ".join(service.label for service in services)
    tickets.carried_out(ticket, f"Samsung removed {names}.", by=by)
    events.record(
        "customer.service_removed",
        customer,
        by=by,
        side=Side.SAMSUNG,
        msp_id=ticket.msp_id,
        customer_id=customer.pk,
        services=names,
    )
    emails.answered(ticket)
    return ticket


def msp_left(customer: Customer) -> str:
    """Why nothing is removed any more for the MSP that asked."""
    return f"The MSP that asked no longer manages {customer}. Close the ticket."


def _refuse_in_use(customer: Customer, service: KnoxService) -> None:
    devices = Enrollment.objects.filter(customer=customer, service=service).count()
    claims = Claim.objects.filter(customer=customer, plan__service=service, state=Claim.State.OPEN).count()
    if devices:
        verb = "device is" if devices == 1 else "devices are"
        raise RuleBroken(f"{devices:,} {verb} in {service.label}. The MSP takes them out first.", status=409)
    if claims:
        raise RuleBroken(f"{service.label} has open claims. The MSP completes them first.", status=409)
