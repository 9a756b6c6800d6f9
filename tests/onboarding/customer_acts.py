"""What Alice does with customers of Aurora, and what is written then."""

from typing import Any

import pytest
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from onboarding import customers
from onboarding.models import Invitation
from rules.errors import RuleBroken
from tenants.models import Customer, CustomerService, KnoxService, Management
from tests.world import World, customer

KC, KME, KG = KnoxService.CONFIGURE, KnoxService.MOBILE_ENROLLMENT, KnoxService.GUARD


def add(world: World, **fields: Any) -> Customer:
    """Added by Alice to Aurora."""
    return customer(world.aurora, world.alice, fields.pop("name", "Kestrel"), **fields)


def refused(world: World, **fields: Any) -> RuleBroken:
    """What Alice reads when she tries, and nothing is written."""
    before = counted()
    with pytest.raises(RuleBroken) as no:
        add(world, **fields)
    assert counted() == before
    return no.value


def change(world: World, target: Customer, *, by: User | None = None, **fields: Any) -> Customer:
    by = by or world.alice
    with acting_as(by):
        seen = fields.pop("seen", None) or Customer.objects.get(pk=target.pk).modified_at
        return customers.change(target, msp=world.aurora, by=by, seen=seen, **fields)


def add_services(world: World, target: Customer, *services: KnoxService, prefix: str = "") -> list[KnoxService]:
    with acting_as(world.alice):
        return customers.add_services(target, services, msp=world.aurora, by=world.alice, tenant_prefix=prefix)


def counted() -> tuple[int, ...]:
    with as_operator():
        return tuple(
            model.objects.count() for model in (Customer, Management, CustomerService, Email, Event, Invitation)
        )


def newest_event(target: Customer) -> Event:
    with as_operator():
        return Event.objects.about(target)[0]


def stored(target: Customer) -> Customer:
    with as_operator():
        return Customer.objects.get(pk=target.pk)
