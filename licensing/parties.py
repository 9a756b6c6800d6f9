"""Who acts on a customer's licenses: its MSP's people, or its own (knox.md 5.6)."""

from typing import Any

from django.db import models

from accounts.models import User
from audit import events
from audit.models import Side
from devices.approvals import side_of
from licensing import obstacles
from rules.errors import RuleBroken
from tenants.models import Customer, Management


def locked(customer: Customer, *, by: User) -> Customer:
    """Lock the customer for an act that its licenses begin or end with."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    check(customer, by=by)
    return customer


def check(customer: Customer, *, by: User) -> None:
    """Refuse the MSP where customer and MSP both manage (Full access): the customer enters, the MSP sees."""
    obstacle = obstacles.of_the_msp(customer)
    if obstacle and side_of(by, customer) == Side.MSP:
        raise RuleBroken(obstacle, status=403)


def record(verb: str, target: models.Model, *, customer: Customer, by: User | None, **detail: Any) -> None:
    """Write history for the customer and the MSP that manages it now."""
    managing = Management.objects.filter(customer=customer, ended_at=None).values_list("msp_id", flat=True)
    events.record(
        verb,
        target,
        by=by,
        side=side_of(by, customer) if by else Side.PORTAL,
        msp_id=managing.first(),
        customer_id=customer.pk,
        **detail,
    )
